"""Calendly's webhooks in every order: what is booked in the end, and what the chat was told on the way."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from core.db.pool import Pool
from core.db.webhook_events import StoredEvent
from core.integrations.links import LinkSigner
from core.world.bookings import BookingDesk
from core.world.calendly_events import CalendlyEvents
from tests.brendas import MovedClock, queue_on
from tests.demos import HALF, MONDAY, TEN, Invited, bookings_of, invite
from tests.fakes.calendly_server import Appointment
from tests.worlds import load_prompts

Event = dict[str, Any]


@dataclass(frozen=True)
class Calendar:
    """The handler on a database, and one person with an invitation."""

    pool: Pool
    handler: CalendlyEvents
    guest: Invited
    clock: MovedClock

    async def hears(self, *events: Event) -> list[bool]:
        known = []
        for number, content in enumerate(events):
            stored = StoredEvent(number, "calendly", str(number), content["event"], content, self.clock(), 1)
            async with self.pool.connection() as conn, conn.transaction():
                known.append(await self.handler(conn, stored))
        return known

    def appointment(self, hours: float = 0, replaces: Appointment | None = None, marked: bool = True) -> Appointment:
        link = self.guest.link.id if marked else None
        return Appointment(link, TEN + timedelta(hours=hours), replaces)

    async def bookings(self) -> list[dict[str, Any]]:
        return await bookings_of(self.pool, self.guest.lead.id)

    async def open(self) -> list[str]:
        """The invitees whose booking is open."""
        return [row["provider_reference"] for row in await self.bookings() if row["status"] == "booked"]

    async def told(self) -> list[str]:
        """What the chat was told, in order."""
        return [row["input"]["action"] for row in await self.rows("select input from inbox order by id")]

    async def rows(self, query: str) -> list[dict[str, Any]]:
        async with self.pool.connection() as conn:
            cursor = await conn.execute(query.encode())
            return await cursor.fetchall() if cursor.description else []


@pytest.fixture
async def calendar(empty_database: Pool) -> AsyncIterator[Calendar]:
    clock = MovedClock(MONDAY)
    async with queue_on(empty_database) as queue:
        desk = BookingDesk(queue, load_prompts(), True)
        guest = await invite(empty_database, LinkSigner("k" * 32, "http://127.0.0.1", clock), MONDAY)
        yield Calendar(empty_database, CalendlyEvents(lambda: desk, clock), guest, clock)


async def test_a_booking_is_known_by_its_mark_and_not_by_an_e_mail(calendar: Calendar) -> None:
    one = calendar.appointment()
    assert await calendar.hears(one.created()) == [True]
    [row] = await calendar.bookings()
    assert (row["starts_at"], row["ends_at"], row["status"]) == (TEN, TEN + HALF, "booked")
    assert (row["provider"], row["host_name"], row["place"]) == (
        "calendly",
        "Ana Anfitriona",
        "https://zoom.example/j/1",
    )
    assert (row["visitor_timezone"], row["provider_reference"]) == ("America/Lima", one.uri)
    assert "calendly.com/cancellations" in row["cancel_url"]
    assert await calendar.told() == ["booked"]
    kept = await calendar.rows("select jsonb_agg(to_jsonb(bookings))::text as text from bookings")
    assert "mail.example" not in kept[0]["text"]
    assert "Otro Nombre" not in kept[0]["text"]


async def test_an_event_of_nobody_is_left_alone(calendar: Calendar) -> None:
    strangers = [Appointment(mark, TEN) for mark in (None, "no-uuid", "00000000-0000-0000-0000-000000000007")]
    assert await calendar.hears(*(one.created() for one in strangers)) == [False] * 3
    assert await calendar.hears(
        calendar.appointment().no_show(), {"event": "routing_form_submission.created", "payload": {}}
    ) == [False, False]
    assert await calendar.told() == []


async def test_the_same_event_again_changes_nothing(calendar: Calendar) -> None:
    one = calendar.appointment()
    await calendar.hears(one.created(), one.created(), one.canceled(), one.canceled(), one.created())
    assert [row["status"] for row in await calendar.bookings()] == ["cancelled"]
    assert await calendar.told() == ["booked", "cancelled"]


async def test_a_cancellation_that_overtakes_the_booking(calendar: Calendar) -> None:
    one = calendar.appointment()
    await calendar.hears(one.canceled(by="host"), one.created())
    assert [row["status"] for row in await calendar.bookings()] == ["cancelled"]
    assert await calendar.told() == ["cancelled"]
    [row] = await calendar.rows("select input from inbox")
    assert row["input"]["data"]["by"] == "host"


ORDERS = list(permutations(range(3)))


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: "".join(map(str, order)))
@pytest.mark.parametrize("marked", [True, False], ids=["marked", "mark lost"])
async def test_a_move_ends_the_same_in_whatever_order_it_is_told(
    calendar: Calendar, order: Sequence[int], marked: bool
) -> None:
    first = calendar.appointment()
    second = calendar.appointment(2, replaces=first, marked=marked or order.index(0) > order.index(2))
    events = (first.created(), first.canceled(successor=second), second.created())
    assert all(await calendar.hears(*(events[place] for place in order)))
    assert await calendar.open() == [second.uri]
    assert sorted(row["status"] for row in await calendar.bookings()) == ["booked", "moved"]
    told = await calendar.told()
    assert "cancelled" not in told
    assert len(told) == (2 if order[0] == 0 else 1)
    assert told[-1] == ("moved" if (order.index(0) < order.index(2) or order.index(1) < order.index(2)) else "booked")


async def test_every_order_of_a_move_and_a_cancellation_ends_with_nothing_booked(calendar: Calendar) -> None:
    for order in permutations(range(4)):
        await calendar.rows("delete from bookings")
        first = calendar.appointment()
        second = calendar.appointment(2, replaces=first)
        events = (first.created(), first.canceled(successor=second), second.created(), second.canceled())
        await calendar.hears(*(events[place] for place in order))
        assert await calendar.open() == [], order
        assert sorted(row["status"] for row in await calendar.bookings()) == ["cancelled", "moved"], order


async def test_a_move_keeps_the_calendars_entry(calendar: Calendar) -> None:
    first = calendar.appointment()
    second = calendar.appointment(2, replaces=first)
    await calendar.hears(first.created(), first.canceled(successor=second), second.created())
    old, new = await calendar.bookings()
    assert (new["calendar_uid"], new["calendar_sequence"]) == (old["calendar_uid"], 1)


async def test_a_no_show_is_marked_and_the_mark_can_be_taken_back(calendar: Calendar) -> None:
    one = calendar.appointment()
    await calendar.hears(one.created())
    calendar.clock.now = TEN + HALF
    assert await calendar.hears(one.no_show()) == [True]
    assert [row["status"] for row in await calendar.bookings()] == ["missed"]
    planned = await calendar.rows("select kind from follow_ups where status = 'planned'")
    assert [row["kind"] for row in planned] == ["demo_missed"]
    await calendar.hears(one.no_show("deleted"))
    assert [row["status"] for row in await calendar.bookings()] == ["booked"]
    assert await calendar.rows("select kind from follow_ups where status = 'planned'") == []


async def test_the_address_of_a_no_show_is_also_understood_from_its_field(calendar: Calendar) -> None:
    one = calendar.appointment()
    await calendar.hears(one.created())
    calendar.clock.now = TEN + HALF
    payload = {"uri": "https://api.calendly.com/invitee_no_shows/1", "invitee": one.uri}
    assert await calendar.hears({"event": "invitee_no_show.created", "payload": payload}) == [True]


async def test_a_used_link_is_used_up(calendar: Calendar) -> None:
    await calendar.rows("update demo_links set scheduling_url = 'https://calendly.com/d/1'")
    await calendar.hears(calendar.appointment().created())
    [link] = await calendar.rows("select scheduling_url, used_at from demo_links")
    assert (link["scheduling_url"], link["used_at"]) == (None, MONDAY)


@pytest.mark.parametrize("lacking", ["scheduled_event", "uri"])
async def test_a_malformed_event_raises_so_that_it_is_seen(calendar: Calendar, lacking: str) -> None:
    content = calendar.appointment().created()
    content["payload"][lacking] = None
    with pytest.raises(ValueError, match=lacking):
        await calendar.hears(content)
    assert await calendar.bookings() == []


async def test_hostile_words_are_kept_plain(calendar: Calendar) -> None:
    content = calendar.appointment().created()
    payload = content["payload"]
    payload["timezone"] = "'; drop table bookings"
    payload["reschedule_url"] = "javascript:alert(1)"
    payload["scheduled_event"]["location"] = {"type": "custom", "location": "Sala\u202e 1\n" + "x" * 500}
    payload["scheduled_event"]["event_memberships"] = [{"user_name": "A" * 500}]
    await calendar.hears(content)
    [row] = await calendar.bookings()
    assert (row["visitor_timezone"], row["change_url"]) == ("America/Mexico_City", None)
    assert row["place"].startswith("Sala 1")
    assert max(len(row["place"]), len(row["host_name"])) <= 300
