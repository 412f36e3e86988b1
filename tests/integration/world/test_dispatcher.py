"""The dispatcher: services do not wait for each other, and the logs tell what happened without telling to whom."""

import json

from structlog.testing import capture_logs

from core.db.pool import Pool
from core.integrations.circuit import State
from tests.fakes.hubspot_server import FakeHubSpot, broken
from tests.fakes.sendgrid_server import FakeSendGrid, Trouble
from tests.post_offices import make_person, pay, post_office

ANA = "ana.nandu@correo.example"
REFUSED = json.dumps({"errors": [{"message": f"{ANA} is not welcome", "field": "personalizations.0.to"}]}).encode()


async def test_a_service_that_is_down_costs_the_others_nothing(empty_database: Pool) -> None:
    async with (
        FakeHubSpot() as hubspot,
        FakeSendGrid() as sendgrid,
        post_office(empty_database, hubspot, sendgrid) as office,
    ):
        hubspot.troubles = [broken()] * 1000
        people = [await make_person(empty_database, office.clock(), "talk", email=ANA) for _ in range(7)]
        for person in people:
            payment = await pay(empty_database, person, office.clock())
            await office.tell_crm(person)
            await office.email(person, "receipt", payment=str(payment))
        for _ in range(6):
            await office.work_off()
            office.clock.move(seconds=9)
        states = {lane.service.channel.value: lane.breaker.state for lane in office.desk.dispatcher.lanes}
        assert (states["crm"], states["email"]) == (State.OPEN, State.CLOSED)
        assert set(await office.statuses("crm")) == {"pending"}
        assert await office.statuses("email") == ["sent"] * 7
        assert len(sendgrid.mails) == 7


async def test_nothing_personal_is_logged_whatever_becomes_of_a_row(empty_database: Pool) -> None:
    async with (
        FakeHubSpot() as hubspot,
        FakeSendGrid() as sendgrid,
        post_office(empty_database, hubspot, sendgrid) as office,
    ):
        sendgrid.troubles = [Trouble(503, REFUSED), Trouble(drop=True, after=True), Trouble(400, REFUSED), None]
        hubspot.troubles = [broken()]
        with capture_logs() as logs:
            for number in range(4):
                person = await make_person(empty_database, office.clock(), "talk", email=ANA, name="Ana Ñandú")
                payment = await pay(empty_database, person, office.clock())
                await office.tell_crm(person)
                await office.email(person, "receipt", payment=str(payment), key=f"mail-{number}")
                await office.work_off()
            office.clock.move(hours=1)
            await office.work_off()
            await office.rows("update outbox set status = 'pending', lease_until = null, message = '[]' returning 1")
            office.clock.move(hours=1)
            await office.work_off()
        chats = [row["chat"] for row in await office.rows("select chat from leads")]
    events = {entry["event"] for entry in logs}
    assert events >= {"service_unavailable", "dispatch_unclear", "dispatch_failed", "dispatched"}
    told = str(logs) + str([row["error"] for row in await _rows(empty_database)])
    for personal in (ANA, "Ñandú", "Ana", *chats):
        assert personal not in told


async def _rows(pool: Pool) -> list[dict[str, object]]:
    async with pool.connection() as conn:
        return await (await conn.execute("select error from outbox")).fetchall()
