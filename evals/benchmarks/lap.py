"""One lap: a contestant takes the turns of many chats, some of them at the same time, and is watched from outside."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from itertools import count
from statistics import quantiles

from evals.benchmarks.cluster import Cluster
from evals.benchmarks.contestant import Contestant
from evals.benchmarks.endpoint import Endpoint
from evals.benchmarks.lines import Mix, line, model_calls

_chat_numbers = count(1)
WARM_TURNS = 5


@dataclass(frozen=True, slots=True)
class Course:
    """How a lap is run: `lanes` chats at a time, `chats` in all, each of `turns` turns from its beginning."""

    lanes: int
    chats: int
    turns: int
    mix: Mix


@dataclass(frozen=True, slots=True)
class Lap:
    """What was seen. CPU is in seconds of this process and of the server's; `beyond` lists each turn's seconds less the
    model's own; `calls` are the model's.
    """

    turns: int
    seconds: float
    cpu: float
    server_cpu: float
    calls: int
    beyond: tuple[float, ...]

    @property
    def pace(self) -> float:
        """Turns a second."""
        return self.turns / self.seconds

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds a turn of the Python process."""
        return 1000 * self.cpu / self.turns

    @property
    def server_cpu_ms(self) -> float:
        """CPU milliseconds a turn of PostgreSQL."""
        return 1000 * self.server_cpu / self.turns

    def beyond_ms(self, percent: int) -> float:
        """A percentile of the milliseconds beyond the model's latency."""
        return 1000 * quantiles(self.beyond, n=100, method="inclusive")[percent - 1]


async def run_lap(contestant: Contestant, endpoint: Endpoint, cluster: Cluster, course: Course) -> Lap:
    """Warm up with one chat a lane, until connections are open and their statements prepared, then measure."""
    warm = Course(course.lanes, course.lanes, min(WARM_TURNS, course.turns), course.mix)
    await _run(contestant, endpoint, warm, _names(course.lanes))
    names, before = _names(course.chats), await endpoint.tally()
    await contestant.prepare(names)
    server, cpu, start = cluster.cpu_seconds(), time.process_time(), time.perf_counter()
    beyond = await _drive(contestant, endpoint, course, names)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    return Lap(
        turns=len(beyond),
        seconds=seconds,
        cpu=cpu,
        server_cpu=cluster.cpu_seconds() - server,
        calls=(await endpoint.tally()).calls - before.calls,
        beyond=tuple(beyond),
    )


async def _run(contestant: Contestant, endpoint: Endpoint, course: Course, names: list[str]) -> None:
    await contestant.prepare(names)
    await _drive(contestant, endpoint, course, names)


async def _drive(contestant: Contestant, endpoint: Endpoint, course: Course, names: list[str]) -> list[float]:
    left, beyond = deque(names), list[float]()

    async def lane() -> None:
        while left:
            chat = left.popleft()
            for number in range(course.turns):
                start = time.perf_counter()
                done = await contestant.take_turn(chat, course.mix, number)
                calls = model_calls(line(course.mix, number))
                beyond.append(done - start - calls * endpoint.latency)

    async with asyncio.TaskGroup() as lanes:
        for _ in range(course.lanes):
            lanes.create_task(lane())
    return beyond


def _names(wanted: int) -> list[str]:
    return [f"chat-{next(_chat_numbers)}" for _ in range(wanted)]
