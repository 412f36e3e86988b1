"""What is compared: somebody who takes one turn of one chat at a time."""

from collections.abc import Sequence
from typing import Protocol

from evals.benchmarks.lines import Mix

POOL_SIZE = 16
"""Connections to the database that each contestant may open."""
WORKERS = 64
"""Turns that Brenda's worker may have under way at once: as many as there are chats at most."""
MODEL = "fake"
TEMPERATURE = 0.3


class Contestant(Protocol):
    """Somebody who answers."""

    async def prepare(self, chats: Sequence[str]) -> None:
        """Whatever has to be there before these chats begin; not measured."""

    async def take_turn(self, chat: str, mix: Mix, number: int) -> float:
        """Answer the line of this number. Returns when, by `time.perf_counter`, the answer was safe on disk."""
