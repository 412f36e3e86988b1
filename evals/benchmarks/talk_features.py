"""The product's own features of talks that were held elsewhere: each is written into a database as if Brenda had heard
it, and asked for with the database's `lead_features`, the very function that training and serving use.

The corpus has no clock, so turns are set a minute apart and nothing is learned from pauses.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from core.db.migrator import migrate
from core.db.pool import Pool, open_pool
from core.learning.encoding import Row
from core.learning.understanding import understand
from evals.benchmarks.cluster import Cluster
from evals.benchmarks.dialogues import Dialogue

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
PAUSE = timedelta(minutes=1)
_LEADS = "copy leads (channel, chat, created_at, last_seen_at) from stdin"
_LINES = """
    insert into messages (lead_id, turn_id, position, author, text, payload, created_at)
    select leads.id, line.turn_id, line.position, 'lead', line.text, line.payload, line.at
    from jsonb_to_recordset(%s::jsonb)
        as line (chat text, turn_id text, position int, text text, payload jsonb, at timestamptz)
    join leads on leads.chat = line.chat and leads.channel = 'evals'
"""
_FEATURES = "select chat, lead_features(id, %s) as features from leads where channel = 'evals'"


async def talk_features(
    cluster: Cluster, dialogues: Sequence[Dialogue], after: Sequence[int | None]
) -> list[list[Row]]:
    """For each number of turns, the features of each dialogue, in their order; None is the whole talk."""
    pool = await open_pool(await cluster.database("talks"), 2)
    async with pool:
        await migrate(pool)
        await _write(pool, dialogues)
        return [await _read(pool, dialogues, turns) for turns in after]


async def _write(pool: Pool, dialogues: Sequence[Dialogue]) -> None:
    lines = [line for dialogue in dialogues for line in _lines(dialogue)]
    async with pool.connection() as conn, conn.transaction():
        async with conn.cursor() as cursor, cursor.copy(_LEADS) as copy:
            for dialogue in dialogues:
                await copy.write_row(("evals", dialogue.key, START, START))
        await conn.execute(_LINES, (json.dumps(lines),))


def _lines(dialogue: Dialogue) -> list[dict[str, object]]:
    lines: list[dict[str, object]] = []
    for number, turn in enumerate(dialogue.turns):
        perception = understand("\n".join(turn)).model_dump(mode="json", exclude_defaults=True)
        turn_id, at = f"{dialogue.key}:{number}", (START + number * PAUSE).isoformat()
        for position, text in enumerate(turn):
            line = {"chat": dialogue.key, "turn_id": turn_id, "position": position, "text": text, "at": at}
            lines.append(line | {"payload": None if position else perception})
    return lines


async def _read(pool: Pool, dialogues: Sequence[Dialogue], turns: int | None) -> list[Row]:
    longest = max(len(dialogue.turns) for dialogue in dialogues)
    moment = START + ((turns or longest) - 1) * PAUSE
    async with pool.connection() as conn:
        rows = await (await conn.execute(_FEATURES, (moment,))).fetchall()
    by_chat = {row["chat"]: row["features"] for row in rows}
    return [{name: value for name, value in by_chat[each.key].items() if name != "hour"} for each in dialogues]
