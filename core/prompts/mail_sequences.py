"""The series of e-mails that go out by themselves, as `prompts/email/sequences.toml` describes them.

A sequence begins when somebody's e-mail address becomes known (`begins = "email_known"`) or when a chat falls silent in
a stage (`begins = "left"`), and each of its steps is due so many hours later. Whether a step is sent is decided when it
is due; `stops` names what then ends the whole sequence.
"""

import tomllib
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.domain.funnel import Stage
from core.errors import PromptError
from core.prompts.fault import Fault
from core.prompts.prompt_files import PromptFiles

SEQUENCES = "email/sequences.toml"
SUBJECT = "Asunto: "
"""What the first line of an e-mail's text template begins with."""
Hours = Annotated[float, Field(ge=0, le=24 * 60)]
Name = Annotated[str, Field(pattern=r"^[a-z_]{3,40}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(_Part):
    """One e-mail, due `after_hours` from the sequence's beginning."""

    template: Annotated[str, Field(pattern=r"^[a-z_]+(/[a-z_]+)*$")]
    after_hours: Hours


class Sequence(_Part):
    """A series. `stage`, `idle_hours`: for "left", where the chat fell silent and for how long it has been.

    `fresh_hours`: who was seen longer ago than this (for "left", longer than this after the silence was noticed) is
    not written to any more.
    """

    begins: Literal["email_known", "left"]
    stage: Stage | None = None
    idle_hours: Hours = 0
    fresh_hours: Hours = 72
    stops: frozenset[Literal["purchased", "answered", "stage_left", "booked"]] = frozenset()
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=8)]

    @model_validator(mode="after")
    def _whole(self) -> "Sequence":
        if (self.begins == "left") != (self.stage is not None):
            raise ValueError('stage: is needed with begins = "left", and only there')
        hours = [step.after_hours for step in self.steps]
        if any(later <= sooner for sooner, later in pairwise(hours)):
            raise ValueError("steps: after_hours must grow from step to step")
        return self


class MailPlan(_Part):
    """All of it. `transactional` are templates that need a purchase and no consent to marketing."""

    least_hours_between: Annotated[float, Field(ge=1, le=24 * 14)]
    late_hours: Annotated[float, Field(ge=1, le=24 * 7)] = 24
    transactional: frozenset[str]
    sequences: dict[Name, Sequence] = {}

    @property
    def templates(self) -> frozenset[str]:
        """Every template that the plan names."""
        return self.transactional | {step.template for each in self.sequences.values() for step in each.steps}


def read_plan(text: str) -> MailPlan:
    """The plan.

    Raises:
        PromptError: it is no TOML, or says what there is not; it names what.
    """
    try:
        return MailPlan.model_validate(tomllib.loads(text))
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise PromptError(f"{SEQUENCES}: {_reason(error)}") from None


def mail_faults(files: PromptFiles) -> Iterator[Fault]:
    """What is wrong with the e-mails of these files, beyond what every template must keep to."""
    text = files.texts.get(SEQUENCES)
    if text is not None:
        yield from _plan_faults(text, files)
    for path, source in files.texts.items():
        if path.startswith("email/") and path.endswith(".md.j2") and not path.rpartition("/")[2].startswith("_"):
            yield from _letter_faults(path, source, files)


def _plan_faults(text: str, files: PromptFiles) -> Iterator[Fault]:
    try:
        plan = MailPlan.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError:
        return  # told with the other data files
    except ValidationError as error:
        yield Fault(SEQUENCES, 1, "", _reason(error))
        return
    for template in sorted(plan.templates):
        if f"email/{template}.md.j2" not in files.texts:
            yield Fault(SEQUENCES, _line(text, template), template, f"there is no email/{template}.md.j2")


def _letter_faults(path: str, source: str, files: PromptFiles) -> Iterator[Fault]:
    lines = source.splitlines()
    if len(lines) < 2 or not lines[1].startswith(SUBJECT) or not lines[1].removeprefix(SUBJECT).strip():
        yield Fault(path, 2, "", f'the line after the header must be the subject, such as "{SUBJECT}Tu recibo"')
    html = path.removesuffix(".md.j2") + ".html.j2"
    if html not in files.texts:
        yield Fault(path, 1, "", f"an e-mail needs both forms; there is no {html}")


def _reason(error: ValidationError | tomllib.TOMLDecodeError) -> str:
    if isinstance(error, tomllib.TOMLDecodeError):
        return f"is no TOML: {error}"
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg'].removeprefix('Value error, ')}" if place else str(first["msg"])


def _line(text: str, word: str) -> int:
    place = text.find(f'"{word}"')
    return text.count("\n", 0, place) + 1 if place >= 0 else 1
