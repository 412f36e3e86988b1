"""The plan of e-mails as somebody edits it: what is wrong is told with its place, and the project's own is right."""

from types import MappingProxyType

import pytest

from core.errors import PromptError
from core.prompts.mail_sequences import SEQUENCES, mail_faults, read_plan
from core.prompts.prompt_check import inspect_files
from core.prompts.prompt_files import PromptFiles
from tests.worlds import load_prompts

GOOD = """
least_hours_between = 20
transactional = ["receipt"]
[sequences.welcome]
begins = "email_known"
[[sequences.welcome.steps]]
template = "hello"
after_hours = 0
[[sequences.welcome.steps]]
template = "more"
after_hours = 48
"""
LETTER = "{# variables: none #}\nAsunto: Hola\n\nHola.\n"
HTML = "{# variables: none #}\n<p>Hola</p>\n"


def files(plan: str = GOOD, **texts: str) -> PromptFiles:
    letters = {
        f"email/{name}.{form}.j2": text
        for name in ("receipt", "hello", "more")
        for form, text in (("md", LETTER), ("html", HTML))
    }
    changed = {path.replace("__", "."): text for path, text in texts.items()}
    found = {SEQUENCES: plan, **letters, **{f"email/{path}.j2": text for path, text in changed.items()}}
    return PromptFiles(MappingProxyType({path: text for path, text in found.items() if text}))


def faults(plan: str = GOOD, **texts: str) -> list[str]:
    return [str(fault) for fault in mail_faults(files(plan, **texts))]


def test_a_plan_that_is_right_has_no_fault() -> None:
    assert faults() == []
    assert inspect_files(files()).faults == ()
    plan = read_plan(GOOD)
    assert plan.templates == {"receipt", "hello", "more"}
    assert [step.after_hours for step in plan.sequences["welcome"].steps] == [0, 48]


def test_the_projects_own_plan_names_every_e_mail_that_there_is() -> None:
    prompts = load_prompts()
    letters = {
        name.removeprefix("email/").removesuffix(".html") for name in prompts.names() if name.startswith("email/")
    }
    assert read_plan(prompts.text(SEQUENCES)).templates == letters


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('begins = "email_known"', 'begins = "birthday"', "sequences.welcome.begins"),
        ('begins = "email_known"', 'begins = "left"', "stage: is needed"),
        ('begins = "email_known"', 'begins = "email_known"\nstage = "demo"', "stage: is needed"),
        ('begins = "email_known"', 'begins = "left"\nstage = "lobby"', "sequences.welcome.stage"),
        ("after_hours = 48", "after_hours = 0", "must grow"),
        ("after_hours = 48", "after_hours = -1", "greater than or equal to 0"),
        ("after_hours = 48", "after_days = 2", "after_hours: Field required"),
        ("[sequences.welcome]", '[sequences.welcome]\nstops = ["rain"]', "stops"),
        ("least_hours_between = 20", "least_hours_between = 0", "least_hours_between"),
        ("[sequences.welcome]", "[sequences.Welcome]", "Welcome"),
    ],
)
def test_what_is_wrong_in_the_plan_is_named(old: str, new: str, says: str) -> None:
    [fault] = faults(GOOD.replace(old, new))
    assert fault.startswith("email/sequences.toml:1: ")
    assert says in fault
    with pytest.raises(PromptError, match=SEQUENCES):
        read_plan(GOOD.replace(old, new))


def test_a_template_that_is_not_there_is_named_with_its_line() -> None:
    assert faults(GOOD.replace('"more"', '"mroe"')) == ["email/sequences.toml:10: mroe: there is no email/mroe.md.j2"]


def test_a_plan_that_does_not_parse_is_told_once() -> None:
    assert faults("= nonsense") == []
    assert len(inspect_files(files("= nonsense")).faults) == 1
    with pytest.raises(PromptError, match="is no TOML"):
        read_plan("= nonsense")


@pytest.mark.parametrize(
    "text", [LETTER.replace("Asunto: Hola", "Hola"), LETTER.replace("Asunto: Hola", "Asunto: "), ""]
)
def test_an_e_mail_needs_a_subject_and_both_forms(text: str) -> None:
    found = faults(hello__md=text)
    assert len(found) == 1
    assert found[0].startswith("email/hello.md.j2:2" if text else "email/sequences.toml:7: hello: there is no")


def test_an_e_mail_without_its_html_is_named() -> None:
    assert faults(hello__html="") == [
        "email/hello.md.j2:1: an e-mail needs both forms; there is no email/hello.html.j2"
    ]
