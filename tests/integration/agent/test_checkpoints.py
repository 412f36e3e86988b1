"""One checkpoint a turn, small, readable and pruned."""

import json
from typing import cast

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.checkpoints import PooledSaver, prune
from core.domain.funnel import Stage
from tests.brendas import Talk

CHANNELS = {"stage", "talk", "last"}


async def kept_bytes(talk: Talk) -> int:
    """Bytes of a chat's newest checkpoint, as text."""
    [row] = await talk.query(
        "select octet_length(checkpoint::text) as bytes from checkpoints where thread_id = %s "
        "order by checkpoint_id desc limit 1",
        talk.thread,
    )
    return int(row["bytes"])


async def count(talk: Talk, table: str) -> int:
    [row] = await talk.query(f"select count(*) as n from {table} where thread_id = %s", talk.thread)  # noqa: S608
    return int(row["n"])


async def test_a_turn_writes_one_checkpoint_and_nothing_of_its_scratch(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    before = await count(talk, "checkpoints")
    await talk.says("¿qué se ve en el curso?")
    assert await count(talk, "checkpoints") == before + 1 == len(talk.results)
    assert await count(talk, "checkpoint_writes") == 0
    assert await count(talk, "checkpoint_blobs") == 0
    [kept] = await talk.query(
        "select array_agg(key) as keys from (select jsonb_object_keys(checkpoint->'channel_values') as key "
        "from checkpoints where thread_id = %s) as channels",
        talk.thread,
    )
    assert set(kept["keys"]) == CHANNELS


async def test_the_state_is_plain_data(talk: Talk) -> None:
    await talk.reaches(Stage.DEMO)
    state = (await talk.brenda.graph.aget_state({"configurable": {"thread_id": talk.thread}})).values
    assert state["stage"] == "demo"
    assert state["last"] == talk.results[-1].turn_id
    assert json.loads(state["talk"])["history"][-1]["role"] == "assistant"
    assert all(isinstance(value, str) for key, value in state.items() if key in CHANNELS)


async def test_a_turn_that_is_not_recorded_leaves_no_state(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    before = await count(talk, "checkpoints")
    await talk.query("alter table messages rename to messages_away")
    with pytest.raises(psycopg.errors.UndefinedTable):
        await talk.says("¿qué se ve en el curso?")
    await talk.query("alter table messages_away rename to messages")
    assert await count(talk, "checkpoints") == before
    assert await count(talk, "checkpoint_writes") == 0
    await talk.says("¿qué se ve en el curso?")
    assert await count(talk, "checkpoints") == before + 1


@given(versions=st.lists(st.integers(1, 10**7), min_size=2, unique=True))
def test_versions_sort_as_they_count(versions: list[int]) -> None:
    texts = {
        number: PooledSaver.get_next_version(cast(PooledSaver, None), f"{number - 1:08}", None) for number in versions
    }
    assert sorted(texts.values()) == [texts[number] for number in sorted(versions)]
    assert PooledSaver.get_next_version(cast(PooledSaver, None), f"{41:032}.0.17", None) > f"{41:032}.0.17"


async def test_pruning_keeps_the_last_checkpoint(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    for turn in range(9):
        await talk.says(f"¿y la clase {turn}?")
    before = (await talk.brenda.graph.aget_state({"configurable": {"thread_id": talk.thread}})).values
    assert await prune(PooledSaver(talk.brenda.pool)) >= 1
    assert await count(talk, "checkpoints") == 1
    assert (await talk.brenda.graph.aget_state({"configurable": {"thread_id": talk.thread}})).values == before
    assert (await talk.says("¿y cuánto cuesta?")).stage is Stage.CONVERSATION


async def test_a_chat_that_is_young_is_not_pruned(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    await prune(PooledSaver(talk.brenda.pool))
    assert await count(talk, "checkpoints") == 3
