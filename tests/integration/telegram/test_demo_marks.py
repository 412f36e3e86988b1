"""An advisor in Telegram says how a demonstration went."""

from datetime import timedelta
from typing import Any

from core.db import people
from core.integrations.links import LinkSigner
from tests.brendas import queue_on
from tests.demos import invite
from tests.integration.telegram.conftest import Rig, now
from tests.worlds import insert

ADVISOR = 900


async def booked(rig: Rig, ended: timedelta) -> dict[str, Any]:
    """A booking of a prospect in Telegram that ended so long ago."""
    await rig.rows(
        "insert into advisors (name, chat) values ('Marta', %s) on conflict do nothing returning id", str(ADVISOR)
    )
    lead_id, moment = await rig.lead(7), now()
    await rig.rows("update leads set name = 'Ana' where id = %s returning id", lead_id)
    async with rig.pool.connection() as conn:
        lead = await people.by_id(conn, lead_id)
    guest = await invite(rig.pool, LinkSigner("k" * 32, "http://127.0.0.1", now), moment, lead=lead)
    row = {
        "demo_link_id": guest.link.id,
        "lead_id": lead_id,
        "course_id": guest.link.course_id,
        "starts_at": moment - ended - timedelta(minutes=30),
        "ends_at": moment - ended,
        "visitor_timezone": "America/Bogota",
        "created_at": moment - timedelta(days=3),
        "calendar_uid": "1@brenda",
        "provider": "own",
        "key": "k",
    }
    return await insert(rig.pool, "bookings", row)


async def answers(rig: Rig, words: str, count: int) -> str:
    await rig.fake.user(ADVISOR, "Marta").says(words)
    await rig.fake.wait_for(lambda: len(rig.fake.texts(ADVISOR)) == count)
    return rig.fake.texts(ADVISOR)[-1]


async def test_a_mark_is_kept_and_can_be_corrected(rig: Rig) -> None:
    number = (await booked(rig, timedelta(hours=1)))["number"]
    async with queue_on(rig.pool) as queue, rig.running(queue=queue):
        assert "Ana no llegó" in await answers(rig, f"/inasistencia_{number}", 1)
        assert await rig.rows("select status from bookings") == [{"status": "missed"}]
        planned = await rig.rows("select kind from follow_ups where status = 'planned'")
        assert planned == [{"kind": "demo_missed"}]
        assert "se hizo" in await answers(rig, f"/realizada {number}", 2)
    assert await rig.rows("select status from bookings") == [{"status": "held"}]
    assert await rig.rows("select kind from follow_ups where status = 'planned'") == []


async def test_what_cannot_be_marked_is_explained(rig: Rig) -> None:
    number = (await booked(rig, -timedelta(hours=5)))["number"]
    async with queue_on(rig.pool) as queue, rig.running(queue=queue):
        for count, words in enumerate((f"/realizada_{number}", "/realizada 999", "/inasistencia", "/realizada x"), 1):
            assert "No encontré una demo" in await answers(rig, words, count)
    assert await rig.rows("select status from bookings") == [{"status": "booked"}]


async def test_nobody_else_may_mark(rig: Rig) -> None:
    number = (await booked(rig, timedelta(hours=1)))["number"]
    async with queue_on(rig.pool) as queue, rig.running(queue=queue) as telegram:
        await rig.fake.user(7, "Ana").says(f"/realizada_{number}")
        await rig.until("select id from inbox where chat = '7'")
        assert telegram.queue
    assert await rig.rows("select status from bookings") == [{"status": "booked"}]
