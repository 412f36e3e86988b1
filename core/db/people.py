"""Leads: who they are, what they allowed, all that is kept of them, and its erasure."""

import json
from uuid import UUID

from psycopg.rows import DictRow

from core.db.pool import Connection
from core.domain.people import Lead

COLUMNS = """
    leads.id, leads.channel, leads.chat, leads.name, leads.stage, leads.language, leads.timezone, leads.course_id,
    leads.campaign, leads.source, leads.profile, leads.blocked_at is not null as blocked, leads.created_at,
    leads.last_seen_at,
    (select coalesce(array_agg(kind), '{}') from (
        select distinct on (kind) kind, granted from consents where lead_id = leads.id order by kind, at desc, id desc
    ) latest where granted) as consents
"""
"""What a `Lead` is read from, of the table `leads`."""
_BY_ID = f"select {COLUMNS} from leads where id = %s"  # noqa: S608
_EXPORTED = {
    **dict.fromkeys(
        ("consents", "messages", "events", "demo_links", "payments", "handoffs", "follow_ups", "offer_claims"), "id"
    ),
    "bookings": "number",
    "crm_contacts": "synced_at",
    "email_enrolments": "started_at",
    "email_links": "created_at",
    "shared_links": "created_at",
    "selections": "id",
    "assignments": "experiment_id",
}
"""Every table with rows of a lead, and by what they are put in order."""
_EMAILS = """
    select jsonb_build_object('at', created_at, 'status', status, 'to', message->'mail'->>'to',
        'subject', message->'mail'->>'subject', 'text', message->'mail'->>'text') as data
    from outbox where lead_id = %s and channel = 'email' and message ? 'mail' order by id
"""


async def by_id(conn: Connection, lead_id: UUID) -> Lead | None:
    """The lead, or None."""
    row = await (await conn.execute(_BY_ID, (lead_id,))).fetchone()
    return read(row) if row else None


async def export(conn: Connection, lead_id: UUID) -> str:
    """All that is kept of a lead, as readable JSON."""
    lead = await (await conn.execute("select to_jsonb(leads) as data from leads where id = %s", (lead_id,))).fetchone()
    data = {"lead": lead["data"] if lead else None}
    for table, order in _EXPORTED.items():
        rows = await conn.execute(
            f"select to_jsonb({table}) as data from {table} where lead_id = %s order by {order}",  # noqa: S608
            (lead_id,),
        )
        data[table] = [row["data"] for row in await rows.fetchall()]
    written = await conn.execute(_EMAILS, (lead_id,))
    data["emails"] = [row["data"] for row in await written.fetchall()]
    return json.dumps(data, ensure_ascii=False, indent=2)


async def erase(conn: Connection, lead: Lead, thread: str) -> None:
    """Delete the lead and all that hangs on them, their inbox, their outbox, and the graph's state of the chat.

    Payments stay without a name, because the books must add up. To be called inside a transaction.
    """
    chat = (lead.channel, lead.chat)
    await conn.execute("delete from inbox where channel = %s and chat = %s and done_at is not null", chat)
    await conn.execute("delete from outbox where channel = %s and chat = %s and status <> 'pending'", chat)
    await conn.execute("delete from outbox where lead_id = %s", (lead.id,))
    for table in ("checkpoints", "checkpoint_blobs", "checkpoint_writes"):
        await conn.execute(f"delete from {table} where thread_id = %s", (thread,))  # noqa: S608
    # The turn's id names the chat.
    await conn.execute(
        "update payments set turn_id = 'erased', key = 'erased:' || id::text where lead_id = %s", (lead.id,)
    )
    await conn.execute("delete from leads where id = %s", (lead.id,))


def read(row: DictRow) -> Lead:
    """The lead of a row with `COLUMNS`."""
    return Lead.model_validate(row)
