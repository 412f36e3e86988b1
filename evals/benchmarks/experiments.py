"""Measures what the analysis of experiments promises, on simulated people of whom the truth is known.

The critical values, the least number of outcomes and the test of the split are the product's own; comparing two arms is
written again for whole arrays, and a test holds it to `experiment_analysis`. Beside them stand what people use who do
not know better: the interval for a single look, and "95 % chance to win". Each figure is printed with its standard
error; no test asserts one.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from core.learning.confidence_sequence import critical
from core.learning.experiment_analysis import ALPHA, LEAST_EVENTS
from core.learning.power import people_needed, power_of, single_look
from core.learning.proportions import Count, Stratum, newcombe
from core.learning.sample_ratio import ALARM, Phase, check_split

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
LOOKS, PEOPLE, BASE, LIFT = 100, 10_000, 0.08, 0.2


@dataclass(frozen=True, slots=True)
class Figure:
    """A share of simulated experiments, with its standard error; `limit` is what is to be reached, if anything."""

    text: str
    share: float
    error: float
    relation: str = ""
    limit: float | None = None

    @property
    def met(self) -> bool | None:
        """None when nothing is to be reached."""
        if self.limit is None:
            return None
        return self.share <= self.limit if self.relation == "<=" else self.share >= self.limit


@dataclass(slots=True)
class Results:
    """What is done at any moment."""

    figures: list[Figure] = field(default_factory=list)

    def add(self, text: str, hits: Flags, relation: str = "", limit: float | None = None) -> None:
        share = float(np.mean(hits))
        self.figures.append(Figure(text, share, (share * (1 - share) / len(hits)) ** 0.5, relation, limit))


def ever(looks: Flags) -> Flags:
    """Whether it is so at any look, for each run."""
    return np.asarray(looks.any(axis=1))


def peeks(generator: np.random.Generator, rate: float, runs: int, people: int = PEOPLE) -> Counts:
    """Who did it so far, shape (runs, LOOKS), at looks that are evenly spread over an arm's people."""
    return generator.binomial(people // LOOKS, rate, (runs, LOOKS)).cumsum(axis=1)


def late_peeks(generator: np.random.Generator, rate: float, runs: int, people: int = PEOPLE) -> Counts:
    """The same when an outcome shows some looks after the person came, five on average."""
    step = people // LOOKS
    shows = generator.geometric(1 / 6, (runs, LOOKS, step)) - 1 + np.arange(LOOKS)[None, :, None]
    did = generator.random((runs, LOOKS, step)) < rate
    counts = np.zeros((runs, LOOKS), dtype=np.int64)
    for look in range(LOOKS):
        counts[:, look] = (did & (shows == look)).sum(axis=(1, 2))
    return counts.cumsum(axis=1)


@dataclass(frozen=True, slots=True)
class Race:
    """Two arms at all looks, as the report sees them: scores in standard errors, and whether there are enough outcomes.

    `people` are those of an arm at each look.
    """

    scores: Floats
    judged: Flags
    people: Floats

    def always(self, alpha: float = ALPHA) -> Flags:
        """At which looks the always-valid interval leaves zero out."""
        reach = critical(2 * self.people, 2 * float(self.people[-1]), alpha)
        return self.judged & (np.abs(self.scores) > reach)


def race(control: Counts, arm: Counts, people: int = PEOPLE) -> Race:
    """Compare the counts as `proportions.difference` does."""
    there: Floats = np.arange(1, LOOKS + 1, dtype=np.float64) * (people // LOOKS)
    smoothed = [(counts + 1) / (there + 2) for counts in (control, arm)]
    error = np.sqrt(sum(rate * (1 - rate) for rate in smoothed) / (there + 2))
    both = control + arm
    enough = np.minimum(both, 2 * there - both) >= LEAST_EVENTS
    return Race(np.asarray((arm - control) / there / error, dtype=np.float64), enough, there)


def false_alarms(generator: np.random.Generator, runs: int, results: Results) -> None:
    """No effect, and a look after every hundredth of the people."""
    same = race(peeks(generator, BASE, runs), peeks(generator, BASE, runs))
    scores = np.abs(same.scores)
    text = f"an effect is found where there is none, {LOOKS} looks at {PEOPLE:,} an arm"
    results.add(f"{text}: always valid", ever(same.always()), "<=", 0.05)
    results.add(f"{text}: interval for one look", ever(scores > single_look(ALPHA)))
    results.add(f"{text}: '95% chance to win'", ever(scores > single_look(2 * ALPHA)))
    results.add("the same, one look at the end: interval for one look", scores[:, -1] > single_look(ALPHA))


def power(generator: np.random.Generator, runs: int, results: Results) -> None:
    """+20 % on 8 %."""
    real = race(peeks(generator, BASE, runs), peeks(generator, BASE * (1 + LIFT), runs))
    found = real.always() & (real.scores > 0)
    text = f"{LIFT:+.0%} on {BASE:.0%} is found with {PEOPLE:,} an arm"
    results.add(f"{text}: always valid, by the last of {LOOKS} looks", ever(found), ">=", 0.85)
    results.add(f"{text}: always valid, one look at the end", found[:, -1])
    results.add(f"{text}: always valid, by half of the people", ever(found[:, : LOOKS // 2]))
    results.add(f"{text}: interval for one look, at the end", real.scores[:, -1] > single_look(ALPHA))


def hard_cases(generator: np.random.Generator, runs: int, results: Results) -> None:
    """No effect, where an approximation might fail."""
    rare = race(peeks(generator, 0.002, runs), peeks(generator, 0.002, runs))
    results.add("no effect, rare outcomes (0.2%): always valid", ever(rare.always()), "<=", 0.05)
    few = race(peeks(generator, BASE, runs, 1000), peeks(generator, BASE, runs, 1000), 1000)
    results.add("no effect, 1,000 an arm: always valid", ever(few.always()), "<=", 0.05)
    control = peeks(generator, BASE, runs)
    arms = [ever(race(control, peeks(generator, BASE, runs)).always(ALPHA / 2)) for _ in range(2)]
    results.add("no effect in either of two arms: always valid", arms[0] | arms[1], "<=", 0.05)


def late_outcomes(generator: np.random.Generator, runs: int, results: Results) -> None:
    """Windows that are open at a look: outcomes come later than the people."""
    pair = [late_peeks(generator, BASE, runs, 4000) for _ in range(2)]
    late = race(pair[0], pair[1], 4000)
    results.add("no effect, outcomes that come late: always valid", ever(late.always()), "<=", 0.05)


def splits(generator: np.random.Generator, runs: int, results: Results) -> None:
    """Sound and unsound splits, looked at as often."""
    total = np.arange(1, LOOKS + 1) * (2 * PEOPLE // LOOKS)
    for text, share, relation, limit in (
        ("a sound split", 0.5, "<=", ALARM),
        ("52 to 48 instead of halves", 0.52, "", None),
    ):
        seen = generator.binomial(2 * PEOPLE // LOOKS, share, (runs, LOOKS)).cumsum(axis=1)
        alarms = np.zeros(runs, dtype=np.bool_)
        single = np.zeros(runs, dtype=np.bool_)
        for run in range(runs):
            found = [
                check_split([Phase({"a": int(a), "b": int(n - a)}, {"a": 1.0, "b": 1.0})])
                for a, n in zip(seen[run], total, strict=True)
            ]
            alarms[run] = any(split.alarm for split in found)
            single[run] = any(split.p_value < ALARM for split in found)
        results.add(f"{text}, {LOOKS} looks: alarm of the sequential test", alarms, relation, limit)
        results.add(f"{text}, {LOOKS} looks: a chi-square below {ALARM}", single)


def coverage(generator: np.random.Generator, runs: int, results: Results) -> None:
    """Whether the intervals hold the truth, when there is an effect."""
    people, rates = 2000, (BASE, BASE * (1 + LIFT))
    held = np.zeros(runs, dtype=np.bool_)
    for run in range(runs):
        control, arm = (Count(int(generator.binomial(people, rate)), people) for rate in rates)
        interval = newcombe([Stratum(control, arm)], ALPHA)
        held[run] = interval.low <= rates[1] - rates[0] <= interval.high
    results.add("the interval for one look holds the truth, 2,000 an arm (95% is meant)", held)
    real = race(peeks(generator, rates[0], runs), peeks(generator, rates[1], runs))
    truth = (rates[1] - rates[0]) * np.sqrt(real.people) / np.sqrt(sum(rate * (1 - rate) for rate in rates))
    reach = critical(2 * real.people, 2.0 * PEOPLE, ALPHA)
    missed = ever(real.judged & (np.abs(real.scores - truth) > reach))
    results.add(f"the always-valid interval holds the truth at all {LOOKS} looks", ~missed, ">=", 0.95)


PARTS = (false_alarms, power, hard_cases, late_outcomes, splits, coverage)
RUNS = {late_outcomes: 10, splits: 4}
"""How many times fewer runs the slow parts make."""


def measure(runs: int, console: Console) -> tuple[Results, bool]:
    """Everything, and whether that is all; Ctrl-C ends it early. Each part has a generator of its own."""
    results = Results()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("simulating", total=len(PARTS))
        try:
            for number, part in enumerate(PARTS):
                part(np.random.default_rng([2026, number]), max(runs // RUNS.get(part, 1), 20), results)
                progress.update(bar, advance=1, description=part.__name__.replace("_", " "))
        except KeyboardInterrupt:
            return results, False
    return results, True


def show(results: Results, console: Console) -> None:
    """The figures, and what the formulas say of the same case."""
    table = Table(title="Experiments, simulated", title_justify="left", title_style="bold")
    table.add_column("share of experiments in which")
    for name in ("share", "± se", "to reach"):
        table.add_column(name, justify="right")
    table.add_column("")
    for row in _rows(results):
        table.add_row(*row)
    console.print(table)
    reach = float(critical(1.0, 1.0, ALPHA))
    for name, value in (("one look", single_look(ALPHA)), ("always valid, last look alone", reach)):
        needed, chance = people_needed(BASE, LIFT, value), power_of(BASE, LIFT, PEOPLE, value)
        console.print(f"By formula, {name}: power {chance:.3f} with {PEOPLE:,} an arm; {needed:,} for 0.8.")


def _rows(results: Results) -> Iterator[tuple[str, str, str, str, str]]:
    verdicts = {True: "[green]met", False: "[red]not met", None: ""}
    for each in results.figures:
        goal = f"{each.relation} {each.limit:.2f}" if each.limit is not None else ""
        yield each.text, f"{each.share:.4f}", f"{each.error:.4f}", goal, verdicts[each.met]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report. 0 when everything was measured, met or not; 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.benchmarks.experiments",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="For example: uv run python -m evals.benchmarks.experiments\nThe whole takes some fifteen seconds.",
    )
    parser.add_argument("--quick", action="store_true", help="few experiments, to see that it works")
    options = parser.parse_args(arguments)
    results, whole = measure(400 if options.quick else 20_000, Console(stderr=True))
    show(results, Console(width=None if sys.stdout.isatty() else 140))
    return 0 if whole else 130


if __name__ == "__main__":
    sys.exit(main())
