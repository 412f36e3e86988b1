"""The record of a turn: one statement writes all rows that a turn decided, the chat's state, and closes its inbox rows.

The first line that was heard is the turn's claim: whoever writes it writes all the rest, and who comes second waits for
the first's end and writes nothing, so that two answers to one message are never mixed.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from core.db import outbox
from core.db.outbox import OutboxDraft
from core.db.pool import Connection
from core.db.statements import compact
from core.domain.people import Lead
from core.domain.turn import SavedState, TurnResult

_RECORD = compact("""
with given as (
    select t, t->>'turn_id' as turn, (t->>'at')::timestamptz as at from (select %(turn)s::jsonb as t) as whole
), lines as (
    select m.* from given,
        jsonb_to_recordset(t->'messages') as m (position int, author text, text text, payload jsonb)
), prompt as (
    select hash from prompt_versions, given where hash = t->>'prompt_hash'
), claimed as (
    insert into messages (lead_id, turn_id, position, author, text, payload, created_at)
    select %(lead)s, turn, position, author, text, payload, at from given, lines
    where author = 'lead' and position = 0
    on conflict (turn_id, author, position) do nothing
    returning 1
), fresh as (
    select * from given where exists (select from claimed)
), known as (
    update leads set
        name = coalesce(t->'lead'->>'name', name),
        stage = t->>'stage',
        language = coalesce(t->'lead'->>'language', language),
        course_id = coalesce((t->'lead'->>'course_id')::bigint, course_id),
        campaign = coalesce(t->'lead'->>'campaign', campaign),
        source = coalesce(t->'lead'->>'source', source)
    from fresh where leads.id = %(lead)s
), said as (
    insert into messages (lead_id, turn_id, position, author, text, payload, prompt_hash, model, created_at)
    select %(lead)s, turn, position, author, text, payload,
        case when author = 'brenda' then (select hash from prompt) end,
        case when author = 'brenda' then t->>'model' end, at
    from fresh, lines where author <> 'lead' or position > 0
), happened as (
    insert into events (lead_id, kind, payload, turn_id, key, at)
    select %(lead)s, kind, payload, turn, key, at
    from fresh, jsonb_to_recordset(t->'events') as e (kind text, payload jsonb, key text)
    on conflict (key) do nothing
), ticked as (
    insert into consents (lead_id, kind, granted, text_version, at, key)
    select %(lead)s, kind, granted, text_version, at, turn || ':' || kind
    from fresh, jsonb_to_recordset(t->'consents') as c (kind text, granted boolean, text_version text)
    on conflict (key) do nothing
), exposed as (
    insert into assignments (experiment_id, lead_id, arm, exposed_at, weights)
    select experiments.id, %(lead)s, t->>'arm', at, experiments.arms
    from fresh, experiments
    where experiments.key = t->>'experiment' and t ? 'selection' and experiments.arms ? (t->>'arm')
      and experiments.started_at <= at and experiments.stopped_at is null
    on conflict (experiment_id, lead_id) do nothing
), chosen as (
    insert into selections (lead_id, turn_id, stage, arm, eligible, offered, refused, probabilities, suggestion,
        propensity, exploration_floor, score, predictor, features, recommender, leans, called, at)
    select %(lead)s, turn, stage, arm, eligible, offered, refused, probabilities, suggestion,
        propensity, exploration_floor, score, predictor, features, recommender, leans,
        array(select jsonb_array_elements_text(t->'called')), at
    from fresh, jsonb_to_record(t->'selection') as s (stage text, arm text, eligible text[], offered text[],
        refused jsonb, probabilities jsonb, suggestion text, propensity float8, exploration_floor float8, score float8,
        predictor text, features jsonb, recommender text, leans jsonb)
    where t ? 'selection'
), spoken as (
    insert into outbox (key, channel, chat, turn_id, message, lead_id, prompt_hash, not_before, created_at, status)
    select key, channel, chat, turn, message, lead_id, (select hash from prompt), not_before,
        created_at, status
    from fresh, jsonb_to_recordset(t->'outbox') as o (place int, key text, channel text, chat text, message jsonb,
        lead_id uuid, not_before timestamptz, created_at timestamptz, status text)
    order by place
    on conflict (key) do nothing
), kept as (
    insert into checkpoints (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, checkpoint, metadata)
    select leads.channel || ':' || leads.chat, '', s.id, s.parent, s.checkpoint, s.metadata
    from fresh, jsonb_to_record(t->'state') as s (id text, parent text, checkpoint jsonb, metadata jsonb), leads
    where t ? 'state' and leads.id = %(lead)s
    on conflict (thread_id, checkpoint_ns, checkpoint_id) do nothing
), answered as (
    update inbox set done_at = at from given
    where inbox.turn_id = turn and done_at is null
)
select exists (select from claimed) as fresh
""")

_RECALL = """
select first.turn_id, first.created_at as at, leads.stage, first.payload as perception,
    (select array_agg(text order by position) from messages where turn_id = %(turn)s and author = 'lead') as heard,
    (select coalesce(jsonb_agg(message order by id), '[]') from outbox
     where turn_id = %(turn)s and channel = leads.channel and chat = leads.chat) as outgoing,
    coalesce(said.payload->'tools', '[]') as calls, coalesce(said.payload->'evidence', '[]') as sources, said.model,
    coalesce(said.prompt_hash, '') as prompt_hash, coalesce(drawn.arm, '') as arm, drawn.score as probability,
    (select to_jsonb(drawn) - '{id,lead_id,turn_id,called,at}'::text[] where drawn.id is not null) as selection
