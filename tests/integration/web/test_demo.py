"""The pages of a demonstration as a visitor meets them: over real HTTP, on a real database."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from icalendar import Calendar

from core.db.pool import Pool
from core.domain.clock import Clock
from core.integrations.links import LinkPurpose, LinkSigner
from tests.demos import HALF, MONDAY, TEN, Invited, bookings_of, invite, make_host
from tests.fakes.calendly_server import FakeCalendly
from tests.sites import Reply, Visitor, visitor_on
from tests.worlds import make_course, make_lead

BOGOTA = "America/Bogota"
VALUE = "%Y-%m-%dT%H:%MZ"


@pytest.fixture
async def visitor(empty_database: Pool) -> AsyncIterator[Visitor]:
    async with visitor_on(empty_database) as visitor:
        visitor.clock.now = MONDAY
        yield visitor


@pytest.fixture
async def guest(visitor: Visitor) -> Invited:
    await make_host(visitor.site.pool)
    return await invited(visitor)


async def invited(visitor: Visitor, hours: int = 48) -> Invited:
    return await invite(visitor.site.pool, visitor.site.links, visitor.clock(), hours=hours)


async def books(visitor: Visitor, guest: Invited, start: datetime = TEN, zone: str = BOGOTA) -> Reply:
    return await visitor.sends(guest.path, inicio=start.strftime(VALUE), zona=zone)


async def follows(visitor: Visitor, path: str, answer: Reply) -> Reply:
    """Go where an answer leads, as a browser does from this path."""
    assert answer.status == 303, answer.words
    return await visitor.opens(path.rpartition("/")[0] + "/" + answer.headers["Location"])


def values(answer: Reply) -> list[str]:
    return re.findall(r'name="inicio" value="([^"]+)"', answer.text)


async def kinds(visitor: Visitor, guest: Invited) -> list[str]:
    rows = await visitor.rows("select kind from events where lead_id = %s order by id", guest.lead.id)
    return [row["kind"] for row in rows]


async def inputs(visitor: Visitor, guest: Invited) -> list[dict[str, object]]:
    rows = await visitor.rows("select input from inbox where chat = %s order by id", guest.lead.chat)
    return [row["input"] for row in rows]


async def test_the_page_offers_the_free_hours_on_the_visitors_clock(visitor: Visitor, guest: Invited) -> None:
    answer = await visitor.opens(f"{guest.path}?zona=Europe/Madrid")
    assert answer.status == 200
    assert "hora de Madrid" in answer.words
    assert "lunes 23 de noviembre" in answer.words
    assert "16:00" in answer.words
    assert values(answer)[0] == "2026-11-23T15:00Z"
    assert len(values(answer)) == 40  # four hours a day, ten working days of the next fortnight
    assert values(answer) == sorted(set(values(answer)))


async def test_opening_is_remembered_once_and_a_messengers_preview_is_no_opening(
    visitor: Visitor, guest: Invited
) -> None:
    await visitor.opens(guest.path, headers={"User-Agent": "TelegramBot (like TwitterBot)"})
    assert await kinds(visitor, guest) == []
    await asyncio.gather(*(visitor.opens(guest.path) for _ in range(3)))
    assert await kinds(visitor, guest) == ["demo_opened"]
    [row] = await visitor.rows("select opened_at from demo_links")
    assert row["opened_at"] == MONDAY


@pytest.mark.parametrize(("stated", "shown"), [("America/Lima", "Lima"), (None, "Ciudad de México")])
async def test_the_zone_is_the_persons_own_else_guessed(
    visitor: Visitor, guest: Invited, stated: str | None, shown: str
) -> None:
    await visitor.rows("update leads set timezone = %s", stated)
    answer = await visitor.opens(guest.path)
    assert f"hora de {shown}" in answer.words
    assert ("resolvedOptions" in answer.text) is (stated is None)


async def test_a_zone_that_nobody_knows_is_passed_over(visitor: Visitor, guest: Invited) -> None:
    for zone in ("Marte/Olympus", "../../etc/passwd", "'; drop table leads", "\u0000"):
        answer = await visitor.opens(guest.path, params={"zona": zone})
        assert answer.status == 200, zone
        assert "hora de Ciudad de México" in answer.words


async def test_booking_is_confirmed_on_the_page_and_told_to_everybody(visitor: Visitor, guest: Invited) -> None:
    answer = await follows(visitor, guest.path, await books(visitor, guest))
    for words in ("Tu lugar está reservado", "martes 24 de noviembre, 10:00", "hora de Bogotá", "sala.example"):
        assert words in answer.words
    [booking] = await bookings_of(visitor.site.pool, guest.lead.id)
    assert (booking["starts_at"], booking["ends_at"], booking["status"]) == (TEN, TEN + HALF, "booked")
    assert await inputs(visitor, guest) == [
        {"kind": "booking", "text": "", "action": "booked", "data": {"booking": str(booking["id"])}}
    ]
    assert "demo_booked" in await kinds(visitor, guest)
    [link] = await visitor.rows("select used_at from demo_links")
    assert link["used_at"] == MONDAY
    planned = await visitor.rows("select kind, about_at, subject from follow_ups order by kind")
    assert [row["kind"] for row in planned] == ["demo_booked", "demo_soon", "demo_tomorrow"]
    assert {(row["about_at"], row["subject"]) for row in planned} == {(TEN, f"bookings:{booking['id']}")}
    [job] = await visitor.rows(
        "select args, scheduled_at from procrastinate_jobs where task_name = 'brenda.booking_over'"
    )
    assert (job["args"], job["scheduled_at"]) == ({"booking": str(booking["id"])}, TEN + HALF)
    turns = await visitor.rows("select id from procrastinate_jobs where task_name = 'brenda.turn'")
    assert len(turns) == 1
    [lead] = await visitor.rows("select timezone from leads")
    assert lead["timezone"] == BOGOTA


async def test_the_same_form_sent_often_is_one_booking(visitor: Visitor, guest: Invited) -> None:
    answers = await asyncio.gather(*(books(visitor, guest) for _ in range(6)))
    assert [answer.status for answer in answers] == [303] * 6
    assert len(await bookings_of(visitor.site.pool, guest.lead.id)) == 1
    assert len(await inputs(visitor, guest)) == 1


async def test_of_two_people_one_gets_the_hour_and_the_other_sees_the_next(visitor: Visitor, guest: Invited) -> None:
    other = await invited(visitor)
    answers = await asyncio.gather(books(visitor, guest), books(visitor, other))
    assert sorted(answer.status for answer in answers) == [303, 409]
    [late] = [answer for answer in answers if answer.status == 409]
    assert "Alguien reservó esa hora un momento antes" in late.words
    assert TEN.strftime(VALUE) not in values(late)
    assert (TEN + HALF).strftime(VALUE) in values(late)
    booked = await visitor.rows("select id from bookings where status = 'booked'")
    assert len(booked) == 1


async def test_many_people_never_share_an_hour_however_they_crowd(visitor: Visitor, guest: Invited) -> None:
    await make_host(visitor.site.pool)
    crowd = [await invited(visitor) for _ in range(12)]
    answers = await asyncio.gather(
        *(books(visitor, each, TEN + HALF * (place % 2)) for place, each in enumerate(crowd))
    )
    assert sorted(answer.status for answer in answers) == [303] * 4 + [409] * 8
    held = await visitor.rows("select host_id, starts_at from bookings where status = 'booked'")
    assert len({(row["host_id"], row["starts_at"]) for row in held}) == len(held) == 4


async def test_moving_frees_the_old_hour_and_tells_once(visitor: Visitor, guest: Invited) -> None:
    await books(visitor, guest)
    page = await visitor.opens(f"{guest.path}/cambiar")
    assert "Ahora la tienes el martes 24 de noviembre a las 10:00" in page.words
    assert "Cambiar a esta hora" in page.words
    for _ in range(2):
        assert (await books(visitor, guest, TEN + HALF)).status == 303
    old, new = await bookings_of(visitor.site.pool, guest.lead.id)
    assert (old["status"], new["status"], new["starts_at"]) == ("moved", "booked", TEN + HALF)
    assert (new["calendar_uid"], new["calendar_sequence"]) == (old["calendar_uid"], 1)
    assert [given["action"] for given in await inputs(visitor, guest)] == ["booked", "moved"]
    planned = await visitor.rows("select subject, status from follow_ups where status = 'planned'")
    assert {row["subject"] for row in planned} == {f"bookings:{new['id']}"}
    assert (await books(visitor, await invited(visitor))).status == 303


async def test_cancelling_asks_first_frees_the_hour_and_is_harmless_twice(visitor: Visitor, guest: Invited) -> None:
    await books(visitor, guest)
    asked = await visitor.opens(f"{guest.path}/cancelar")
    assert "¿Cancelamos tu demo?" in asked.words
    assert (await bookings_of(visitor.site.pool, guest.lead.id))[0]["status"] == "booked"
    for _ in range(2):
        done = await follows(visitor, f"{guest.path}/cancelar", await visitor.sends(f"{guest.path}/cancelar"))
        assert "Tu demo quedó cancelada" in done.words
    [booking] = await bookings_of(visitor.site.pool, guest.lead.id)
    assert (booking["status"], booking["cancelled_at"]) == ("cancelled", MONDAY)
    assert [given["action"] for given in await inputs(visitor, guest)] == ["booked", "cancelled"]
    assert await visitor.rows("select id from follow_ups where status = 'planned'") == []
    again = await visitor.opens(guest.path)
    assert TEN.strftime(VALUE) in values(again)
    assert "aquí eliges otra hora" in again.words
    assert (await books(visitor, guest)).status == 303
    assert [row["status"] for row in await bookings_of(visitor.site.pool, guest.lead.id)] == ["cancelled", "booked"]


async def test_the_event_of_the_first_booking_is_written_once(visitor: Visitor, guest: Invited) -> None:
    await books(visitor, guest)
    await visitor.sends(f"{guest.path}/cancelar")
    await books(visitor, guest)
    assert (await kinds(visitor, guest)).count("demo_booked") == 1


async def test_the_calendar_keeps_its_entry_through_a_move_and_a_cancellation(visitor: Visitor, guest: Invited) -> None:
    assert (await visitor.opens(f"{guest.path}/cita.ics")).status == 404
    found = []
    for step in ("book", "move", "cancel"):
        if step == "cancel":
            await visitor.sends(f"{guest.path}/cancelar")
        else:
            await books(visitor, guest, TEN if step == "book" else TEN + HALF)
        answer = await visitor.opens(f"{guest.path}/cita.ics")
        assert answer.headers["Content-Type"].startswith("text/calendar")
        calendar = Calendar.from_ical(answer.body)
        [entry] = calendar.walk("VEVENT")
        found.append((str(calendar["METHOD"]), entry["SEQUENCE"], entry.decoded("DTSTART"), str(entry["STATUS"])))
        [uid] = {str(entry["UID"])}
        assert "Curso" in str(entry["SUMMARY"])
        assert str(entry["LOCATION"]) == "https://sala.example/1"
        assert guest.token in str(entry["URL"])
    assert found == [
        ("PUBLISH", 0, TEN, "CONFIRMED"),
        ("PUBLISH", 1, TEN + HALF, "CONFIRMED"),
        ("CANCEL", 2, TEN + HALF, "CANCELLED"),
    ]
    assert uid == (await bookings_of(visitor.site.pool, guest.lead.id))[0]["calendar_uid"]


@pytest.mark.parametrize(
    ("start", "status"),
    [
        ("", 422),
        ("mañana a las diez", 422),
        ("2026-11-24T15:07Z", 409),  # not an hour of anybody
        ("2026-11-23T13:00Z", 409),  # sooner than the host wants
        ("2025-11-24T15:00Z", 409),
        ("9999-12-31T23:59Z", 409),
        ("x" * 41, 422),
    ],
)
async def test_what_was_not_offered_cannot_be_booked(visitor: Visitor, guest: Invited, start: str, status: int) -> None:
    assert (await visitor.sends(guest.path, inicio=start, zona=BOGOTA)).status == status
    assert await bookings_of(visitor.site.pool, guest.lead.id) == []


async def test_a_link_that_was_booked_with_opens_until_the_demo_is_over(visitor: Visitor, guest: Invited) -> None:
    late = TEN + timedelta(days=10)
    assert (await books(visitor, guest, late)).status == 303
    other = await invited(visitor)
    visitor.clock.now = MONDAY + timedelta(days=9)
    assert (await visitor.opens(other.path)).status == 410
    assert "Tu lugar está reservado" in (await visitor.opens(guest.path)).words
    assert (await books(visitor, guest, late + HALF)).status == 303
    visitor.clock.now = late + 2 * HALF
    assert (await visitor.opens(guest.path)).status == 410


async def test_another_link_of_the_same_person_shows_what_they_have(visitor: Visitor) -> None:
    await make_host(visitor.site.pool)
    course = await make_course(visitor.site.pool)
    lead = await make_lead(visitor.site.pool, MONDAY, course)
    signer, now = visitor.site.links, visitor.clock()
    first, second = [await invite(visitor.site.pool, signer, now, course=course, lead=lead) for _ in range(2)]
    await books(visitor, first)
    assert "Tu lugar está reservado" in (await visitor.opens(second.path)).words
    await asyncio.gather(books(visitor, first, TEN + HALF), books(visitor, second, TEN + 2 * HALF))
    statuses = [row["status"] for row in await bookings_of(visitor.site.pool, lead.id)]
    assert statuses.count("booked") == 1


async def test_the_end_of_a_demo_that_is_over_by_a_link_that_still_lives(visitor: Visitor) -> None:
    await make_host(visitor.site.pool)
    guest = await invited(visitor, hours=24 * 20)
    await books(visitor, guest)
    visitor.clock.now = TEN + HALF
    assert "La hora de tu demo ya pasó" in (await visitor.opens(guest.path)).words
    assert "Ya no hay nada que cancelar" in (await visitor.opens(f"{guest.path}/cancelar")).words
    await visitor.sends(f"{guest.path}/cancelar")
    assert (await bookings_of(visitor.site.pool, guest.lead.id))[0]["status"] == "booked"
    await visitor.rows("update bookings set status = 'missed'")
    assert "no coincidimos" in (await visitor.opens(guest.path)).words
    assert (await books(visitor, guest, TEN + timedelta(days=1))).status == 303


@pytest.mark.parametrize("below", ["", "/cambiar", "/cancelar", "/cita.ics"])
async def test_nothing_tells_a_forged_link_from_one_whose_person_is_gone(
    visitor: Visitor, guest: Invited, below: str
) -> None:
    def signer(secret: str, clock: Clock = visitor.clock) -> LinkSigner:
        return LinkSigner(secret, "http://127.0.0.1", clock)

    await books(visitor, guest)
    forged = [
        signer("x" * 32).token(LinkPurpose.DEMO, guest.link.id),
        visitor.site.links.token(LinkPurpose.PAYMENT, guest.link.id),
        visitor.site.links.token(LinkPurpose.DEMO, uuid4()),
        "nada",
    ]
    answers = [await visitor.opens(f"/demo/{token}{below}") for token in forged]
    await visitor.rows("delete from leads")
    answers.append(await visitor.opens(f"{guest.path}{below}"))
    assert {answer.status for answer in answers} == {404}
    assert len({answer.words for answer in answers}) == 1


@pytest.mark.parametrize("path", ["", "/cancelar"])
async def test_a_forged_link_changes_nothing(visitor: Visitor, guest: Invited, path: str) -> None:
    answer = await visitor.sends(f"/demo/{guest.token[:-1]}{path}", inicio=TEN.strftime(VALUE))
    assert answer.status == 404
    assert await visitor.rows("select id from bookings") == []


async def test_without_free_hours_the_page_is_kind(visitor: Visitor) -> None:
    guest = await invited(visitor)
    answer = await visitor.opens(guest.path)
    assert answer.status == 200
    assert "Ahora no hay horas libres" in answer.words
    assert "t.me" in answer.text


async def test_a_host_with_a_zone_that_nobody_knows_hurts_no_other(visitor: Visitor, guest: Invited) -> None:
    await make_host(visitor.site.pool, timezone="Marte/Olympus", name="De Marte")
    answer = await visitor.opens(guest.path)
    assert len(values(answer)) == 40
    assert "De Marte" not in answer.words


async def test_what_people_wrote_cannot_run_on_the_page(visitor: Visitor) -> None:
    await make_host(visitor.site.pool, name="<script>alert(1)</script>", place='"><img src=x onerror=alert(1)>')
    guest = await invited(visitor)
    await visitor.rows("update leads set name = '<b>Ana</b>'")
    assert "<script>alert" not in (await visitor.opens(guest.path)).text
    await books(visitor, guest)
    page = (await visitor.opens(guest.path)).text
    assert "<b>Ana" not in page
    assert "<img" not in page


async def test_with_calendly_the_page_leads_to_one_link_that_is_kept_until_it_is_used(empty_database: Pool) -> None:
    async with FakeCalendly() as fake, visitor_on(empty_database, **fake.settings) as visitor:
        visitor.clock.now = MONDAY
        await make_host(visitor.site.pool)
        guest = await invited(visitor)
        first, second = await visitor.opens(guest.path), await visitor.opens(guest.path)
        assert first.status == second.status == 303
        address = first.headers["Location"]
        assert address == second.headers["Location"]
        assert address.startswith(fake.made[0])
        assert f"utm_source=brenda&utm_content={guest.link.id}" in address
        assert str(guest.lead.id) not in address
        assert len(fake.made) == 1
        assert (await visitor.opens(guest.path, headers={"User-Agent": "TelegramBot"})).status == 200


@pytest.mark.parametrize("status", [500, 429, 401, 404])
async def test_when_calendly_is_down_our_own_hours_are_offered(empty_database: Pool, status: int) -> None:
    async with FakeCalendly() as fake, visitor_on(empty_database, **fake.settings) as visitor:
        visitor.clock.now = MONDAY
        await make_host(visitor.site.pool)
        guest = await invited(visitor)
        fake.fail(*[status] * 3, retry_after="0")
        answer = await visitor.opens(guest.path)
        assert answer.status == 200
        assert len(values(answer)) == 40
        assert (await books(visitor, guest)).status == 303
        assert "Tu lugar está reservado" in (await visitor.opens(guest.path)).words


async def test_who_left_the_chat_is_not_promised_a_word_in_it(visitor: Visitor, guest: Invited) -> None:
    await books(visitor, guest)
    assert "en el chat." in (await visitor.opens(guest.path)).words.partition("martes")[0]
    await visitor.rows("update leads set stage = 'opted_out'")
    assert "en el chat." not in (await visitor.opens(guest.path)).words.partition("martes")[0]
