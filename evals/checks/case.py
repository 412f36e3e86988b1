"""What a check looks at, and what it answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from evals.persona import Persona
from evals.record import Area, Gate, Outcome, TurnRecord
from evals.strict import Headed

_TIMES = re.compile(r"(>=|<=|)\s*(\d+)")


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation as a check sees it. `scope` are the turns that it is about: one, or all; `before` those earlier.

    `facts` are the facts that are evidence without any tool, by course id; `now` when the outcome was read; `along`:
    the check stands at one turn, which is then the scope.
    """

    persona: Persona
    turns: tuple[TurnRecord, ...]
    scope: tuple[TurnRecord, ...]
    outcome: Outcome
    facts: Mapping[str, tuple[dict[str, str], ...]]
    now: datetime
    names: frozenset[str] = frozenset()
    along: bool = False

    @property
    def said(self) -> str:
        """All that Brenda said in the scope."""
        return "\n".join(turn.said for turn in self.scope if turn.texts)

    def before(self, turn: TurnRecord) -> tuple[TurnRecord, ...]:
        """The turns that came earlier than this one."""
        return tuple(other for other in self.turns if other.number < turn.number)


@dataclass(frozen=True, slots=True)
class Finding:
    """A check's answer. `turn` is the number of the turn that it is about, if it is about one."""

    passed: bool
    expected: str
    actual: str
    turn: int | None = None


class BaseCheck(Headed):
    """A kind of check. `needs_rows`: it reads the outcome, which must be fresh when it is judged after one turn."""

    area: ClassVar[Area] = "outcome"
    needs_rows: ClassVar[bool] = False
    gate: Gate | None = Field(default=None, description="honesty or safety: no tolerance; left out, the scenario's")

    def judge(self, case: Case) -> Finding:
        """Whether it holds."""
        raise NotImplementedError

    @property
    def line(self) -> str:
        """The check on one line, as it stands in the file."""
        given = self.model_dump(exclude_defaults=True, exclude={"gate"}, mode="json")
        given.setdefault(self.head(), self.model_dump(mode="json")[self.head()])
        return ", ".join(f"{key}: {_plain(value)}" for key, value in given.items())


def _plain(value: Any) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list | tuple) else str(value)


def _times(value: int | str) -> int | str:
    if isinstance(value, str) and not _TIMES.fullmatch(value):
        raise ValueError(f"{value!r} should be a number such as 1, or >=1, or <=3")
    return value


Times = Annotated[int | str, AfterValidator(_times), Field(description="how often: 1, >=1 or <=3")]


def holds(count: int, times: int | str) -> bool:
    """Whether a count is as many as wanted."""
    found = _TIMES.fullmatch(str(times))
    assert found is not None  # noqa: S101 - checked when it was read
    wanted = int(found.group(2))
    return {">=": count >= wanted, "<=": count <= wanted, "": count == wanted}[found.group(1)]


def matches(row: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a row has these values; a mapping within is compared in the same way, a list by what it must hold."""
    return all(_alike(row.get(key), value) for key, value in wanted.items())


def _alike(actual: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(actual, Mapping) and matches(actual, wanted)
    if isinstance(wanted, list | tuple):
        return isinstance(actual, list | tuple) and all(any(_alike(one, each) for one in actual) for each in wanted)
    return bool(actual == wanted) or (actual is not None and str(actual) == str(wanted))


def listed(values: list[str]) -> str:
    """Some values on one line."""
    return ", ".join(values) or "none"
