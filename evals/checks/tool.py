"""Checks on tools: which were called with what, which was suggested, and which the model was never shown."""

from typing import Any, ClassVar

from pydantic import Field

from evals.checks.case import BaseCheck, Case, Finding, Times, holds, listed, matches
from evals.record import Area, TurnRecord


class _OnTools(BaseCheck):
    area: ClassVar[Area] = "tools"


class ToolCheck(_OnTools):
    """A tool that was called with at least these arguments. `missing` is its own code for what it did not find."""

    tool: str
    args: dict[str, Any] = Field(default_factory=dict)
    missing: str | None = None
    times: Times = ">=1"

    def judge(self, case: Case) -> Finding:
        calls = [call for turn in case.scope for call in turn.tools]
        found = [call for call in calls if call["name"] == self.tool and self._fits(call)]
        expected = f"{self.tool} {self.args or ''} {self.times}×".replace("  ", " ")
        actual = listed([f"{call['name']}({call['args'] or ''}) {call['missing']}".strip() for call in calls])
        return Finding(holds(len(found), self.times), expected, actual, _last(case.scope))

    def _fits(self, call: dict[str, Any]) -> bool:
        return matches(call["args"], self.args) and self.missing in (None, call["missing"])


class NoToolCheck(_OnTools):
    """A tool, or several, that must not have been called; one that found nothing counts as called."""

    no_tool: str | tuple[str, ...]

    def judge(self, case: Case) -> Finding:
        wanted = (self.no_tool,) if isinstance(self.no_tool, str) else self.no_tool
        for turn in case.scope:
            found = [call["name"] for call in turn.tools if call["name"] in wanted]
            if found:
                return Finding(False, f"no {' or '.join(wanted)}", listed(found), turn.number)
        return Finding(True, f"no {' or '.join(wanted)}", "none")


class SuggestedCheck(_OnTools):
    """A tool that the selection suggested."""

    suggested: str

    def judge(self, case: Case) -> Finding:
        found = [str((turn.selection or {}).get("suggestion")) for turn in case.scope if turn.selection]
        return Finding(self.suggested in found, self.suggested, listed(found), _last(case.scope))


class NotOfferedCheck(_OnTools):
    """A tool that the model must never have been shown; the reason is in the selection's record."""

    not_offered: str

    def judge(self, case: Case) -> Finding:
        for turn in case.scope:
            if self.not_offered in (turn.selection or {}).get("offered", ()):
                return Finding(False, f"{self.not_offered} is not shown", "shown", turn.number)
        return Finding(True, f"{self.not_offered} is not shown", "not shown")


def _last(turns: tuple[TurnRecord, ...]) -> int | None:
    return turns[-1].number if turns else None


TOOLS = (ToolCheck, NoToolCheck, SuggestedCheck, NotOfferedCheck)
