"""Garbage collection in a process that has started and will run for long."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 50_000
"""Containers that are made before the collector looks. Python's 700 are a turn's; a look at few finds nothing dead."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """What is here by now stays to the end, and is not looked through again; what comes is looked at seldom."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(YOUNG, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
