"""The pace, on a clock that only moves when somebody sleeps."""

import asyncio
from itertools import pairwise

from channels.telegram.pace import Pace


class Sleeper:
    """Time that passes by sleeping. Sleepers wake in the order of their moments."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def seconds(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        moment = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, moment)


def make_pace() -> tuple[Pace, Sleeper]:
    time = Sleeper()
    return Pace(time.seconds, time.sleep), time


async def test_one_a_second_in_a_chat() -> None:
    pace, time = make_pace()
    moments = []
    for _ in range(4):
        await pace.wait("7")
        moments.append(time.now)
    assert all(later - earlier >= 1 for earlier, later in pairwise(moments))
    assert moments[-1] - moments[0] < 3.4


async def test_thirty_a_second_in_all() -> None:
    pace, time = make_pace()
    began = time.now
    for chat in range(90):
        await pace.wait(str(chat))
    assert 2.9 < time.now - began < 3.3


async def test_a_chat_keeps_its_distance_when_the_whole_bot_was_in_its_way() -> None:
    pace, time = make_pace()
    sent = {}

    async def send(chat: str) -> None:
        await pace.wait(chat)
        sent[chat] = time.now

    await asyncio.gather(*(send(str(chat)) for chat in range(60)))
    last = max(sent, key=lambda chat: sent[chat])
    await pace.wait(last)
    assert time.now - sent[last] >= 1


async def test_a_chat_that_is_told_to_wait_delays_only_itself() -> None:
    pace, time = make_pace()
    began = time.now
    pace.flooded("7", 20)
    await pace.wait("8")
    assert time.now - began < 1
    await pace.wait("7")
    assert time.now - began >= 20


async def test_two_chats_told_to_wait_pause_everybody() -> None:
    pace, time = make_pace()
    pace.flooded("7", 5)
    assert pace.pause() <= 0
    pace.flooded("8", 20)
    began = time.now
    await pace.wait("9")
    assert time.now - began >= 20


async def test_the_same_chat_twice_pauses_nobody_else() -> None:
    pace, _ = make_pace()
    pace.flooded("7", 5)
    pace.flooded("7", 20)
    assert pace.pause() <= 0
