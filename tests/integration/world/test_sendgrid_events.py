"""SendGrid's events, from the signed request over the stored event to what it changes."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.db import suppressions
from core.db.pool import Pool
from core.world.sendgrid_events import SendGridEvents
from core.world.webhook_events import WebhookDesk
from tests.fakes.sendgrid_server import FakeSendGrid
from tests.post_offices import PostOffice, make_person, post_office
from tests.sites import Visitor, visitor_on

ANA = "ana@correo.example"


class Scene:
    """An e-mail that was sent, SendGrid, and our webhook."""

    def __init__(self, office: PostOffice, fake: FakeSendGrid, visitor: Visitor) -> None:
        self.office, self.fake, self.visitor = office, fake, visitor
        self.desk = WebhookDesk(office.pool, {"sendgrid": SendGridEvents(visitor.clock)}, visitor.clock, lambda: None)

    async def hears(self, *events: dict[str, Any]) -> int:
        """Post events as SendGrid does, and work them off."""
        body, headers = self.fake.post(*events, at=int(self.visitor.clock().timestamp()))
        answer = await self.visitor.posts("/webhooks/sendgrid", body, headers)
        for row in await self.office.rows("select id from webhook_events where status = 'pending' order by id"):
            await self.desk.process(row["id"])
        return answer.status

    async def stopped(self) -> bool:
        return bool(await self.office.write(lambda conn: suppressions.is_suppressed(conn, ANA)))

    async def noted(self) -> list[str]:
        return [row["kind"] for row in await self.office.rows("select kind from events order by id")]


@pytest.fixture
async def scene(empty_database: Pool) -> AsyncIterator[Scene]:
    async with FakeSendGrid() as fake, post_office(empty_database, sendgrid=fake) as office:
        lead = await make_person(empty_database, office.clock(), "talk", "marketing", email=ANA)
        await office.email(lead, "welcome/hello")
        await office.work_off()
        async with visitor_on(empty_database, sendgrid_webhook_key=fake.public_key) as visitor:
            yield Scene(office, fake, visitor)


@pytest.mark.parametrize("kind", ["bounce", "dropped", "spamreport", "unsubscribe", "group_unsubscribe"])
async def test_what_stops_e_mail_stops_it(scene: Scene, kind: str) -> None:
    [mail] = scene.fake.mails
    assert await scene.hears(scene.fake.event(kind, mail, type="bounce", reason="550 5.1.1")) == 200
    assert await scene.stopped()
    assert await scene.noted() == ["email_stopped"]
    scene.office.clock.move(days=3)
    [lead] = await scene.office.rows("select id from leads")
    await scene.office.email(lead["id"], "welcome/course")
    await scene.office.work_off()
    assert (await scene.office.outbox("email"))[-1]["error"] == f"suppressed_{kind}"


@pytest.mark.parametrize(
    ("kind", "fields", "noted"),
    [
        ("delivered", {}, ["email_delivered"]),
        ("open", {}, ["email_opened"]),
        ("open", {"sg_machine_open": True}, []),
        ("click", {"url": "https://t.me/x"}, ["email_clicked"]),
        ("deferred", {}, []),
        ("processed", {}, []),
        ("bounce", {"type": "blocked"}, []),
    ],
)
async def test_the_rest_is_noted_and_stops_nothing(
    scene: Scene, kind: str, fields: dict[str, Any], noted: list[str]
) -> None:
    [mail] = scene.fake.mails
    await scene.hears(scene.fake.event(kind, mail, **fields))
    assert not await scene.stopped()
    assert await scene.noted() == noted


async def test_a_batch_is_as_many_events_and_each_counts_once(scene: Scene) -> None:
    [mail] = scene.fake.mails
    events = [scene.fake.event(kind, mail) for kind in ("delivered", "open", "click", "something_new")]
    for _ in range(3):
        assert await scene.hears(*events) == 200
    assert await scene.noted() == ["email_delivered", "email_opened", "email_clicked"]
    stored = await scene.office.rows("select kind, status from webhook_events order by id")
    assert [row["status"] for row in stored] == ["done", "done", "done", "ignored"]


async def test_no_address_stays_in_what_was_stored(scene: Scene) -> None:
    [mail] = scene.fake.mails
    await scene.hears(*(scene.fake.event(kind, mail) for kind in ("delivered", "bounce", "unheard_of")))
    stored = str(await scene.office.rows("select payload from webhook_events"))
    for word in (ANA, "192.0.2.7", "Mozilla"):
        assert word not in stored


@pytest.mark.parametrize("outbox", ["", "x", "-1", "9" * 40, "0", None, {"a": 1}, "٣"])
async def test_an_event_about_no_e_mail_of_ours_is_only_about_its_address(scene: Scene, outbox: Any) -> None:
    [mail] = scene.fake.mails
    await scene.hears(
        scene.fake.event("delivered", mail, outbox=outbox), scene.fake.event("bounce", mail, outbox=outbox)
    )
    assert await scene.stopped()
    assert await scene.noted() == []


@pytest.mark.parametrize("address", ["", "nobody", None, 7, ["a@b.example"]])
async def test_an_event_without_an_address_changes_nothing(scene: Scene, address: Any) -> None:
    [mail] = scene.fake.mails
    await scene.hears(scene.fake.event("bounce", mail, email=address))
    assert await scene.office.rows("select * from email_suppressions") == []


async def test_an_event_about_the_erased_still_stops_the_address(scene: Scene) -> None:
    [mail] = scene.fake.mails
    [lead] = await scene.office.rows("select id from leads")
    await scene.office.erase(lead["id"])
    await scene.hears(scene.fake.event("spamreport", mail))
    assert await scene.stopped()


async def test_a_forged_event_stops_nobody(scene: Scene) -> None:
    [mail] = scene.fake.mails
    body, headers = scene.fake.post(scene.fake.event("bounce", mail), at=int(scene.visitor.clock().timestamp()))
    answer = await scene.visitor.posts("/webhooks/sendgrid", body.replace(b"ana@", b"eva@"), headers)
    assert answer.status == 401
    assert await scene.office.rows("select * from webhook_events") == []
