"""A lead's shelf: what they have not got yet, and what they have."""

from uuid import UUID

from psycopg.types.json import Jsonb

from core.db import resources
from core.db.pool import Pool
from tests.worlds import insert, make_context, make_course


async def _resource(pool: Pool, course_id: int, **fields: object) -> int:
    row = {"course_id": course_id, "title": "Guía", "description": "D", "kind": "guide", "path": "guia.pdf"}
    return int((await insert(pool, "free_resources", row | fields))["id"])


async def _delivered(pool: Pool, lead_id: UUID, resource_id: int, turn_id: str) -> None:
    payload = Jsonb({"resource_id": resource_id})
    row = {"lead_id": lead_id, "kind": "resource_delivered", "payload": payload, "turn_id": turn_id}
    await insert(pool, "events", {**row, "key": f"{turn_id}:{lead_id}:{resource_id}"})


async def test_what_was_delivered_in_an_earlier_turn_is_not_fresh(empty_database: Pool) -> None:
    course_id = await make_course(empty_database)
    first, second, third = [await _resource(empty_database, course_id, title=title) for title in ("A", "B", "C")]
    context = await make_context(empty_database, turn_id="turn-9")
    stranger = await make_context(empty_database)
    await _delivered(empty_database, context.lead.id, first, "turn-8")
    await _delivered(empty_database, context.lead.id, second, "turn-9")
    await _delivered(empty_database, stranger.lead.id, third, "turn-8")
    async with empty_database.connection() as conn:
        shelf = await resources.for_lead(conn, course_id, context.lead.id, "turn-9", samples=False)
    assert [row.id for row in shelf.fresh] == [second, third]
    assert [row.id for row in shelf.delivered] == [first]


async def test_sample_resources_are_seen_only_where_samples_are(empty_database: Pool) -> None:
    course_id = await make_course(empty_database)
    await _resource(empty_database, course_id, is_sample=True)
    context = await make_context(empty_database)
    async with empty_database.connection() as conn:
        assert (await resources.for_lead(conn, course_id, context.lead.id, "t", samples=False)).fresh == ()
        assert len((await resources.for_lead(conn, course_id, context.lead.id, "t", samples=True)).fresh) == 1
