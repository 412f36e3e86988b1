"""One chat that runs long: what a turn asks of the model and leaves on disk near its tenth turn and its two hundredth.

A figure at a mark is the mean over the turns around it, because Brenda lets several old lines go at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean

from evals.benchmarks.contestant import Contestant
from evals.benchmarks.endpoint import Endpoint
from evals.benchmarks.ledger import Bytes, Ledger
from evals.benchmarks.lines import Mix


@dataclass(frozen=True, slots=True)
class Weight:
    """Near the turn `mark`: bytes newly written a turn, what of them lies on disk after compression, and characters of
    all messages of one model call.
    """

    mark: int
    written: float
    stored: float
    prompt: float


@dataclass(frozen=True, slots=True)
class Chat:
    """The marks, ascending, and how many turns around each are averaged."""

    marks: tuple[int, ...]
    around: int

    @property
    def turns(self) -> int:
        """How many turns have to be taken."""
        return self.marks[-1] + self.around // 2

    def mark_of(self, turn: int) -> int | None:
        """The mark to which a turn, counted from 1, belongs."""
        return next((mark for mark in self.marks if 0 < turn - mark + self.around // 2 <= self.around), None)


async def grow(
    contestant: Contestant, endpoint: Endpoint, ledger: Ledger, chat: Chat, advance: Callable[[], None]
) -> tuple[Weight, ...]:
    """Take all turns of one chat; `advance` is called after each."""
    await contestant.prepare(["long"])
    seen: dict[int, list[tuple[Bytes, float]]] = {mark: [] for mark in chat.marks}
    for turn in range(1, chat.turns + 1):
        mark = chat.mark_of(turn)
        if mark is None:
            await contestant.take_turn("long", Mix.HALF, turn - 1)
        else:
            seen[mark].append(await _weigh(contestant, endpoint, ledger, turn))
        advance()
    return tuple(_mean(mark, turns) for mark, turns in seen.items())


async def _weigh(contestant: Contestant, endpoint: Endpoint, ledger: Ledger, turn: int) -> tuple[Bytes, float]:
    await ledger.rest()
    mark, before = await ledger.mark(), await endpoint.tally()
    await contestant.take_turn("long", Mix.HALF, turn - 1)
    await ledger.rest()
    after = await endpoint.tally()
    characters = (after.characters - before.characters) / (after.calls - before.calls)
    return await ledger.since(mark), characters


def _mean(mark: int, turns: list[tuple[Bytes, float]]) -> Weight:
    return Weight(
        mark,
        written=fmean(size.written for size, _ in turns),
        stored=fmean(size.stored for size, _ in turns),
        prompt=fmean(prompt for _, prompt in turns),
    )
