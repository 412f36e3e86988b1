"""The garbage collector's settings."""

import gc

from core.garbage import STARTING, YOUNG, seldom_collected, start_quickly


def test_the_collector_looks_seldom_and_is_left_as_it_was() -> None:
    usual = gc.get_threshold()
    with seldom_collected():
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold() == (YOUNG, *usual[1:])
    assert (gc.get_freeze_count(), gc.get_threshold()) == (0, usual)


def test_a_program_that_starts_looks_for_next_to_no_garbage() -> None:
    usual = gc.get_threshold()
    try:
        start_quickly()
        assert gc.get_threshold() == (STARTING, *usual[1:])
        assert gc.isenabled()
    finally:
        gc.set_threshold(*usual)
