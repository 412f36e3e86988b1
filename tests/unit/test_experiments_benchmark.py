"""The benchmark of experiments runs, and judges two arms as the product does."""

import numpy as np
import pytest

from core.learning.experiment_analysis import ALPHA, effect_of
from core.learning.proportions import Count, Stratum
from evals.benchmarks.experiments import LOOKS, main, peeks, race


def test_it_compares_arms_as_the_report_does() -> None:
    generator, step = np.random.default_rng(5), 20
    control, arm = peeks(generator, 0.1, 30, step * LOOKS), peeks(generator, 0.14, 30, step * LOOKS)
    found = race(control, arm, step * LOOKS)
    outside = found.always()
    seen = set()
    for run in range(30):
        for look in range(0, LOOKS, 9):
            people = step * (look + 1)
            pair = Stratum(Count(int(control[run, look]), people), Count(int(arm[run, look]), people))
            effect = effect_of([pair], 2 * step * LOOKS, ALPHA)
            assert bool(found.judged[run, look]) is effect.judged
            decided = effect.judged and (effect.always.low > 0 or effect.always.high < 0)
            assert bool(outside[run, look]) is decided
            seen.add(decided)
    assert seen == {True, False}


def test_it_runs_and_names_its_targets(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quick"]) == 0
    printed = capsys.readouterr().out
    assert "always valid" in printed
    assert "<= 0.05" in printed
    assert ">= 0.85" in printed
