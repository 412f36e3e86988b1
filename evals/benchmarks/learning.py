"""Measures how well Brenda learns which help to offer, and how well her log tells what another policy would earn.

Both by simulation, so that the truth is known, and both by the product's own code: the recommender behind the draw
of `agent.selection`, and the estimators of `core.learning.offline_policy` on the draws of `prompts/selection.toml`.
Regret is given as a share of what drawing at random loses, and beside the nearest neighbours of the original design.
Each figure is printed with its standard error; no test asserts one.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from evals.benchmarks.estimators import BOLD, CAREFUL, Quality, Repetition, judge, populate
from evals.benchmarks.market import Climate, Shape
from evals.benchmarks.regret import CONTESTANTS, HINDSIGHT, PHASES, regrets, unavoidable

Floats = NDArray[np.float64]

CURRENT = Path(__file__).resolve().parents[2] / "prompts" / "selection.toml"
ROUNDS = 5_000
MARKETS: Mapping[str, Climate] = {
    "linear rates": Climate(Shape.RATES, level=0.5, variety=0.05, effect=0.15),
    "linear log-odds": Climate(Shape.LOG_ODDS, level=0.0, variety=0.3, effect=0.7),
}
STEPS_MARKET = Climate(Shape.RATES, level=0.6, variety=0.03, effect=0.06)
"""Most people take some next step; here the errors of the targets lie above the bound."""
SALES_MARKET = Climate(Shape.RATES, level=0.08, variety=0.01, effect=0.01)
"""Few buy: no estimator can come as near, in relation to so small a rate, and the intervals must say so."""
CASES: Mapping[str, tuple[Climate, str]] = {
    "a step, careful candidate": (STEPS_MARKET, CAREFUL),
    "a step, bold candidate": (STEPS_MARKET, BOLD),
    "a sale, careful candidate": (SALES_MARKET, CAREFUL),
}
RECOMMENDER, NEIGHBOURS = "recommender", ("nearest neighbours, 25", "nearest neighbours, 100")
ERRORS = {2_000: 0.025, 10_000: 0.012}
"""Decisions -> the largest relative error that is wanted of the doubly robust estimator."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`markets`: how many random markets a climate; `repeats`: logs an estimator is judged on, `refitted` of them with
    the direct method's interval.
    """

    markets: int
    rounds: int
    repeats: int
    refitted: int
    people: int

    @property
    def steps(self) -> int:
        """How many steps a progress bar has."""
        return len(MARKETS) * self.markets + len(CASES) * len(ERRORS) * self.repeats


FULL = Plan(markets=10, rounds=ROUNDS, repeats=500, refitted=40, people=20_000)
QUICK = Plan(markets=2, rounds=150, repeats=6, refitted=2, people=600)


@dataclass(slots=True)
class Results:
    """`regret`: climate -> contestant -> its shares of random's regret, one a market, by phase. `quality`: case and
    number of decisions -> the estimators; `bounds` the least error possible there.
    """

    regret: dict[str, dict[str, list[Floats]]] = field(default_factory=dict)
    quality: dict[tuple[str, int], tuple[Quality, ...]] = field(default_factory=dict)
    bounds: dict[tuple[str, int], float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A target: what was measured (None if nothing), and the bounds between which it is to lie."""

    text: str
    figure: float | None
    least: float
    most: float

    @property
    def word(self) -> str:
        if self.figure is None:
            return "not measured"
        return "met" if self.least <= self.figure <= self.most else "not met"


def measure(plan: Plan, console: Console) -> tuple[Results, bool]:
    """Everything, and whether that is all; Ctrl-C ends it early and keeps what is done."""
    results = Results()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("estimators", total=plan.steps)
        try:
            _measure_estimators(plan, results, lambda: progress.advance(bar))
            progress.update(bar, description="regret")
            _measure_regret(plan, results, lambda: progress.advance(bar))
        except KeyboardInterrupt:
            return results, False
    return results, True


def _measure_estimators(plan: Plan, results: Results, advance: Callable[[], None]) -> None:
    current = CURRENT.read_text(encoding="utf-8")
    for number, (case, (climate, candidate)) in enumerate(CASES.items()):
        population = populate(climate, candidate, current, seed=number + 1, people=plan.people)
        for decisions in ERRORS:
            results.bounds[case, decisions] = population.bound(decisions)
            repetition = Repetition(decisions, plan.repeats, plan.refitted if decisions == min(ERRORS) else 0)
            judge(population, repetition, advance, partial(results.quality.__setitem__, (case, decisions)))


def _measure_regret(plan: Plan, results: Results, advance: Callable[[], None]) -> None:
    for seed in range(plan.markets):
        for name, climate in MARKETS.items():
            shares = regrets(climate, plan.rounds, seed, list(CONTESTANTS))
            for contestant, share in shares.items():
                results.regret.setdefault(name, {}).setdefault(contestant, []).append(share)
            advance()


