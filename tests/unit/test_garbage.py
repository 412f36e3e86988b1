"""The garbage collector's settings."""

import gc

from core.garbage import YOUNG, seldom_collected


def test_the_collector_looks_seldom_and_is_left_as_it_was() -> None:
    usual = gc.get_threshold()
    with seldom_collected():
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold() == (YOUNG, *usual[1:])
    assert (gc.get_freeze_count(), gc.get_threshold()) == (0, usual)
