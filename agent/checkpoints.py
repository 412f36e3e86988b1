"""The graph's checkpoints in Postgres: one a turn, read with the lead and written with the turn's record.

A turn is one read and one write. What the saver would fetch comes with the statement that meets the lead, and what it
would store goes out with the statement that records the turn, in a `Kept` that travels in the run's configuration: so
state and record are never apart, whatever crashes. Any other caller of the saver gets the library's own behaviour.

The library's saver puts one lock around everything, because it may have been given a single connection. Over a pool
each call takes a connection of its own, so the lock only makes chats wait for each other, and is left out here.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata, CheckpointTuple
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from core.db.pool import Pool
from core.domain.turn import SavedState

KEPT = "__kept"
"""The key in a run's configuration; names with two underscores never reach a checkpoint's metadata."""
VERSION_DIGITS = 8


@dataclass(slots=True)
class Kept:
    """A chat's state in one turn: `before` as it was read, `after` as the graph left it, still unwritten."""

    before: SavedState | None
    after: SavedState | None = None


class PooledSaver(AsyncPostgresSaver):
    """A saver over a pool. To be made inside the running event loop."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool, serde=JsonPlusSerializer(allowed_msgpack_modules=None))
        self.lock: Any = nullcontext()

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """What came with the lead, or, outside a turn, what is stored."""
        kept = _kept(config)
        if kept is None:
            return await super().aget_tuple(config)
        return _tuple(config, kept.before) if kept.before else None

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Hand the state over to whoever records the turn, or, outside a turn, store it."""
        kept = _kept(config)
        if kept is None:
            return await super().aput(config, checkpoint, metadata, new_versions)
        kept.after = SavedState(
            id=checkpoint["id"],
            parent=config["configurable"].get("checkpoint_id"),
            checkpoint=dict(checkpoint),
            metadata=dict(metadata),
        )
        return _config(config, checkpoint["id"])

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """A turn that fails is run again from its beginning: what its nodes wrote is not kept."""
        if _kept(config) is None:
            await super().aput_writes(config, writes, task_id, task_path)

    def get_next_version(self, current: str | None, channel: None) -> str:  # noqa: ARG002 - the library passes it
        """A channel's versions as texts that sort; the library's hold a random part, for threads that fork."""
        return f"{(int(current.split('.')[0]) if current else 0) + 1:0{VERSION_DIGITS}}"


async def prune(saver: AsyncPostgresSaver, least: int = 10) -> int:
    """Delete all but the last checkpoint of each thread that has more than `least`; how many threads were pruned."""
    query = "select thread_id from checkpoints group by thread_id having count(*) > %s limit 500"
    async with saver._cursor() as cursor:
        await cursor.execute(query, (least,))
        threads = [row["thread_id"] for row in await cursor.fetchall()]
    await saver.aprune(threads)
    return len(threads)


def _kept(config: RunnableConfig) -> Kept | None:
    found = config["configurable"].get(KEPT)
    return found if isinstance(found, Kept) else None


def _config(config: RunnableConfig, checkpoint_id: str) -> RunnableConfig:
    given = config["configurable"]
    names = {"thread_id": given["thread_id"], "checkpoint_ns": given.get("checkpoint_ns", "")}
    return {"configurable": {**names, "checkpoint_id": checkpoint_id}}


def _tuple(config: RunnableConfig, state: SavedState) -> CheckpointTuple:
    """All channels that are kept hold text, which lies in the checkpoint itself."""
    checkpoint: Any = {**state.checkpoint, "channel_values": dict(state.checkpoint.get("channel_values") or {})}
    metadata: Any = state.metadata
    parent = _config(config, state.parent) if state.parent else None
    return CheckpointTuple(_config(config, state.id), checkpoint, metadata, parent, [])
