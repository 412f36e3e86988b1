import json
from types import MappingProxyType

from core.domain.funnel import Stage
from core.prompts.prompt_check import inspect_files
from core.prompts.prompt_files import PromptFiles
from core.prompts.prompt_set import PromptSet
from core.prompts.prompt_stages import STAGE_TEMPLATES, Rendered, describe, stage_names

SAMPLES = {
    "variables": {"name": "Ana", "stage_directive": "muestra"},
    "templates": {"messages/name/hello": [{}, {"name": "Luz"}]},
}


def prompt_set() -> PromptSet:
    texts = {
        "samples.json": json.dumps(SAMPLES),
        "turn.md.j2": "{# variables: stage_directive #}\n<turno>{{ stage_directive }}</turno>",
        "stages/demo.md.j2": "{# variables: none #}\nEtapa: demo",
        "stages/checkout.md.j2": "{# variables: none #}\nEtapa: inscripción",
        "messages/name/ask.md.j2": "{# variables: none #}\nuno\n---\ndos",
        "messages/name/hello.md.j2": "{# variables: name #}\nHola, {{ name }}",
    }
    inspection = inspect_files(PromptFiles(MappingProxyType(texts)))
    assert inspection.prompts is not None
    return inspection.prompts


def test_a_stage_shows_all_wordings_of_all_cases() -> None:
    assert describe(prompt_set(), Stage.NAME) == [
        Rendered("messages/name/ask", ("uno", "dos")),
        Rendered("messages/name/hello", ("Hola, Ana",)),
        Rendered("messages/name/hello", ("Hola, Luz",)),
    ]


def test_the_turn_is_shown_with_the_directive_of_the_stage() -> None:
    assert describe(prompt_set(), Stage.DEMO) == [
        Rendered("turn", ("<turno>Etapa: demo</turno>",)),
        Rendered("stages/demo", ("Etapa: demo",)),
    ]


def test_every_stage_has_templates() -> None:
    assert set(STAGE_TEMPLATES) == set(Stage)
    assert stage_names(prompt_set(), Stage.HANDOFF) == []
