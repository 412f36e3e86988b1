"""What `bot.py policy` prints, for people who read tables and not statistics."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from core.db.recommenders import Version
from core.domain.decisions import Period, Reward
from core.learning.offline_policy import Estimate
from core.learning.policy_evaluation import Evaluation
from core.learning.recommender_training import Lesson
from core.learning.tool_report import ToolPerformance

COUNTED: Mapping[str, str] = {
    "reward": "a sale counts {sale:g}, a step of the funnel {step:g}",
    "step": "the share of decisions after which the person took a step of the funnel or bought",
    "sale": "the share of decisions after which the person bought",
}
METHODS: Mapping[str, str] = {
    "DR": "doubly robust: the one to read",
    "SNIPS": "weights, normalised",
    "IPS": "weights alone",
    "DM": "the reward model's word alone",
}


def show_evaluation(console: Console, found: Evaluation, period: Period, count: str, reward: Reward) -> None:
    """The figures and a verdict, or why there are none."""
    _about(console, period, count, reward)
    overlap = found.overlap
    console.print(
        f"{overlap.choices} decisions with a choice, about {overlap.leads} people; for this candidate they count like "
        f"{overlap.effective:.0f} (effective sample size). Highest weight {overlap.highest_weight:.1f}; one person "
        f"carries at most {overlap.largest:.1%}; {overlap.unseen:.2%} of its suggestions were never drawn."
    )
    if found.refusals:
        console.print("[yellow]The log cannot tell what this candidate would have earned.")
        for reason in found.refusals:
            console.print(f"- {reason}")
        return
    console.print(_estimates(found))
    _verdict(console, found)


def _estimates(found: Evaluation) -> Table:
    table = _table("What a decision would have earned", ("policy", "method"), ("mean", "95 % interval", "error"))
    if found.earned:
        table.add_row("as it was", "counted", *_figures(found.earned), end_section=True)
    for name, meaning in METHODS.items():
        table.add_row("candidate", f"{name}, {meaning}", *_figures(found.estimates[name]))
    return table


def _verdict(console: Console, found: Evaluation) -> None:
    gain = found.gain
    if gain is None or found.earned is None:
        return
    relative = f" ({gain.value / found.earned.value:+.0%})" if found.earned.value > 0 else ""
    console.print(
        f"Difference by DR: {gain.value:+.4f}{relative}, 95 % interval {gain.low:+.4f} to {gain.high:+.4f}: "
        f"[bold]{found.verdict}[/bold]."
    )
    console.print("Each decision is judged by itself, with the turns after it as they were.")


def show_tools(console: Console, rows: Sequence[ToolPerformance], period: Period, count: str, reward: Reward) -> None:
    """The tools with their rates, and below why those differ."""
    _about(console, period, count, reward)
    table = _table(
        "The tools, a decision",
        ("tool",),
        ("may be", "suggested", "used", "naive rate", "effect", "corrected rate", "effect (95 %)"),
    )
    for row in rows:
        table.add_row(
            row.tool,
            str(row.candidate),
            str(row.suggested),
            str(row.used),
            f"{row.naive.value:.1%}" if row.naive else "",
            f"{row.naive_effect:+.1%}" if row.naive_effect is not None else "",
            f"{row.corrected.value:.1%}" if row.corrected else "",
            _interval(row.effect) if row.effect else "too few",
        )
    console.print(table)
    for row in rows:
        console.print(f"[bold]{row.tool}[/bold]: {row.why}")
    console.print(
        "The naive rate is that after the tool's use, its effect the difference to all other decisions. The corrected "
        "ones compare suggesting it with not suggesting it to the same kind of people."
    )


def show_lesson(console: Console, lesson: Lesson) -> None:
    """What was learned from."""
    console.print(
        f"Version {lesson.version} is in force: learned from {lesson.used} decisions about {lesson.leads} people, "
        f"{lesson.period.since:%Y-%m-%d} to {lesson.period.until:%Y-%m-%d}. Left out: {lesson.period.unconsented} "
        f"without consent to learning, {lesson.period.undecided} whose outcome is still open."
    )
    console.print("Go back with: policy versions; policy use NUMBER (or none)")


def show_versions(console: Console, versions: Sequence[Version]) -> None:
    """The versions, newest first."""
    if not versions:
        console.print("Nothing was learned yet, and no tool is leaned to. Next: policy learn")
        return
    table = _table("The recommender's versions", ("version", "learned at", "from", "to"), ("decisions", "people", ""))
    for one in versions:
        days = (f"{moment:%Y-%m-%d}" for moment in (one.learned_since, one.learned_until))
        state = "[green]in force" if one.in_force else ""
        table.add_row(str(one.id), f"{one.created_at:%Y-%m-%d %H:%M}", *days, str(one.decisions), str(one.leads), state)
    console.print(table)


def _about(console: Console, period: Period, count: str, reward: Reward) -> None:
    meaning = COUNTED[count].format(sale=reward.sale, step=reward.step)
    console.print(
        f"{len(period.decisions)} decisions, {period.since:%Y-%m-%d %H:%M} to {period.until:%Y-%m-%d %H:%M} UTC; "
        f"counted within {reward.window.days} days: {meaning}. Left out: {period.unconsented} without consent to "
        f"learning, {period.undecided} whose outcome is still open."
    )


def _interval(effect: Estimate) -> str:
    return f"{effect.value:+.1%} ({effect.low:+.1%} to {effect.high:+.1%})"


def _figures(estimate: Estimate) -> tuple[str, str, str]:
    return f"{estimate.value:.4f}", f"{estimate.low:.4f} to {estimate.high:.4f}", f"{estimate.error:.4f}"


def _table(title: str, names: tuple[str, ...], figures: tuple[str, ...]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for name in names:
        table.add_column(name, no_wrap=True)
    for figure in figures:
        table.add_column(figure, justify="right")
    return table
