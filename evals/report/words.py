"""Figures as they are read: shares, points, intervals, and what can be said of them."""

from evals.statistics.clustered import FEWEST, Estimate
from evals.statistics.paired import Difference, Finding
from evals.statistics.summary import Effort, GateCount, Group, Summary

NOTHING = "–"
FAULTY = "faulty"
"""The model that a scenario breaks on purpose."""


def share(value: float | None) -> str:
    """0.974 as 97.4 %."""
    return NOTHING if value is None else f"{100 * value:.1f} %"


def points(value: float) -> str:
    """A difference of shares in percentage points."""
    return f"{100 * value:+.1f}"


def with_interval(found: Estimate | None) -> str:
    """A share with its interval."""
    return NOTHING if found is None else f"{share(found.value)} ({100 * found.low:.1f}–{100 * found.high:.1f})"


def change(difference: Difference) -> str:
    """A difference with its interval, in points."""
    found = difference.change
    return f"{points(found.value)} ({points(found.low)} to {points(found.high)})"


def number(value: float | None, digits: int = 0) -> str:
    """With a narrow space between thousands."""
    return NOTHING if value is None else f"{value:,.{digits}f}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def p_value(value: float) -> str:
    """Never as if it were 0."""
    return f"{value:.3f}" if value >= 0.001 else "< 0.001"


def p_equals(value: float) -> str:
    """The same within a sentence."""
    return f"p {'' if value < 0.001 else '= '}{p_value(value)}"


def finds(detectable: float | None) -> str:
    """The minimum detectable effect in points."""
    if detectable is None:
        return NOTHING
    return "nothing" if detectable >= 1 else f"{100 * detectable:.1f} pt"


def volume(effort: Effort) -> str:
    """What went in and out of the models in a turn: tokens, or characters where nobody counted tokens."""
    if effort.tokens_in is None:
        return f"{number(effort.chars_in)} + {number(effort.chars_out)} characters"
    return f"{number(effort.tokens_in)} + {number(effort.tokens_out)} tokens"


def latency(effort: Effort) -> str:
    """Median and 95 % quantile of a turn."""
    if effort.median is None or effort.slowest is None:
        return NOTHING
    return f"{number(effort.median)} / {number(effort.slowest)} ms"


def gate(count: GateCount) -> str:
    """What a gate saw, and what that proves."""
    if not count.scenarios:
        return f"{count.name}: no scenario watches it"
    bound = f"at most {share(count.bound)} of such scenarios (95 %)"
    if not count.hit_conversations:
        return f"{count.name}: no hit in {count.conversations} conversations of {count.scenarios} scenarios; {bound}"
    hit = f"{count.hit_conversations} of {count.conversations} conversations"
    return f"{count.name}: FELL in {hit}, in {count.hit_scenarios} of {count.scenarios} scenarios; {bound}"


def smallest(group: Group) -> str:
    """The minimum detectable effect as a sentence."""
    if group.detectable is None:
        return "Nothing can be compared with it."
    if group.detectable >= 1:
        return "It is too small to find any difference between two runs."
    return f"Between two such runs it would find (80 %) a difference of {100 * group.detectable:.1f} points or more."


def notes(found: Summary) -> list[str]:
    """What a reader of the figures must know."""
    whole, told = found.whole, []
    if whole.void:
        told.append(
            f"{whole.void} of {whole.conversations} conversations were spoilt by the simulated prospect and count "
            "neither way; gates count them."
        )
    if whole.errors:
        told.append(f"{whole.errors} conversations broke off with an error; none of them passes.")
    if whole.passing[4] is None:
        told.append("pass^4 and pass^8 need as many plays of a scenario: --seeds 8.")
    if whole.personas < FEWEST:
        told.append(f"Only {whole.personas} personas: too few to cluster by; intervals are clustered by scenario.")
    answered = {model: count for model, count in whole.effort.asked.items() if model != FAULTY}
    if len(answered) > 1:
        asked = ", ".join(f"{model} {count}" for model, count in answered.items())
        told.append(f"More than one model answered (turns): {asked}.")
    return told


def verdict(found: Difference) -> str:
    """What a comparison says, in a sentence."""
    if found.finding is not Finding.NOISE:
        return f"{found.finding.value.capitalize()}: {change(found)} points, {p_equals(found.p_value)}."
    if not found.gained and not found.lost:
        return "Cannot be told from noise: no conversation changed its result."
    why = f"the interval {points(found.change.low)} to {points(found.change.high)} holds zero"
    if not found.change.holds(0.0):
        why = f"{found.gained} gained and {found.lost} lost could be chance ({p_equals(found.p_value)})"
    return f"Cannot be told from noise: {why}."
