"""The clock that stands still."""

from datetime import timedelta

from evals.stage_clock import StageClock
from tests.evaluations import NOW


async def test_it_moves_only_when_it_is_moved_and_jitter_changes_no_moment() -> None:
    clock = StageClock(NOW)
    clock.move(timedelta(minutes=1))
    for seconds in (0.51, 0.97):
        await clock.sleep(seconds)
    assert clock() == NOW + timedelta(minutes=1, seconds=2)
