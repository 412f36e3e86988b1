"""Leads: met, known, exported, and forgotten."""

import json

from psycopg import sql
from psycopg.types.json import Jsonb

from core.db import inbox, outbox, people, turns
from core.db.outbox import OutboxDraft
from core.db.pool import Pool
from core.domain.messages import Input, InputKind, Outgoing
from core.domain.people import Lead
from tests.deals import DAY, NOW, make_offer
from tests.integration.db.test_meetings import CHAT, meet
from tests.integration.db.test_turns import record, result
from tests.worlds import insert, make_course

WORDS = "palabras-que-nadie-mas-dice"


async def known_person(pool: Pool) -> Lead:
    """A lead who left something in every table that knows people."""
    course = await make_course(pool)
    lead = (await meet(pool)).lead
    turn_id = f"console:{CHAT}:7"
    promised = {"lead_id": lead.id, "turn_id": turn_id, "key": f"{turn_id}:x"}
    timed = {"created_at": NOW, "expires_at": NOW + DAY}
    offer = await make_offer(pool, course)
    await insert(pool, "offer_claims", {"offer_id": offer, "lead_id": lead.id, "status": "paid"})
    link = await insert(pool, "demo_links", promised | timed | {"course_id": course})
    hour = {"starts_at": NOW, "ends_at": NOW + DAY, "visitor_timezone": "UTC", "created_at": NOW, "calendar_uid": "u"}
    of_link = {"lead_id": lead.id, "course_id": course, "demo_link_id": link["id"], "provider": "own", "key": WORDS}
    await insert(pool, "bookings", of_link | hour)
    await insert(pool, "shared_links", promised | timed | {"kind": "preview", "course_id": course})
    paid = {"provider": "sandbox", "status": "paid", "amount": 300, "currency": "USD", "paid_at": NOW}
    await insert(pool, "payments", promised | timed | paid | {"course_id": course, "offer_id": offer})
    noticed = {"reason": WORDS, "summary": WORDS, "opened_at": NOW, "deadline_at": NOW + DAY}
    handoff = await insert(pool, "handoffs", promised | noticed)
    await insert(pool, "follow_ups", promised | {"kind": "asked", "note": WORDS, "due_at": NOW + DAY})
    told = {"contact_id": "7", "digest": "d", "synced_at": NOW}
    await insert(pool, "crm_contacts", {"lead_id": lead.id} | told)
    await insert(pool, "email_links", {"lead_id": lead.id, "address_hash": "h" * 64, "created_at": NOW})
    await insert(pool, "email_enrolments", {"lead_id": lead.id, "sequence": "welcome", "started_at": NOW})
    async with pool.connection() as conn:
        await conn.execute("update leads set profile = %s", (Jsonb({"goal": WORDS}),))
        await inbox.store(conn, "console", 1, CHAT, Input(kind=InputKind.TEXT, text=WORDS), now=NOW)
        await inbox.take(conn, "console", CHAT)
        await conn.execute("update inbox set done_at = now()")
        notice = OutboxDraft("n", "console", "advisor", turn_id, Outgoing(text=WORDS), lead.id, None, handoff["id"])
        reply = OutboxDraft("r", "console", CHAT, turn_id, Outgoing(text=WORDS), lead.id)
        await outbox.add(conn, [notice, reply], NOW)
        await conn.execute(
            "insert into checkpoints (thread_id, checkpoint_id, checkpoint, metadata) values (%s, '1', %s, '{}')",
            (turns.thread_of(lead), Jsonb({"talk": WORDS})),
        )
    await record(pool, lead, result(turn_id, heard=(WORDS,)))
    return lead


async def traces(pool: Pool, *needles: str) -> set[str]:
    """The tables of which any row holds one of these texts in any column."""
    async with pool.connection() as conn:
        listed = await conn.execute(
            "select table_name from information_schema.tables "
            "where table_schema = 'public' and table_type = 'BASE TABLE'"
        )
        found = set()
        for row in await listed.fetchall():
            query = sql.SQL("select 1 from {} as t where strpos(t::text, any_of) > 0 limit 1").format(
                sql.Identifier(row["table_name"])
            )
            for needle in needles:
                text = query.as_string(conn).replace("any_of", "%s")
                if await (await conn.execute(text.encode(), (needle,))).fetchone():
                    found.add(row["table_name"])
    return found


async def test_the_export_holds_all_that_is_kept(empty_database: Pool) -> None:
    lead = await known_person(empty_database)
    async with empty_database.connection() as conn:
        data = json.loads(await people.export(conn, lead.id))
        listed = await (
            await conn.execute(
                "select table_name from information_schema.columns join information_schema.tables "
                "using (table_schema, table_name) "
                "where column_name = 'lead_id' and table_schema = 'public' and table_type = 'BASE TABLE'"
            )
        ).fetchall()
    about = {row["table_name"] for row in listed} - {"outbox"}  # what was sent stands in `messages`
    assert about <= set(data)
    assert {table for table in about if not data[table]} == set()
    assert data["lead"]["profile"] == {"goal": WORDS}
    assert WORDS in [row["text"] for row in data["messages"]]


async def test_the_erased_leave_no_trace_but_the_books(empty_database: Pool) -> None:
    lead = await known_person(empty_database)
    needles = (WORDS, CHAT, str(lead.id))
    assert len(await traces(empty_database, *needles)) >= 12
    async with empty_database.connection() as conn, conn.transaction():
        await people.erase(conn, lead, turns.thread_of(lead))
    assert await traces(empty_database, *needles) == set()
    async with empty_database.connection() as conn:
        assert await people.by_id(conn, lead.id) is None
        kept = await (await conn.execute("select status, amount, lead_id from payments")).fetchall()
        claims = await (await conn.execute("select status, lead_id from offer_claims")).fetchall()
    assert [(row["status"], row["amount"], row["lead_id"]) for row in kept] == [("paid", 300, None)]
    assert claims == [{"status": "paid", "lead_id": None}]


async def test_an_erasure_touches_nobody_else(empty_database: Pool) -> None:
    lead = await known_person(empty_database)
    other = (await meet(empty_database, "otro")).lead
    await record(empty_database, other, result("t-otro"))
    async with empty_database.connection() as conn, conn.transaction():
        await people.erase(conn, lead, turns.thread_of(lead))
    async with empty_database.connection() as conn:
        data = json.loads(await people.export(conn, other.id))
    assert len(data["messages"]) == 4
