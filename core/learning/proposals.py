"""What to do about an experiment, from its analysis: promote an arm, roll back, wait, or find out what went wrong.

Harm comes first: an arm that a guardrail accuses is never promoted, and stopping without a winner takes everybody out
of their arms again. A split that is off comes before everything, because then no figure means what it says.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.experiments import Guardrail
from core.learning.experiment_analysis import Analysis, Comparison, Finding
from core.learning.sample_ratio import ALARM

GUARDRAIL_WORDS = {
    Guardrail.OPT_OUTS: "opt-outs",
    Guardrail.HANDOFFS: "hand-offs",
    Guardrail.BLOCKS: "blocks",
}


class Action(StrEnum):
    """What is proposed."""

    START = "start it"
    DISTRUST = "do not trust the figures"
    ROLL_BACK = "roll back"
    PROMOTE = "promote"
    WAIT = "keep running"
    DONE = "it is over"


@dataclass(frozen=True, slots=True)
class Proposal:
    """An action, its reason in sentences, and the arguments of `bot.py experiment` that do it; empty for none."""

    action: Action
    reason: str
    command: str = ""


def propose(analysis: Analysis) -> Proposal:
    """The one thing to do next."""
    experiment = analysis.experiment
    if experiment.state == "draft":
        return Proposal(Action.START, "It was never started, so nobody is in it.", f"start {experiment.key}")
    if analysis.split.alarm:
        return Proposal(Action.DISTRUST, _split_words(analysis))
    if experiment.state == "stopped":
        return Proposal(Action.DONE, _over_words(analysis))
    return _running(analysis)


def describe(comparison: Comparison, control: str) -> str:
    """One sentence on an arm against the control."""
    name, change = comparison.arm, _points(comparison.effect.estimate)
    match comparison.finding:
        case Finding.BETTER:
            return f"{name} is better than {control}: {change}."
        case Finding.WORSE:
            return f"{name} is worse than {control}: {change}."
        case Finding.NEGLIGIBLE:
            return f"{name} against {control} cannot be told from noise, and no effect worth having is left to find."
        case Finding.NOISE:
            return f"{name} against {control} cannot be told from noise: {change} so far."
        case Finding.TOO_FEW:
            return f"{name} against {control} cannot be told from noise: too few outcomes yet."


def _running(analysis: Analysis) -> Proposal:
    experiment = analysis.experiment
    harmful = [each for each in analysis.comparisons if each.harmed]
    winners = [each for each in analysis.comparisons if each.finding is Finding.BETTER]
    losers = [each for each in analysis.comparisons if each.finding is Finding.WORSE]
    if harmful:
        reason = " ".join(map(_harm_words, harmful)) + _go_on(harmful) + _unharmed(analysis, winners)
        return Proposal(Action.ROLL_BACK, reason, _stop(analysis))
    if winners:
        best = max(winners, key=lambda each: each.effect.estimate)
        reason = f"{describe(best, experiment.control)} No guardrail speaks against it."
        return Proposal(Action.PROMOTE, reason, _stop(analysis, best.arm))
    if losers:
        reason = " ".join(describe(each, experiment.control) for each in losers)
        return Proposal(Action.ROLL_BACK, reason + _go_on(losers), _stop(analysis))
    if analysis.comparisons and all(each.finding is Finding.NEGLIGIBLE for each in analysis.comparisons):
        reason = f"No arm can be told from noise, and a lift of {_worth(analysis)} or more can be ruled out."
        return Proposal(Action.ROLL_BACK, reason, _stop(analysis))
    return Proposal(Action.WAIT, _waiting_words(analysis))


def _waiting_words(analysis: Analysis) -> str:
    outlook = analysis.outlook
    noise = "No arm can be told from noise yet." if len(analysis.comparisons) > 1 else "It cannot be told from noise."
    there = f"The smallest arm has {outlook.now:,} people"
    if outlook.now < outlook.needed:
        return f"{noise} {there}; to see {_worth(analysis)} takes about {outlook.needed:,} in each (80% chance)."
    return (
        f"{noise} {there}, more than the {outlook.needed:,} that would show {_worth(analysis)} with an 80% chance: "
        "an effect of that size is unlikely. Stopping without a winner is reasonable."
    )


def _harm_words(comparison: Comparison) -> str:
    harms = ", ".join(
        f"{GUARDRAIL_WORDS[name]} {_points(comparison.guardrails[name].estimate)}" for name in comparison.harmed
    )
    return f"{comparison.arm} does harm: {harms}."


def _go_on(bad: list[Comparison]) -> str:
    names = " and ".join(each.arm for each in bad)
    return f" Stopping without a winner takes everybody out of it; another experiment can go on without {names}."


def _unharmed(analysis: Analysis, winners: list[Comparison]) -> str:
    """What a harmful arm beside it should not hide."""
    control = analysis.experiment.control
    return "".join(
        f" Yet {describe(each, control)} Stopping with {each.arm} as the winner would leave the others in their arms."
        for each in winners
        if not each.harmed
    )


def _split_words(analysis: Analysis) -> str:
    split = analysis.split
    seen = ", ".join(f"{arm} {count:,} of {split.expected[arm]:,.0f} expected" for arm, count in split.seen.items())
    return (
        f"People are not split as was asked ({seen}; p = {split.sequential_p:.1g}, alarm below {ALARM}). "
        "Something loses or moves people in one arm; no comparison can be believed until that is found."
    )


def _over_words(analysis: Analysis) -> str:
    winner = analysis.experiment.winner
    if winner:
        return f"It was stopped with {winner}, which new people get unless a later one won; the others keep their arm."
    return "It was stopped without a winner, and everybody left their arm."


def _worth(analysis: Analysis) -> str:
    return f"{analysis.experiment.minimum_effect:+.0%} on {100 * analysis.experiment.baseline:g}%"


def _points(share: float) -> str:
    return f"{100 * share:+.2f} points"


def _stop(analysis: Analysis, winner: str = "") -> str:
    return f"stop {analysis.experiment.key}" + (f" --winner {winner}" if winner else "")
