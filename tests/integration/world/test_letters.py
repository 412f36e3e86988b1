"""E-mails: who gets which, when, what it says, and what becomes of one that cannot be sent."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from core.db import suppressions
from core.db.pool import Pool
from core.integrations.links import LinkPurpose
from tests.fakes.sendgrid_server import FakeSendGrid, Trouble, limited
from tests.post_offices import ADDRESS, PostOffice, change, consent, make_person, pay, post_office
from tests.worlds import insert, make_course

ANA = "ana@correo.example"


async def reader(office: PostOffice, *consents: str, **fields: Any) -> UUID:
    """Somebody who told an address and wants news."""
    given = {"email": ANA, **fields}
    return await make_person(office.pool, office.clock(), *(consents or ("talk", "marketing")), **given)


async def test_a_receipt_needs_only_the_purchase_and_states_it_exactly(empty_database: Pool) -> None:
    async with FakeSendGrid() as fake, post_office(empty_database, sendgrid=fake) as office:
        lead = await reader(office, "talk")
        payment = await pay(empty_database, lead, office.clock(), amount="249.50")
        await office.email(lead, "receipt", payment=str(payment))
        await office.work_off()
        [mail] = fake.mails
        text, html = (part["value"] for part in mail["content"])
        for part in (text, html):
            assert "249.50 USD" in part
            assert "Curso pagado" in part
            assert str(payment) in part
            assert ADDRESS in part
            assert "prueba: no se cobró" not in part
        assert "headers" not in mail
        assert mail["subject"] == "Recibo de tu compra: Curso pagado"
        [row] = await office.outbox("email")
        assert (row["status"], row["message"]["mail"]["to"]) == ("sent", ANA)


async def test_a_receipt_goes_to_the_address_that_the_payment_had_if_there_is_no_other(empty_database: Pool) -> None:
    async with FakeSendGrid() as fake, post_office(empty_database, sendgrid=fake) as office:
        lead = await make_person(empty_database, office.clock())
        payment = await pay(empty_database, lead, office.clock())
        await office.email(lead, "receipt", payment=str(payment), to="Pago@Correo.example")
        await office.email(lead, "receipt", payment=str(payment), to="none")
        await office.work_off()
        assert [mail["personalizations"][0]["to"][0]["email"] for mail in fake.mails] == ["pago@correo.example"]
        assert [row["error"] for row in await office.outbox("email")] == [None, "no_address"]


async def test_a_sandbox_receipt_says_that_nobody_was_charged(empty_database: Pool) -> None:
    async with post_office(empty_database) as office:
        lead = await reader(office)
        payment = await pay(empty_database, lead, office.clock(), provider="sandbox")
        await office.email(lead, "receipt", payment=str(payment))
        await office.work_off()
        [row] = await office.outbox("email")
        assert "no se cobró nada a nadie" in row["message"]["mail"]["text"]
        assert "no se cobró nada a nadie" in row["message"]["mail"]["html"]


async def test_somebody_elses_payment_makes_no_receipt(empty_database: Pool) -> None:
    async with FakeSendGrid() as fake, post_office(empty_database, sendgrid=fake) as office:
        lead, other = await reader(office), await reader(office)
        payment = await pay(empty_database, other, office.clock())
        for given in (str(payment), "nonsense"):
            await office.email(lead, "receipt", payment=given)
        await office.work_off()
        assert fake.mails == []
        assert {row["error"] for row in await office.outbox("email")} == {
            "The service refused the request. The payment that this e-mail is about is not there."
        }


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"profile": Jsonb({})}, "no_address"),
        ({"stage": "opted_out"}, "opted_out"),
        ({"stage": "handoff"}, "human_in_charge"),
        ({"blocked_at": "2026-01-01T00:00:00Z"}, "blocked"),
    ],
)
async def test_what_speaks_against_advertising_is_recorded(
    empty_database: Pool, fields: dict[str, Any], reason: str
) -> None:
    async with FakeSendGrid() as fake, post_office(empty_database, sendgrid=fake) as office:
        lead = await reader(office)
        await office.email(lead, "welcome/hello")
        await change(empty_database, lead, **fields)
        await office.work_off()
        [row] = await office.outbox("email")
        assert (row["status"], row["error"]) == ("withheld", reason)
        assert fake.mails == []


async def test_consent_is_asked_for_again_at_the_moment_of_sending(empty_database: Pool) -> None:
    async with FakeSendGrid() as fake, post_office(empty_database, sendgrid=fake) as office:
        lead = await reader(office)
        await office.email(lead, "welcome/hello")
        await consent(empty_database, lead, "marketing", False, office.clock() + timedelta(seconds=1))
        await office.work_off()
        assert [row["error"] for row in await office.outbox("email")] == ["no_consent"]
        assert fake.mails == []


@pytest.mark.parametrize(
    ("reason", "receipt"), [("bounce", "suppressed_bounce"), ("spamreport", "suppressed_spamreport")]
)
async def test_an_address_that_bounced_or_complained_gets_nothing_at_all(
    empty_database: Pool, reason: str, receipt: str
) -> None:
    async with FakeSendGrid() as fake, post_office(empty_database, sendgrid=fake) as office:
        lead = await reader(office)
        payment = await pay(empty_database, lead, office.clock())
        await office.write(lambda conn: suppressions.suppress(conn, ANA.upper(), reason, office.clock()))
        await office.email(lead, "receipt", payment=str(payment))
        await office.email(lead, "welcome/hello")
        await office.work_off()
        assert [row["error"] for row in await office.outbox("email")] == [receipt, receipt]
        assert fake.mails == []


async def test_the_link_in_an_e_mail_ends_them_and_the_receipt_still_comes(empty_database: Pool) -> None:
    async with FakeSendGrid() as fake, post_office(empty_database, sendgrid=fake) as office:
        lead = await reader(office)
        await office.email(lead, "welcome/hello")
        await office.work_off()
        [mail] = fake.mails
        url = mail["headers"]["List-Unsubscribe"].strip("<>")
        assert url in mail["content"][0]["value"]
        assert url in mail["content"][1]["value"]
        token = urlsplit(url).path.rpartition("/")[2]
        assert str(lead) not in url
        assert lead.hex not in url
        links = office.desk.dispatcher.lanes[0].service.links  # type: ignore[attr-defined]
        row, _ = links.verify(LinkPurpose.EMAIL, token, 60)
        await office.write(lambda conn: suppressions.unsubscribe(conn, row, office.clock()))
        office.clock.move(days=2)
        payment = await pay(empty_database, lead, office.clock())
        await office.email(lead, "welcome/course")
        await office.email(lead, "receipt", payment=str(payment))
        await office.work_off()
        assert [row["error"] for row in await office.outbox("email")] == [None, "unsubscribed", None]
        assert len(fake.mails) == 2


async def test_advertising_comes_at_most_once_a_day_and_holds_no_receipt_up(empty_database: Pool) -> None:
    async with FakeSendGrid() as fake, post_office(empty_database, sendgrid=fake) as office:
        lead = await reader(office)
        await office.email(lead, "welcome/hello")
        await office.work_off()
        await office.email(lead, "welcome/course")
        payment = await pay(empty_database, lead, office.clock())
        await office.email(lead, "receipt", payment=str(payment))
        await office.work_off()
        assert await office.statuses("email") == ["sent", "pending", "sent"]
        office.clock.move(hours=19)
        await office.work_off()
        assert len(fake.mails) == 2
        office.clock.move(hours=2)
        await office.work_off()
        assert await office.statuses("email") == ["sent"] * 3


async def test_a_week_of_welcome(empty_database: Pool) -> None:
    async with FakeSendGrid() as fake, post_office(empty_database, sendgrid=fake) as office:
        course = await make_course(empty_database, name="Curso de IA", price="249.00")
        lead = await reader(office, course_id=course)
        await reader(office, "talk", email="luis@correo.example")
        sent: list[tuple[float, str]] = []
        start = office.clock()
        for _ in range(24 * 8):
            await office.plan()
            await office.work_off()
            while len(sent) < len(fake.mails):
                hours = (office.clock() - start) / timedelta(hours=1)
                sent.append((hours, fake.mails[len(sent)]["categories"][0]))
            office.clock.move(hours=1)
        assert sent == [(0, "welcome/hello"), (48, "welcome/course"), (120, "welcome/choice")]
        assert "249.00 USD" in fake.mails[1]["content"][0]["value"]
        assert {mail["personalizations"][0]["to"][0]["email"] for mail in fake.mails} == {ANA}
        assert {row["lead_id"] for row in await office.outbox("email")} == {lead}


async def test_buying_ends_the_welcome_and_a_demo_that_is_booked_its_reminders(empty_database: Pool) -> None:
    async with FakeSendGrid() as fake, post_office(empty_database, sendgrid=fake) as office:
        lead = await reader(office)
        await office.plan()
        await office.work_off()
        await pay(empty_database, lead, office.clock())
        for _ in range(6):
            office.clock.move(days=1)
            await office.plan()
            await office.work_off()
        assert len(fake.mails) == 1
        assert [row["error"] for row in await office.outbox("email")] == [None, "purchased"]
        [enrolment] = await office.rows("select * from email_enrolments")
        assert enrolment["reason"] == "purchased"


async def test_a_chat_that_falls_silent_at_the_checkout_gets_two_e_mails_and_an_answer_ends_them(
    empty_database: Pool,
) -> None:
    async with FakeSendGrid() as fake, post_office(empty_database, sendgrid=fake) as office:
        start = office.clock() - timedelta(days=5)
        await change_all(office, await reader(office, stage="checkout"), start)
        answers = await reader(office, stage="checkout", email="luis@correo.example")
        await change_all(office, answers, start)
        await plan_days(office, 1)
        assert sorted(categories(fake)) == ["checkout/unfinished"] * 2
        await change(empty_database, answers, last_seen_at=office.clock())
        await plan_days(office, 6)
        assert sorted(categories(fake)) == ["checkout/doubts", *["checkout/unfinished"] * 2]
        withheld = [row["error"] for row in await office.outbox("email") if row["status"] == "withheld"]
        assert withheld == ["answered"]


async def test_a_talk_that_falls_silent_for_eight_days_gets_two_e_mails_and_another_stage_ends_them(
    empty_database: Pool,
) -> None:
    async with FakeSendGrid() as fake, post_office(empty_database, sendgrid=fake) as office:
        course = await make_course(empty_database, name="Curso de IA")
        quiet = await reader(office, stage="conversation", course_id=course)
        moves_on = await reader(office, stage="conversation", email="luis@correo.example")
        for lead in (quiet, moves_on):
            await change(empty_database, lead, last_seen_at=office.clock() - timedelta(days=7, hours=12))
            await without_welcome(office, lead, office.clock() - timedelta(days=7))
        await plan_days(office, 1)
        assert categories(fake) == ["conversation/paused"] * 2
        assert "Curso de IA" in fake.mails[0]["subject"] + fake.mails[1]["subject"]
        await change(empty_database, moves_on, stage="demo")
        await plan_days(office, 6)
        assert categories(fake)[2:] == ["conversation/last_word"]
        withheld = [row["error"] for row in await office.outbox("email") if row["status"] == "withheld"]
        assert withheld == ["stage_left"]


async def change_all(office: PostOffice, lead: UUID, seen: datetime) -> None:
    """Seen so long ago that only the silence counts."""
    seen_at = office.clock() - timedelta(hours=9)
    assert seen < seen_at
    await change(office.pool, lead, last_seen_at=seen_at)
    await without_welcome(office, lead, seen)


async def without_welcome(office: PostOffice, lead: UUID, at: datetime) -> None:
    """They have had it."""
    row = {"lead_id": lead, "sequence": "welcome", "started_at": at, "stopped_at": at, "reason": "test"}
    await insert(office.pool, "email_enrolments", row)


async def plan_days(office: PostOffice, days: int) -> None:
    for _ in range(days * 24):
        await office.plan()
        await office.work_off()
        office.clock.move(hours=1)


def categories(fake: FakeSendGrid) -> list[str]:
    return [mail["categories"][0] for mail in fake.mails]


async def test_a_demo_that_is_booked_needs_no_reminder(empty_database: Pool) -> None:
    async with FakeSendGrid() as fake, post_office(empty_database, sendgrid=fake) as office:
        course = await make_course(empty_database)
        lead = await reader(office, stage="demo")
        await change(empty_database, lead, last_seen_at=office.clock() - timedelta(hours=25))
        await without_welcome(office, lead, office.clock())
        await book(office, lead, course)
        await plan_days(office, 2)
        assert fake.mails == []
        await office.rows("update bookings set status = 'cancelled', cancelled_at = created_at")
        await plan_days(office, 1)
        assert categories(fake) == ["demo/open"]


async def book(office: PostOffice, lead: UUID, course: int) -> None:
    now = office.clock()
    about = {"lead_id": lead, "course_id": course, "created_at": now}
    invited = {**about, "turn_id": "t", "expires_at": now + timedelta(days=2), "key": "k"}
    link = await insert(office.pool, "demo_links", invited)
    await insert(
        office.pool,
        "bookings",
        {
            **about,
            "demo_link_id": link["id"],
            "starts_at": now + timedelta(days=3),
            "ends_at": now + timedelta(days=3, hours=1),
            "visitor_timezone": "America/Bogota",
            "calendar_uid": "uid",
            "provider": "own",
            "key": "b",
        },
    )


async def test_a_late_worker_does_not_send_what_has_lost_its_point(empty_database: Pool) -> None:
    async with FakeSendGrid() as fake, post_office(empty_database, sendgrid=fake) as office:
        await reader(office)
        await office.plan()
        await office.work_off()
        office.clock.move(days=4)
        await office.plan()
        await office.work_off()
        assert categories(fake) == ["welcome/hello"]


async def test_an_e_mail_that_may_have_arrived_is_tried_once_more_and_never_a_third_time(empty_database: Pool) -> None:
    async with FakeSendGrid() as fake, post_office(empty_database, sendgrid=fake) as office:
        lead = await reader(office)
        await office.email(lead, "welcome/hello")
        fake.troubles = [Trouble(drop=True, after=True)] * 9
        for _ in range(5):
            await office.work_off()
            office.clock.move(minutes=30)
        assert len(fake.mails) == fake.requests == 2
        [row] = await office.outbox("email")
        assert row["status"] == "failed"


async def test_an_outage_is_waited_out_with_growing_pauses(empty_database: Pool) -> None:
    async with FakeSendGrid() as fake, post_office(empty_database, sendgrid=fake) as office:
        lead = await reader(office)
        await office.email(lead, "welcome/hello")
        fake.troubles = [*[Trouble(503)] * 3, limited(retry_after="120")]
        waits: list[timedelta] = []
        while await office.statuses("email") != ["sent"]:
            await office.work_off()
            [row] = await office.outbox("email")
            if row["lease_until"]:
                waits.append(row["lease_until"] - office.clock())
                office.clock.now = row["lease_until"]
        assert len(fake.mails) == 1
        assert [wait.total_seconds() for wait in waits[:3]] == pytest.approx([3.75, 7.5, 15], rel=0.34)
        assert waits[3] >= timedelta(seconds=120)


async def test_words_that_are_broken_fail_with_the_place(empty_database: Pool) -> None:
    async with FakeSendGrid() as fake, post_office(empty_database, sendgrid=fake) as office:
        lead = await reader(office)
        await office.email(lead, "welcome/hullo")
        await office.email(lead, "refund")
        await office.work_off()
        first, second = await office.outbox("email")
        assert "Did you mean email/welcome/hello?" in first["error"]
        assert (first["status"], second["status"]) == ("failed", "failed")
        assert fake.mails == []


async def test_what_a_person_calls_themselves_is_no_markup(empty_database: Pool) -> None:
    async with post_office(empty_database) as office:
        await office.email(await reader(office, name='<img src=x onerror="a()">'), "welcome/hello")
        await office.work_off()
        [row] = await office.outbox("email")
        assert "<img" not in row["message"]["mail"]["html"]
        assert "&lt;img" in row["message"]["mail"]["html"]


async def test_the_erased_get_no_e_mail_and_an_address_that_complained_stays_left_alone(empty_database: Pool) -> None:
    async with FakeSendGrid() as fake, post_office(empty_database, sendgrid=fake) as office:
        lead = await reader(office)
        await office.write(lambda conn: suppressions.suppress(conn, ANA, "spamreport", office.clock()))
        await office.email(lead, "welcome/hello")
        await office.erase(lead)
        await office.work_off()
        assert await office.outbox("email") == []
        again = await reader(office)
        await office.email(again, "welcome/hello")
        await office.plan()
        await office.work_off()
        assert [row["error"] for row in await office.outbox("email")] == ["suppressed_spamreport"]
        found = await office.rows("select address_hash from email_suppressions")
        assert ANA not in str(found)
        assert fake.mails == []


async def test_without_a_key_an_e_mail_is_written_and_stays_here(empty_database: Pool) -> None:
    async with post_office(empty_database) as office:
        await office.email(await reader(office), "welcome/hello")
        await office.work_off()
        [row] = await office.outbox("email")
        assert (row["status"], row["sent_at"], row["external_id"]) == ("recorded", None, None)
        assert row["message"]["mail"]["subject"]
