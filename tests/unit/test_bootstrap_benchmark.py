"""The measure of the statistics: what it measures is a run, and it measures something."""

import pytest

from evals.benchmarks.bootstrap import PERSONAS, SCENARIOS, SEEDS, milliseconds, run_of


def test_an_invented_run_is_as_large_as_all_suites_and_passes_at_its_rate() -> None:
    run = run_of(0.8, 1)
    assert len(run) == SCENARIOS * SEEDS == 1_600 and len({one.persona for one in run}) == PERSONAS
    assert sum(one.passed for one in run) / len(run) == pytest.approx(0.8, abs=0.03) and run == run_of(0.8, 1)


def test_work_is_done_each_time_it_is_measured() -> None:
    done: list[int] = []
    assert milliseconds(lambda: done.append(1)) >= 0 and len(done) > 1