from messages as first join leads on leads.id = first.lead_id
left join messages as said on said.turn_id = first.turn_id and said.author = 'brenda' and said.position = 0
left join selections as drawn on drawn.turn_id = first.turn_id
where first.turn_id = %(turn)s and first.author = 'lead' and first.position = 0
"""


async def record(
    conn: Connection,
    lead_id: UUID,
    result: TurnResult,
    spoken: Sequence[OutboxDraft] = (),
    state: SavedState | None = None,
) -> bool:
    """Write the turn's rows; False when the turn was recorded before, and then nothing of it may be written again.

    `spoken` goes into the outbox, and `state` is what the graph keeps of the chat. The one statement is a transaction
    of its own unless one is open.
    """
    drafts = [{"place": place, **outbox.as_json(draft, result.at)} for place, draft in enumerate(spoken)]
    kept = {"state": asdict(state)} if state else {}
    turn = {"turn": Jsonb(_turn(lead_id, result) | {"outbox": drafts} | kept), "lead": lead_id}
    row = await (await conn.execute(_RECORD, turn)).fetchone()
    return row is not None and bool(row["fresh"])


async def is_recorded(conn: Connection, turn_id: str) -> bool:
    """Whether this turn was closed."""
    cursor = await conn.execute("select 1 from messages where turn_id = %s limit 1", (turn_id,))
    return await cursor.fetchone() is not None


async def recall(conn: Connection, turn_id: str) -> TurnResult | None:
    """A recorded turn as far as its rows tell it: without evidence, events, consents, and words to advisors."""
    row = await (await conn.execute(_RECALL, {"turn": turn_id})).fetchone()
    return TurnResult.model_validate(row) if row else None


async def count(conn: Connection, channel: str, chat: str) -> int:
    """How many turns a chat has had."""
    cursor = await conn.execute(
        "select count(distinct turn_id) as turns from messages join leads on leads.id = lead_id "
        "where channel = %s and chat = %s",
        (channel, chat),
    )
    row = await cursor.fetchone()
    return int(row["turns"]) if row else 0


async def latest_chat(conn: Connection, channel: str, name: str) -> str | None:
    """The newest chat of a name: the name itself, or one that was started over ("name#…")."""
    cursor = await conn.execute(
        "select chat from leads where channel = %s and (chat = %s or starts_with(chat, %s || '#')) "
        "order by created_at desc limit 1",
        (channel, name, name),
    )
    row = await cursor.fetchone()
    return str(row["chat"]) if row else None


def _turn(lead_id: UUID, result: TurnResult) -> dict[str, Any]:
    turn: dict[str, Any] = {
        "turn_id": result.turn_id,
        "at": result.at.isoformat(),
        "stage": result.stage.value,
        "arm": result.arm,
        "experiment": result.experiment,
        "model": result.model,
        "prompt_hash": result.prompt_hash,
        "called": [call.name for call in result.calls],
        "lead": result.lead.model_dump(mode="json"),
        "messages": _messages(result),
        "events": [
            {
                "kind": event.kind,
                "payload": event.payload,
                "key": f"{lead_id}:{event.kind}" if event.once else f"{result.turn_id}:{place}",
            }
            for place, event in enumerate(result.events)
        ],
        "consents": [change.model_dump(mode="json") for change in result.consents],
    }
    if result.selection:
        turn["selection"] = result.selection.model_dump(mode="json")
    return turn


def _messages(result: TurnResult) -> list[dict[str, Any]]:
    """What was heard and what was said; the first line of each carries what it was understood to mean, or rests on."""
    heard = [{"position": place, "author": "lead", "text": text} for place, text in enumerate(result.heard)]
    said = [
        {"position": place, "author": "brenda", "text": message.text or (message.media.path if message.media else "")}
        for place, message in enumerate(result.outgoing)
    ]
    if heard and result.perception:
        heard[0]["payload"] = result.perception.model_dump(mode="json", exclude_defaults=True)
    if said and result.calls:
        said[0]["payload"] = {
            "tools": [call.model_dump(mode="json", exclude_defaults=True) for call in result.calls],
            "evidence": list(result.sources),
        }
    return [*heard, *said]


def thread_of(lead: Lead) -> str:
    """The graph's thread of a lead's chat."""
    return f"{lead.channel}:{lead.chat}"
