"""Garbage collection in a process that starts, and in one that has started and will run for long."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 50_000
"""Containers that are made before the collector looks. Python's 700 are a turn's; a look at few finds nothing dead."""

STARTING = 500_000
"""The same while a process imports its parts: next to nothing of it dies, and looking takes a quarter of the start."""


def start_quickly() -> None:
    """Collect next to nothing from now on, as a program that is about to import all that it is made of."""
    gc.set_threshold(STARTING, *gc.get_threshold()[1:])


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
