"""The services' jobs, done by a real worker on a real database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from channels.jobs.services import register_services
from channels.jobs.worker import run_worker
from core.background import beside
from core.db.pool import Pool
from tests.fakes.hubspot_server import FakeHubSpot, broken
from tests.fakes.sendgrid_server import FakeSendGrid
from tests.post_offices import PostOffice, make_person, pay, post_office
from tests.processes import until

ANA = "ana@correo.example"


@asynccontextmanager
async def working(office: PostOffice) -> AsyncIterator[None]:
    register_services(office.queue.app, lambda: office.desk)
    async with beside(run_worker(office.queue.app, 4, "test")):
        yield


async def test_a_purchase_is_told_and_confirmed_by_a_worker(empty_database: Pool) -> None:
    async with (
        FakeHubSpot() as hubspot,
        FakeSendGrid() as sendgrid,
        post_office(empty_database, hubspot, sendgrid) as office,
        working(office),
    ):
        lead = await make_person(empty_database, office.clock(), "talk", stage="customer", email=ANA)
        payment = await pay(empty_database, lead, office.clock())
        await office.tell_crm(lead)
        await office.email(lead, "receipt", payment=str(payment))
        await until(empty_database, "select count(*) = 2 from outbox where status = 'sent'")
        assert len(sendgrid.mails) == len(hubspot.contacts) == len(hubspot.deals) == 1


async def test_what_waits_for_later_is_found_by_the_sweep(empty_database: Pool) -> None:
    async with FakeHubSpot() as hubspot, post_office(empty_database, hubspot) as office, working(office):
        hubspot.troubles = [broken()]
        lead = await make_person(empty_database, office.clock(), "talk")
        await office.tell_crm(lead)
        await until(empty_database, "select tries = 1 from outbox")
        office.clock.move(minutes=1)
        await until(empty_database, "select status = 'sent' from outbox")
        assert len(hubspot.contacts) == 1


async def test_the_welcome_begins_by_itself(empty_database: Pool) -> None:
    async with FakeSendGrid() as sendgrid, post_office(empty_database, sendgrid=sendgrid) as office, working(office):
        await make_person(empty_database, office.clock(), "marketing", email=ANA)
        await office.plan()
        await until(empty_database, "select count(*) = 1 from outbox where status = 'sent'")
        assert sendgrid.mails[0]["categories"] == ["welcome/hello"]


async def test_two_workers_send_every_e_mail_once(empty_database: Pool) -> None:
    async with (
        FakeSendGrid() as sendgrid,
        post_office(empty_database, sendgrid=sendgrid) as one,
        post_office(empty_database, sendgrid=sendgrid) as other,
    ):
        for number in range(30):
            lead = await make_person(empty_database, one.clock(), "marketing", email=f"p{number}@correo.example")
            await one.email(lead, "welcome/hello")
        other.clock.now = one.clock.now
        for _ in range(4):
            await asyncio.gather(one.work_off(), other.work_off())
        to = [mail["personalizations"][0]["to"][0]["email"] for mail in sendgrid.mails]
        assert sorted(to) == sorted(f"p{number}@correo.example" for number in range(30))
