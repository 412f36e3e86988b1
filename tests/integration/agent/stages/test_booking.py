"""What the chat says of a booking that was made on the page."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.db import demo_links
from core.domain.bookings import Booking
from core.domain.funnel import Stage
from core.domain.messages import Input, InputKind
from core.domain.turn import TurnResult
from core.world.bookings import BookingDesk, book, cancel, offers
from tests.brendas import Talk, actions, texts
from tests.fakes.openai_server import Answer, FakeOpenAI, Use, says, script


class Guest:
    """A person in a chat with a link to the page."""

    def __init__(self, talk: Talk) -> None:
        self.talk, self.brenda = talk, talk.brenda
        self.desk = BookingDesk(talk.brenda.closer.queue, talk.brenda.prompts.current, True)

    async def books(self, place: int = 10) -> Booking:
        """Take one of the free hours by the person's newest link."""
        link_id = (await self.talk.rows("demo_links"))[-1]["id"]
        now = self.talk.clock()
        async with self.brenda.pool.connection() as conn, conn.transaction():
            link = await demo_links.by_id(conn, link_id)
            assert link
            start = (await offers(conn, True, now))[place].span.start
            made = await book(self.desk, conn, link, start, "America/Bogota", now=now)
        assert made
        return made

    async def cancels(self) -> Booking:
        link_id = (await self.talk.rows("demo_links"))[-1]["id"]
        async with self.brenda.pool.connection() as conn, conn.transaction():
            link = await demo_links.by_id(conn, link_id)
            assert link
            closed = await cancel(self.desk, conn, link, now=self.talk.clock())
        assert closed
        return closed

    async def hears(self, action: str, booking: Booking, **data: Any) -> TurnResult:
        given = {"booking": str(booking.id), **data}
        return await self.talk.gives(Input(kind=InputKind.BOOKING, action=action, data=given))


@pytest.fixture
async def guest(talk: Talk) -> Guest:
    await talk.reaches(Stage.DEMO)
    return Guest(talk)


def urls(result: TurnResult) -> list[str]:
    return [button.url for message in result.outgoing for button in message.buttons if button.url]


def hour_of(booking: Booking) -> str:
    return (booking.starts_at - timedelta(hours=5)).strftime("%H:%M")


async def test_a_booking_is_confirmed_on_the_visitors_clock_and_the_talk_goes_on(guest: Guest) -> None:
    made = await guest.books()
    result = await guest.hears("booked", made)
    assert result.stage is Stage.CONVERSATION
    for words in (hour_of(made), "hora de Bogotá", made.host_name, "30 minutos", made.place, "Ana"):
        assert words in texts(result)
    assert actions(result) == ["ask.advisor"]
    assert made.link in urls(result)
    assert any("/demo/" in url for url in urls(result))


async def test_a_move_and_a_cancellation_are_told_too(guest: Guest) -> None:
    first = await guest.books()
    moved = await guest.books(20)
    result = await guest.hears("moved", moved)
    assert hour_of(moved) in texts(result)
    cancelled = await guest.cancels()
    result = await guest.hears("cancelled", cancelled)
    assert "cancel" in texts(result).casefold()
    assert len(urls(result)) == 1
    assert first.id != moved.id == cancelled.id


async def test_a_cancellation_by_the_host_is_not_told_as_the_persons(guest: Guest) -> None:
    await guest.books()
    result = await guest.hears("cancelled", await guest.cancels(), by="host")
    assert "cancelé" not in texts(result)
    assert "?" in texts(result) or "otra hora" in texts(result)


async def test_what_is_no_longer_so_is_not_said(guest: Guest) -> None:
    made = await guest.books()
    await guest.cancels()
    assert texts(await guest.hears("booked", made)) == ""
    again = await guest.books(30)
    guest.talk.clock.now = again.ends_at
    assert texts(await guest.hears("booked", again)) == ""


@pytest.mark.parametrize("number", ["", "nada", "7d0f3f0e-54a5-4a80-9d2c-0d3ad1f0c1aa"])
async def test_an_event_about_nothing_says_nothing(guest: Guest, number: str) -> None:
    result = await guest.talk.gives(Input(kind=InputKind.BOOKING, action="booked", data={"booking": number}))
    assert (texts(result), result.stage) == ("", Stage.DEMO)


async def test_a_booking_of_somebody_else_is_never_told(guest: Guest) -> None:
    made = await guest.books()
    other = await Talk(guest.brenda).reaches(Stage.CONVERSATION)
    given = Input(kind=InputKind.BOOKING, action="booked", data={"booking": str(made.id)})
    assert texts(await other.gives(given)) == ""


@pytest.mark.parametrize(
    ("command", "stage", "speaks"), [("asesor", Stage.HANDOFF, True), ("baja", Stage.OPTED_OUT, False)]
)
async def test_who_is_with_an_advisor_stays_there_and_who_left_is_left_alone(
    guest: Guest, command: str, stage: Stage, speaks: bool
) -> None:
    made = await guest.books()
    await guest.talk.commands(command)
    result = await guest.hears("booked", made)
    assert result.stage is stage
    assert bool(texts(result)) is speaks


async def test_the_model_may_say_the_date_of_what_is_booked_and_of_nothing_else(asked: Talk, fake: FakeOpenAI) -> None:
    await asked.reaches(Stage.CONVERSATION)
    async with asked.brenda.pool.connection() as conn:
        lead, now = await asked.lead(), asked.clock()
        link = await demo_links.create(
            conn, key="k", turn_id="t", lead_id=lead["id"], course_id=lead["course_id"], now=now,
            expires_at=now + timedelta(days=2), samples=True,
        )  # fmt: skip
    guest = Guest(asked)
    assert link
    made = await guest.books()
    local = made.starts_at - timedelta(hours=5)
    truth = f"Tu demo es el {_day(local)} a las {local:%H:%M}."
    fake.respond = script(says(truth))
    assert texts(await asked.says("¿Cuándo era mi demo?")) == truth
    wrong = f"Tu demo es el {_day(local + timedelta(days=3))} a las {local:%H:%M}."
    fake.respond = script(says(wrong), says(wrong))
    assert wrong not in texts(await asked.says("¿Seguro que era ese día?"))


def _day(moment: datetime) -> str:
    months = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()
    return f"{moment.day} de {months[moment.month - 1]}"


async def test_a_link_is_not_lost_when_a_human_is_called_beside_it(asked: Talk, fake: FakeOpenAI) -> None:
    await asked.reaches(Stage.CONVERSATION)
    both = Answer(
        text=None, uses=(Use("create_demo_link"), Use("contact_advisor", {"reason": "quiere hablar"}, "call_2"))
    )
    fake.respond = script(both, says("nunca se pide"))
    result = await asked.says("quiero ver la demo y hablar con una persona")
    assert result.stage is Stage.HANDOFF
    assert any("/demo/" in url for url in urls(result))


async def test_who_asks_for_their_demo_is_told_its_hour_and_given_its_page(guest: Guest) -> None:
    made = await guest.books()
    await guest.hears("booked", made)
    await guest.talk.query("update leads set timezone = 'America/Bogota'")
    result = await guest.talk.says("¿cuándo es mi demo?")
    assert hour_of(made) in texts(result)
    assert any("/demo/" in url for url in urls(result))