def verdicts(results: Results) -> Iterator[Verdict]:
    """All targets, in the order in which they were asked for. The better of the neighbours is the rival."""
    for climate in MARKETS:
        shares = {name: float(np.sum(each, axis=1).mean()) for name, each in results.regret.get(climate, {}).items()}
        mine = shares.get(RECOMMENDER)
        rival = min((shares[name] for name in NEIGHBOURS if name in shares), default=None)
        yield Verdict(f"regret / random's, {climate}", mine, 0.0, 0.10)
        against = mine / rival if mine is not None and rival else None
        yield Verdict(f"regret / nearest neighbours', {climate}", against, 0.0, 0.25)
    for decisions, limit in ERRORS.items():
        for case in list(CASES)[:2]:
            found = {each.name: each for each in results.quality.get((case, decisions), ())}
            dr = found.get("DR")
            yield Verdict(f"relative error of DR, {case}, {decisions:,}", dr.error if dr else None, 0.0, limit)
    for case, decisions in ((case, decisions) for case in CASES for decisions in ERRORS):
        found = {each.name: each for each in results.quality.get((case, decisions), ())}
        dr = found.get("DR")
        yield Verdict(f"coverage of DR, {case}, {decisions:,}", dr.coverage if dr else None, 0.93, 0.97)


def show(results: Results, console: Console) -> None:
    """Print the tables."""
    console.print(_regret_table(results))
    console.print(_phase_table(results))
    console.print(_quality_table(results))
    table = _table("Targets", ("target",), ("measured", "wanted"))
    table.add_column("")
    for each in verdicts(results):
        colour = {"met": "green", "not met": "red"}.get(each.word, "yellow")
        measured = "" if each.figure is None else f"{each.figure:.2%}"
        wanted = f"<= {each.most:.1%}" if each.least == 0.0 else f"{each.least:.0%} to {each.most:.0%}"
        table.add_row(each.text, measured, wanted, f"[{colour}]{each.word}")
    console.print(table)


def _regret_table(results: Results) -> Table:
    title = "Regret, as a share of random's (± se over markets); the floor costs whoever draws above it"
    table = _table(title, ("contestant",), (*MARKETS, "the floor's part"))
    for contestant in (*CONTESTANTS, HINDSIGHT):
        cells = [_mean(results.regret.get(climate, {}).get(contestant, [])) for climate in MARKETS]
        table.add_row(contestant, *cells, f"{unavoidable(contestant):.1%}" if unavoidable(contestant) else "")
    return table


def _phase_table(results: Results) -> Table:
    ends = " + ".join((*(f"to {end:,}" for end in PHASES), "after"))
    table = _table(f"When it is lost: {ends}, as shares of random's over the whole run", ("contestant",), (*MARKETS,))
    for contestant in (*CONTESTANTS, HINDSIGHT):
        cells = [_phases(results.regret.get(climate, {}).get(contestant, [])) for climate in MARKETS]
        table.add_row(contestant, *cells)
    return table


def _phases(parts: Sequence[Floats]) -> str:
    return " + ".join(f"{share:.1%}" for share in np.mean(parts, axis=0)) if parts else ""


def _mean(parts: Sequence[Floats]) -> str:
    if not parts:
        return ""
    shares = np.sum(parts, axis=1)
    error = f"{shares.std(ddof=1) / np.sqrt(len(shares)):.1%}" if len(shares) > 1 else "?"
    return f"{shares.mean():.1%} ± {error}"


def _quality_table(results: Results) -> Table:
    table = _table(
        "Estimators, as shares of the truth",
        ("case", "decisions", "estimator"),
        ("logs", "bias", "error", "± se", "bound", "coverage", "± se"),
    )
    for (case, decisions), qualities in results.quality.items():
        for each in qualities:
            coverage = ("", "") if each.coverage is None else (f"{each.coverage:.1%}", f"{each.coverage_se:.1%}")
            bound = f"{results.bounds[case, decisions]:.2%}"
            error = (f"{each.error:.2%}", f"{each.error_se:.2%}")
            figures = (str(each.logs), f"{each.bias:+.2%}", *error, bound, *coverage)
            table.add_row(case, f"{decisions:,}", each.name, *figures, end_section=each is qualities[-1])
    return table


def _table(title: str, names: tuple[str, ...], figures: tuple[str, ...]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for name in names:
        table.add_column(name, no_wrap=True)
    for figure in figures:
        table.add_column(figure, justify="right")
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report. 0 when everything was measured, met or not; 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.benchmarks.learning",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="For example: uv run python -m evals.benchmarks.learning\nThe whole takes some fifteen minutes.",
    )
    parser.add_argument("--quick", action="store_true", help="little of everything, to see that it works")
    options = parser.parse_args(arguments)
    results, whole = measure(QUICK if options.quick else FULL, Console(stderr=True))
    show(results, Console(width=None if sys.stdout.isatty() else 140))
    return 0 if whole else 130


if __name__ == "__main__":
    sys.exit(main())
