"""Which templates speak in which stage, so that an admin can read a stage as a prospect or the model would meet it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.domain.funnel import Stage
from core.prompts.prompt_check import sample_cases
from core.prompts.prompt_set import PromptSet

_MODEL = ("system", "memory", "turn", "correction", "suggestion", "arms/", "emotions/")

STAGE_TEMPLATES: Mapping[Stage, tuple[str, ...]] = MappingProxyType(
    {
        Stage.CONTACT: ("messages/contact/",),
        Stage.CONSENT: ("messages/consent/",),
        Stage.NAME: ("messages/name/",),
        Stage.PRESENTATION: ("messages/presentation/",),
        Stage.CONVERSATION: (
            *_MODEL,
            "stages/conversation",
            "tools/",
            "messages/safe/conversation",
            "follow_ups/",
        ),
        Stage.DEMO: (*_MODEL, "stages/demo", "tools/", "messages/safe/demo"),
        Stage.CHECKOUT: (*_MODEL, "stages/checkout", "tools/", "messages/safe/checkout"),
        Stage.CUSTOMER: (*_MODEL, "stages/customer", "tools/", "messages/safe/customer", "messages/customer/"),
        Stage.HANDOFF: ("messages/handoff/",),
        Stage.OPTED_OUT: ("messages/optout/",),
    }
)
"""Template names; one that ends in a slash stands for all templates below it."""


@dataclass(frozen=True)
class Rendered:
    """A template as it reads with one case of sample variables."""

    name: str
    wordings: tuple[str, ...]


def describe(prompts: PromptSet, stage: Stage) -> list[Rendered]:
    """Everything that may be said to a person, or told to the model, in a stage; each on all its sample cases."""
    return [rendered for name in stage_names(prompts, stage) for rendered in _rendered(prompts, stage, name)]


def stage_names(prompts: PromptSet, stage: Stage) -> list[str]:
    """The names of a stage's templates in this set, in the order of the table above."""
    return names_in(prompts.names(), stage)


def names_in(names: Iterable[str], stage: Stage) -> list[str]:
    """Those of these templates that speak in a stage, in the order of the table above."""
    known = tuple(names)
    return [name for part in STAGE_TEMPLATES[stage] for name in known if _belongs(name, part)]


def _belongs(name: str, part: str) -> bool:
    return name.startswith(part) if part.endswith("/") else name == part


def _rendered(prompts: PromptSet, stage: Stage, name: str) -> Iterator[Rendered]:
    own = f"stages/{stage}"
    for case in sample_cases(prompts, name):
        if "stage_directive" in case and prompts.has(own):
            case["stage_directive"] = prompts.render(own)
        yield Rendered(name, tuple(prompts.variants(name, **case)))
