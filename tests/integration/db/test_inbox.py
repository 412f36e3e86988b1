"""The inbox."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.db import inbox
from core.db.pool import Pool
from core.domain.messages import Input, InputKind
from tests.deals import HOSTILE

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def words(text: str) -> Input:
    return Input(kind=InputKind.TEXT, text=text)


async def store(pool: Pool, number: int, text: str, chat: str = "7") -> bool:
    async with pool.connection() as conn:
        return await inbox.store(conn, "telegram", number, chat, words(text), now=NOW)


async def take(pool: Pool, chat: str = "7") -> inbox.Taken | None:
    async with pool.connection() as conn:
        return await inbox.take(conn, "telegram", chat)


async def close(pool: Pool, turn_id: str) -> int:
    async with pool.connection() as conn:
        return await inbox.close(conn, turn_id, NOW)


def texts(taken: inbox.Taken | None) -> list[str]:
    return [row.input.text or row.input.action for row in taken.rows] if taken else []


async def test_an_update_is_stored_once(empty_database: Pool) -> None:
    assert await store(empty_database, 1, "hola")
    assert not await store(empty_database, 1, "otra cosa")
    taken = await take(empty_database)
    assert taken
    assert [(row.input, row.update_id) for row in taken.rows] == [(words("hola"), 1)]


async def test_a_turn_takes_what_waits_and_when_run_again_exactly_the_same(empty_database: Pool) -> None:
    for number, text in enumerate(["uno", "dos", "tres"]):
        await store(empty_database, number, text)
    await store(empty_database, 9, "de otro", chat="8")
    first = await take(empty_database)
    await store(empty_database, 10, "mientras tanto")
    again = await take(empty_database)
    assert first
    assert again
    assert (first.turn_id, first.rows) == (again.turn_id, again.rows)
    assert (first.attempts, again.attempts) == (1, 2)
    assert texts(first) == ["uno", "dos", "tres"]
    assert [await close(empty_database, first.turn_id) for _ in range(2)] == [3, 0]
    later = await take(empty_database)
    assert later
    assert later.turn_id != first.turn_id
    assert texts(later) == ["mientras tanto"]


async def test_a_button_or_command_among_words_is_a_turn_of_its_own(empty_database: Pool) -> None:
    await store(empty_database, 1, "uno")
    await store(empty_database, 2, "dos")
    async with empty_database.connection() as conn:
        pressed = Input(kind=InputKind.BUTTON, action="consent.accept")
        await inbox.store(conn, "telegram", 3, "7", pressed, now=NOW)
        await inbox.store(conn, "telegram", 4, "7", Input(kind=InputKind.COMMAND, action="baja"), now=NOW)
    await store(empty_database, 5, "tres")
    turns = []
    while taken := await take(empty_database):
        turns.append(texts(taken))
        await close(empty_database, taken.turn_id)
    assert turns == [["uno", "dos"], ["consent.accept"], ["baja"], ["tres"]]


async def test_what_waits_and_since_when(empty_database: Pool) -> None:
    async with empty_database.connection() as conn:
        assert await inbox.latest(conn, "telegram", "7") is None
        for number, chat in enumerate(["8", "7", "8"]):
            at = NOW + timedelta(minutes=number)
            await inbox.store(conn, "telegram", number, chat, words("hola"), now=at)
        assert await inbox.latest(conn, "telegram", "8") == NOW + timedelta(minutes=2)
        assert await inbox.forgotten(conn, NOW + timedelta(seconds=30)) == [("telegram", "8")]
        assert await inbox.forgotten(conn, NOW + timedelta(hours=1)) == [("telegram", "8"), ("telegram", "7")]


PLAIN = (InputKind.TEXT, InputKind.EDITED, InputKind.VOICE)
OWN = (InputKind.BUTTON, InputKind.COMMAND, InputKind.DEADLINE, InputKind.ADVISOR, InputKind.PAYMENT)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("arrive"), st.sampled_from(["7", "8"]), st.sampled_from([*PLAIN, *OWN])),
        st.tuples(st.sampled_from(["take", "close"]), st.sampled_from(["7", "8"]), st.just(InputKind.TEXT)),
    ),
    max_size=25,
)


async def play(pool: Pool, steps: list[tuple[str, str, InputKind]]) -> dict[str, list[inbox.Taken]]:
    """Arrivals, turns and crashes of turns in two chats, and then every turn that is left; what each chat's were."""
    turns: dict[str, list[inbox.Taken]] = {"7": [], "8": []}
    async with pool.connection() as conn:
        await conn.execute("truncate inbox")
        for number, (step, chat, kind) in enumerate([*steps, *[("rest", chat, InputKind.TEXT) for chat in turns]]):
            if step == "arrive":
                await inbox.store(conn, "telegram", number, chat, Input(kind=kind, text=str(number)), now=NOW)
            while step != "arrive" and (taken := await inbox.take(conn, "telegram", chat)):
                turns[chat].append(taken)
                if step == "take":
                    break
                await inbox.close(conn, taken.turn_id, NOW)
                if step == "close":
                    break
    return turns


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_in_whatever_order_things_arrive_each_is_in_one_turn_and_in_order(
    empty_database: Pool, steps: list[tuple[str, str, InputKind]]
) -> None:
    played = await play(empty_database, steps)
    for chat, taken in played.items():
        arrived = [number for number, (step, to, _) in enumerate(steps) if (step, to) == ("arrive", chat)]
        turns = {turn.turn_id: turn.rows for turn in taken}
        assert [row.update_id for rows in turns.values() for row in rows] == arrived
        assert all(turn.rows == turns[turn.turn_id] for turn in taken), "a turn that is taken again takes the same rows"
        alone = [rows for rows in turns.values() if any(row.input.kind in OWN for row in rows)]
        assert all(len(rows) == 1 for rows in alone)


@pytest.mark.parametrize("text", HOSTILE)
async def test_whatever_is_typed_can_be_stored(empty_database: Pool, text: str) -> None:
    assert await store(empty_database, 1, text)
    assert texts(await take(empty_database)) == [text.replace("\x00", "")]


async def test_what_another_channel_numbered_is_another_thing(empty_database: Pool) -> None:
    assert await store(empty_database, 1, "hola")
    async with empty_database.connection() as conn:
        assert await inbox.store(conn, "console", 1, "7", words("hola"), now=NOW)
    assert len(texts(await take(empty_database))) == 1


async def test_nothing_waits(empty_database: Pool) -> None:
    assert await take(empty_database) is None


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_worlds_own_numbers_are_negative_and_differ_with_their_event(one: str, other: str) -> None:
    number = inbox.world_id(one)
    assert -(2**63) <= number < 0
    assert (number == inbox.world_id(other)) == (one == other)
