"""A prospect who does what the scenario's `turns` say, whatever Brenda answers."""

from collections.abc import Iterator, Sequence

from evals.prospect import Seen
from evals.steps import Step


class Scripted:
    """Never faulty: a script promises nothing but itself."""

    def __init__(self, turns: Sequence[Step]) -> None:
        self._left: Iterator[Step] = iter(turns)
        self.faults: list[str] = []
        self.left_because = ""

    async def next(self, seen: Seen | None) -> Step | None:  # noqa: ARG002 - a script listens to nobody
        """The next line of the script."""
        step = next(self._left, None)
        if step is None:
            self.left_because = "end of script"
        return step
