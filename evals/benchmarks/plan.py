"""What is to be measured, and how much of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from evals.benchmarks.growth import Chat
from evals.benchmarks.lap import Course
from evals.benchmarks.lines import Mix


@dataclass(frozen=True, slots=True)
class Plan:
    """`turns` are those of one conversation, `rounds` how often each lap is run, `judged` the number of chats at which
    speed is judged, `repeated` how often in a round the laps are run by which it is, `counted` the turns of which the
    round trips are counted, `chat` the one that runs long.
    """

    lanes: tuple[int, ...]
    latencies: tuple[float, ...]
    judged: int
    turns: int
    rounds: int
    repeated: int
    counted: int
    chat: Chat

    def courses(self, latency: float) -> Iterator[Course]:
        """The laps at one latency: every number of chats, and each mix alone where the targets are judged."""
        for lanes in self.lanes:
            yield self._course(lanes, Mix.HALF)
        if latency == 0:
            yield self._course(self.judged, Mix.TOOL)
            yield self._course(self.judged, Mix.TEXT)

    def times(self, course: Course, latency: float) -> int:
        """How often a lap is run in each round."""
        return self.repeated if course == self._course(self.judged, Mix.HALF) and latency == 0 else 1

    def steps(self, contestants: int, growing: int) -> int:
        """How many steps a progress bar has."""
        laps = sum(self.times(course, latency) for latency in self.latencies for course in self.courses(latency))
        return contestants * (laps * self.rounds + 1) + growing * self.chat.turns + 1

    def _course(self, lanes: int, mix: Mix) -> Course:
        """Two chats one after the other in each lane: a lap of seconds, not of the moment in which it begins."""
        return Course(lanes=lanes, chats=2 * lanes, turns=self.turns, mix=mix)


def full(turns: int) -> Plan:
    """What the targets are stated for."""
    chat = Chat((10, 50, 200), 8)
    return Plan((1, 16, 64), (0.0, 0.3), judged=16, turns=turns, rounds=3, repeated=4, counted=16, chat=chat)


def quick(turns: int) -> Plan:
    """Everything once and little of it: it shows that the benchmark works, and no figure of it means anything."""
    return Plan((1, 2), (0.0, 0.01), judged=2, turns=turns, rounds=1, repeated=2, counted=2, chat=Chat((2, 4), 2))
