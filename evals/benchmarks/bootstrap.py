"""How long the statistics of a large run take: `python -m evals.benchmarks.bootstrap` prints milliseconds.

As many conversations as all suites have with their seeds: 200 scenarios of 20 personas, 8 plays each. Measured are one
interval of 10,000 draws, the summary of a run (eight of them and more) and a paired comparison.
"""

import time
from collections.abc import Callable
from statistics import median

import numpy as np

from evals.record import Conversation
from evals.statistics.clustered import DRAWS, estimate
from evals.statistics.paired import paired
from evals.statistics.summary import summary

SCENARIOS, PERSONAS, SEEDS, REPEATS = 200, 20, 8, 9


def run_of(rate: float, seed: int) -> list[Conversation]:
    """An invented run whose conversations pass at a rate."""
    passed = np.random.default_rng(seed).random((SCENARIOS, SEEDS)) < rate
    return [
        Conversation(
            suite=f"suite-{scenario % 9}",
            scenario=f"scenario-{scenario}",
            persona=f"persona-{scenario % PERSONAS}",
            seed=play,
            right_end=("no_sale",),
            end="no_sale",
            passed=bool(passed[scenario, play]),
        )
        for scenario in range(SCENARIOS)
        for play in range(SEEDS)
    ]


def milliseconds(work: Callable[[], object]) -> float:
    """The median of some repeats."""
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - start))
    return median(taken)


def main() -> None:
    """Print what each took."""
    before, after = run_of(0.8, 1), run_of(0.7, 2)
    values = [float(one.passed) for one in before]
    personas = [one.persona for one in before]
    found = {
        f"interval, {DRAWS} draws, {len(values)} conversations, {PERSONAS} clusters": lambda: estimate(
            values, personas
        ),
        f"the same, {SCENARIOS} clusters": lambda: estimate(values, [one.scenario for one in before]),
        "summary of 9 suites": lambda: summary(before),
        "paired comparison of 9 suites": lambda: paired(before, after),
    }
    for name, work in found.items():
        print(f"{milliseconds(work):8.1f} ms  {name}")


if __name__ == "__main__":
    main()
