"""The words of an experiment's report, the same in the terminal and on the page."""

from datetime import datetime

from core.domain.experiments import Experiment, Metric
from core.learning.experiment_analysis import Analysis, Effect
from core.learning.proportions import Interval
from core.learning.sample_ratio import Split

METRICS = {Metric.DEMO_REQUESTED: "asked for a demo", Metric.PURCHASE_COMPLETED: "bought"}


def moment(when: datetime | None) -> str:
    """A time in UTC, to the minute."""
    return f"{when:%Y-%m-%d %H:%M} UTC" if when else "-"


def state(experiment: Experiment) -> str:
    """Since when it runs, or from when to when it ran."""
    if experiment.started_at is None:
        return f"written down on {moment(experiment.created_at)}, not started"
    if experiment.stopped_at is None:
        return f"running since {moment(experiment.started_at)}"
    winner = f"winner {experiment.winner}" if experiment.winner else "no winner"
    return f"ran from {moment(experiment.started_at)} to {moment(experiment.stopped_at)}; {winner}"


def arms(experiment: Experiment) -> str:
    """The arms with their shares."""
    total = sum(experiment.arms.values())
    return ", ".join(f"{arm} {weight / total:.0%}" for arm, weight in sorted(experiment.arms.items()))


def rate(share: float) -> str:
    """A share of people."""
    return f"{share:.2%}"


def chance(share: float) -> str:
    """A chance that was drawn by lot, so never a certainty."""
    if share > 0.999:
        return ">99.9%"
    return "<0.1%" if share < 0.001 else f"{share:.1%}"


def points(share: float) -> str:
    """A difference of two shares, in percentage points."""
    return f"{100 * share:+.2f}"


def stretch(interval: Interval) -> str:
    """An interval of differences, in percentage points."""
    return f"{points(interval.low)} to {points(interval.high)}"


def lift(effect: Effect) -> str:
    """The difference relative to the control."""
    return f"{effect.lift:+.1%}" if effect.lift is not None else "-"


def harm(effect: Effect) -> str:
    """What can be said of a guardrail."""
    if not effect.judged:
        return "too few to tell"
    if effect.always.low > 0:
        return "MORE THAN THE CONTROL"
    return "less than the control" if effect.always.high < 0 else "cannot be told from noise"


def split(found: Split) -> str:
    """Whether people are split as was asked."""
    seen = ", ".join(f"{arm} {count:,} ({found.expected[arm]:,.0f} expected)" for arm, count in found.seen.items())
    verdict = "OFF, the figures cannot be trusted" if found.alarm else "as it should be"
    chances = f"p = {found.sequential_p:.2g} however often one looks, {found.p_value:.2g} for this look alone"
    return f"{seen or 'nobody yet'}: {verdict} ({chances})"


def outlook(analysis: Analysis) -> str:
    """How many people are there, how many it takes, and what the present ones can show."""
    found, experiment = analysis.outlook, analysis.experiment
    goal = f"{experiment.minimum_effect:+.0%} on {100 * experiment.baseline:g}%"
    seen = f"a lift of {found.smallest_lift:+.0%}" if found.smallest_lift is not None else "no lift at all"
    return (
        f"{found.now:,} people in the smallest arm, {found.planned:,} planned. To see {goal} with an 80% chance takes "
        f"{found.needed:,} in each when one may look at any time ({found.needed_single_look:,} for a single look). "
        f"The present number would show {seen} with that chance."
    )


def notes(analysis: Analysis) -> list[str]:
    """What a reader should know before believing a figure."""
    experiment = analysis.experiment
    said = [
        f"An outcome counts from the turn that exposed the person until {experiment.window_days:g} days later.",
        f"Decisions rest on the always-valid interval, at {1 - analysis.alpha:.1%} a comparison so that all of them "
        "together hold with 95%. The single-look interval and the chance to win are right only if this is the one "
        "look that was planned.",
    ]
    if waiting := sum(arm.waiting for arm in analysis.arms):
        said.append(f"{waiting:,} people are still inside their window, and may yet do it; --settled leaves them out.")
    if crossed := sum(arm.crossed for arm in analysis.arms):
        said.append(f"{crossed:,} people were seen in two arms. They are left out of everything but the split.")
    if analysis.weights_changed:
        said.append("The weights were changed on the way; arms are compared among people with the same chances.")
    return said
