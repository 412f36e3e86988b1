"""Follow-ups from what gives rise to them to their end, on a real database; and a whole week of them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from core.db import blocks, follow_ups, people
from core.db.pool import Connection, Pool
from core.domain.follow_ups import Trigger
from core.errors import PromptError
from core.integrations.queue import Job
from core.prompts.prompt_environment import compile_files
from core.prompts.prompt_files import PromptFiles
from core.prompts.prompt_set import PromptSet
from core.world import triggers
from tests.brendas import queue_on
from tests.weeks import MONDAY, Action, Week
from tests.worlds import insert, make_course

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DEMO = (Trigger.DEMO_BOOKED, Trigger.DEMO_TOMORROW, Trigger.DEMO_SOON)
ASKS = "¿Qué te gustaría lograr con el curso?"


@pytest.fixture
async def week(database: Pool) -> AsyncIterator[Week]:
    async with queue_on(database) as queue:
        yield await Week(database, queue).begin()


@dataclass(frozen=True)
class Scenes:
    """What people do in the week, each from the moment at which the method is called."""

    week: Week

    async def silent(self, chat: str, country: str | None, marketing: bool = True) -> UUID:
        lead = await self.week.person(chat, country, marketing)
        await self.week.talk(lead, "me interesa", ASKS)
        return lead

    async def price(self, chat: str, country: str) -> None:
        lead = await self.week.person(chat, country)
        await self.week.talk(lead, "¿cuánto cuesta?", "Cuesta lo que dice el temario.", intent="price_question")

    async def comes_back(self, chat: str, country: str, after: timedelta) -> None:
        lead = await self.silent(chat, country)
        self.week.at(self.week.clock() + after, lambda: self.week.talk(lead, "ya volví", "Qué bueno."))

    async def takes_consent_back(self, chat: str, country: str) -> None:
        lead = await self.silent(chat, country)
        self.week.at(self.week.clock() + 2 * HOUR, lambda: self.week.tick_consent(lead, "marketing", False))

    async def asks(self, chat: str, due_at: datetime, stage: str = "conversation") -> UUID:
        lead = await self.week.person(chat, "México", marketing=False, stage=stage)
        await asked(self.week, lead, due_at)
        return lead

    async def refuses(self, chat: str, due_at: datetime) -> None:
        lead = await self.asks(chat, due_at)
        refusal = partial(self.week.talk, lead, "no me interesa", "De acuerdo.", intent="refusal")
        self.week.at(self.week.clock() + HOUR, refusal)

    async def books(self, chat: str, starts_at: datetime) -> UUID:
        lead = await self.week.person(chat, "México", marketing=False, stage="demo")
        await booked(self.week, lead, starts_at)
        return lead

    async def moves(self, chat: str, starts_at: datetime, then_at: datetime) -> None:
        lead = await self.books(chat, starts_at)

        async def move() -> None:
            cancel = partial(triggers.cancel, lead_id=lead, kinds=DEMO, reason="demo_moved", now=self.week.clock())
            await self.week.with_connection(cancel)
            await booked(self.week, lead, then_at)

        self.week.at(self.week.clock() + 2 * HOUR, move)

    async def blocks(self, chat: str) -> None:
        await self.silent(chat, "México")
        block = partial(blocks.block, channel="telegram", chat=chat, now=self.week.clock() + 3 * HOUR)
        self.week.at(self.week.clock() + 3 * HOUR, lambda: self.week.with_connection(block))

    async def downloads(self, chat: str) -> None:
        lead = await self.silent(chat, "Chile")
        download = partial(self.week.trigger, lead, Trigger.RESOURCE_DOWNLOADED, note="Guía")
        self.week.at(self.week.clock() + HOUR, download)

    async def leaves_checkout(self, chat: str, pays: bool) -> None:
        lead = await self.week.person(chat, "México", stage="checkout")
        payment = await unpaid(self.week, lead)
        await self.week.talk(lead, "dame el enlace", "Aquí lo tienes.")
        if pays:
            paid = "update payments set status = 'paid', paid_at = now() where id = %s"
            self.week.at(self.week.clock() + 2 * HOUR, lambda: self.week.query(paid, payment))

    async def leaves(self, chat: str) -> None:
        lead = await self.silent(chat, "México")

        async def out() -> None:
            await self.week.query("update leads set stage = 'opted_out' where id = %s", lead)
            cancel = partial(follow_ups.cancel_planned, lead_id=lead, reason="opted_out", now=self.week.clock())
            await self.week.with_connection(cancel)

        self.week.at(self.week.clock() + HOUR, out)

    async def misses(self, chat: str) -> None:
        lead = await self.week.person(chat, "México", marketing=False)
        await self.week.trigger(lead, Trigger.DEMO_MISSED, about=self.week.clock() - HOUR)


async def booked(week: Week, lead: UUID, starts_at: datetime) -> None:
    for kind in DEMO:
        await week.trigger(lead, kind, f"{starts_at:%d %H}", about=starts_at)


async def unpaid(week: Week, lead: UUID) -> UUID:
    """A link to pay that was sent with the last turn."""
    row = {
        "lead_id": lead,
        "course_id": await make_course(week.pool),
        "turn_id": "t",
        "provider": "sandbox",
        "amount": "300.00",
        "currency": "USD",
        "created_at": week.clock(),
        "expires_at": week.clock() + DAY,
        "key": f"pay:{lead}",
    }
    return UUID(str((await insert(week.pool, "payments", row))["id"]))


async def asked(week: Week, lead: UUID, due_at: datetime) -> None:
    async with week.pool.connection() as conn, conn.transaction():
        made = await follow_ups.plan(
            conn, key=f"asked:{lead}", turn_id="t", lead_id=lead, kind="asked", note="", due_at=due_at, now=week.clock()
        )
        await week.queue.defer(conn, Job.FOLLOW_UP, at=due_at, follow_up=made.id)


async def test_a_week(week: Week) -> None:
    """Many people in six zones: exactly what is sent to whom, when, and why the rest is not. Times are UTC."""
    people_do, ten = Scenes(week), MONDAY + HOUR
    scenes: list[tuple[datetime, Action]] = [
        (MONDAY + 10 * MINUTE, lambda: people_do.silent("ana", "México")),
        (MONDAY + 5 * HOUR, lambda: people_do.price("bea", "Colombia")),
        (MONDAY + 390 * MINUTE, lambda: people_do.silent("carlos", "España")),
        (MONDAY + 20 * MINUTE, lambda: people_do.silent("dora", "México", marketing=False)),
        (MONDAY + 70 * MINUTE, lambda: people_do.comes_back("elena", "México", 21 * HOUR)),
        (MONDAY + 31 * MINUTE, lambda: people_do.comes_back("fede", "Argentina", DAY - MINUTE / 2)),
        (ten, lambda: people_do.takes_consent_back("gina", "Perú")),
        (MONDAY, lambda: people_do.asks("hugo", MONDAY + 14 * HOUR)),  # 23:00 there
        (ten, lambda: people_do.books("ines", MONDAY + 3 * DAY + HOUR)),
        (ten, lambda: people_do.books("juan", MONDAY + 8 * HOUR)),
        (ten, lambda: people_do.moves("kira", MONDAY + 2 * DAY + HOUR, MONDAY + 4 * DAY + HOUR)),
        (MONDAY + 2 * HOUR, lambda: people_do.blocks("leo")),
        (MONDAY + 25 * MINUTE, lambda: people_do.downloads("mar")),
        (ten, lambda: people_do.refuses("nora", MONDAY + DAY)),
        (MONDAY, lambda: people_do.asks("olga", MONDAY + DAY, stage="handoff")),
        (MONDAY + 5 * MINUTE, lambda: people_do.silent("pau", None)),
        (MONDAY + 2 * HOUR, lambda: people_do.leaves_checkout("quim", pays=False)),
        (MONDAY + 2 * HOUR, lambda: people_do.leaves_checkout("rosa", pays=True)),
        (MONDAY + 4 * HOUR, lambda: people_do.leaves("saul")),
        (MONDAY + 2 * DAY + 13 * HOUR, lambda: people_do.misses("teo")),  # 22:00 there
    ]
    for moment, action in scenes:
        week.at(moment, action)
    await week.play(MONDAY + 7 * DAY)
    assert await week.outcomes() == [
        ("ana", "silence", "sent", "", "Tue 15:10"),
        ("bea", "price_asked", "sent", "", "Tue 20:00"),
        ("carlos", "silence", "sent", "", "Tue 19:30"),
        ("elena", "silence", "cancelled", "answered", "Tue 13:30"),
        ("fede", "silence", "withheld", "answered", "Tue 15:31"),
        ("gina", "silence", "cancelled", "no_marketing_consent", "Mon 18:00"),
        ("hugo", "asked", "sent", "", "Tue 05:00"),
        ("ines", "demo_booked", "sent", "", "Mon 16:20"),
        ("ines", "demo_tomorrow", "sent", "", "Wed 16:00"),
        ("ines", "demo_soon", "sent", "", "Thu 15:00"),
        ("juan", "demo_tomorrow", "withheld", "too_late", "Mon 16:00"),
        ("juan", "demo_booked", "sent", "", "Mon 16:20"),
        ("juan", "demo_soon", "sent", "", "Mon 22:00"),
        ("kira", "demo_booked", "sent", "", "Mon 16:20"),
        ("kira", "demo_tomorrow", "cancelled", "demo_moved", "Mon 18:00"),
        ("kira", "demo_soon", "cancelled", "demo_moved", "Mon 18:00"),
        ("kira", "demo_booked", "sent", "", "Mon 18:20"),
        ("kira", "demo_tomorrow", "sent", "", "Thu 16:00"),
        ("kira", "demo_soon", "sent", "", "Fri 15:00"),
        ("leo", "silence", "cancelled", "blocked", "Mon 20:00"),
        ("mar", "silence", "sent", "", "Tue 15:25"),
        ("mar", "resource_downloaded", "withheld", "cap_day", "Tue 15:25"),
        ("nora", "asked", "withheld", "refused", "Tue 15:00"),
        ("olga", "asked", "withheld", "human_in_charge", "Tue 15:00"),
        ("pau", "silence", "sent", "", "Tue 17:05"),
        ("quim", "checkout_left", "sent", "", "Mon 20:00"),
        ("rosa", "checkout_left", "withheld", "pointless", "Mon 20:00"),
        ("saul", "silence", "cancelled", "opted_out", "Mon 20:00"),
        ("teo", "demo_missed", "sent", "", "Thu 15:00"),
    ]
    sent = [row for row in await week.outcomes() if row[2] == "sent"]
    said = await week.query("select key, status, lead_id from outbox where key like 'follow_up:%'")
    lines = await week.query("select turn_id from messages where turn_id like 'follow_up:%' and author = 'brenda'")
    assert sorted(row["key"] for row in said) == sorted(row["turn_id"] for row in lines)
    assert len(said) == len(sent)
    noted = await week.query("select kind, count(*) as number from events where kind like 'follow_up_%' group by 1")
    assert {row["kind"]: row["number"] for row in noted} == {
        "follow_up_sent": len(sent),
        "follow_up_withheld": 6,
        "follow_up_cancelled": 2,
    }
    [teo] = await week.query("select postponed, reason from follow_ups where kind = 'demo_missed'")
    assert teo["postponed"] == 1


async def test_one_follow_up_attended_by_many_at_once_is_said_once(week: Week) -> None:
    lead = await week.person("ana", "México")
    await asked(week, lead, week.clock())
    [row] = await week.query("select id from follow_ups")
    spoken = await asyncio.gather(*(week.follow_ups.attend(row["id"]) for _ in range(6)))
    assert sorted(spoken) == [False] * 5 + [True]
    assert len(await week.query("select id from outbox")) == 1


async def test_two_follow_ups_of_one_person_at_once_cannot_both_have_the_day_s_place(week: Week) -> None:
    lead = await week.person("ana", "México")
    for kind in (Trigger.RESOURCE_DOWNLOADED, Trigger.PRICE_ASKED, Trigger.SILENCE):
        await week.trigger(lead, kind)
    rows = await week.query("select id from follow_ups order by id")
    await asyncio.gather(*(week.follow_ups.attend(row["id"]) for row in rows))
    week.clock.move(days=1, hours=3)
    await asyncio.gather(*(week.follow_ups.attend(row["id"]) for row in rows))
    statuses = [row[2:4] for row in await week.outcomes()]
    assert sorted(statuses) == [("sent", ""), ("withheld", "cap_day"), ("withheld", "cap_day")]


async def test_a_demo_that_is_not_booked_any_more_is_not_announced(week: Week) -> None:
    lead = await week.person("ana", "México")
    await week.trigger(lead, Trigger.DEMO_SOON, about=week.clock() + 2 * HOUR, subject=f"bookings:{UUID(int=5)}")
    await week.play(week.clock() + DAY)
    assert [row[1:4] for row in await week.outcomes()] == [("demo_soon", "withheld", "pointless")]


async def test_a_person_who_is_just_writing_is_not_interrupted(week: Week) -> None:
    """Their message waits in the inbox and is in no record yet."""
    lead = await week.person("ana", "México")
    await week.trigger(lead, Trigger.SILENCE)
    await week.work()
    week.clock.move(days=1)
    row = {"channel": "telegram", "update_id": 1, "chat": "ana", "received_at": week.clock()}
    await insert(week.pool, "inbox", row | {"input": Jsonb({"kind": "text", "text": "hola"})})
    await week.play(week.clock() + DAY)
    assert [row[1:4] for row in await week.outcomes()] == [("silence", "withheld", "answered")]


async def test_what_the_world_says_is_no_answer_of_the_person(week: Week) -> None:
    lead = await week.person("ana", "México")
    await week.trigger(lead, Trigger.SILENCE)
    week.clock.move(hours=1)
    await week.talk(lead, "[booking] moved", "La demo cambió.")
    await week.play(week.clock() + 2 * DAY)
    assert [row[1:4] for row in await week.outcomes()] == [("silence", "sent", "")]


async def test_after_a_breakdown_what_is_too_old_is_not_sent_and_the_rest_is(week: Week) -> None:
    lead = await week.person("ana", "México", marketing=False)
    await booked(week, lead, MONDAY + 2 * DAY + HOUR)
    await week.work()
    week.clock.move(days=1, hours=15)
    await week.play(week.clock() + 20 * HOUR)
    assert [row[1:4] for row in await week.outcomes()] == [
        ("demo_booked", "withheld", "too_late"),
        ("demo_tomorrow", "withheld", "too_late"),
        ("demo_soon", "sent", ""),
    ]


async def test_a_follow_up_comes_at_the_hour_at_which_this_person_has_answered(week: Week) -> None:
    lead = await week.person("ana", "Colombia")
    for day in range(1, 15):
        row = {"lead_id": lead, "author": "lead", "text": "hola", "position": 0, "turn_id": f"old-{day}"}
        await insert(week.pool, "messages", row | {"created_at": MONDAY - day * DAY + 9 * HOUR})  # 19:00 there
    await week.talk(lead, "me interesa", ASKS)
    await week.play(MONDAY + 2 * DAY)
    assert [(row[1], row[4]) for row in await week.outcomes()] == [("silence", "Wed 00:00")]


async def test_a_schedule_that_cannot_be_read_sends_nothing_and_is_an_error_of_ours(week: Week) -> None:
    lead = await week.person("ana", "México")
    await week.trigger(lead, Trigger.SILENCE)
    week.prompts = PromptSet(compile_files(PromptFiles({"a.md.j2": "{# variables: none #}\na"})))
    with pytest.raises(PromptError, match="schedule"):
        await week.work()
    assert [row[2] for row in await week.outcomes()] == ["planned"]


async def test_erasing_somebody_erases_their_follow_ups_and_what_was_said(week: Week) -> None:
    lead = await week.person("ana", "México")
    await asked(week, lead, week.clock())
    await week.work()

    async def erase(conn: Connection) -> str:
        found = await people.by_id(conn, lead)
        assert found is not None
        exported = await people.export(conn, lead)
        await people.erase(conn, found, "telegram:ana")
        return exported

    exported = await week.with_connection(erase)
    assert '"kind": "asked"' in exported
    for table in ("follow_ups", "messages", "events", "outbox"):
        assert await week.query(f"select 1 from {table}") == []  # noqa: S608
    assert await week.work() == 0


@pytest.mark.parametrize(
    ("hour", "soon"),
    [
        (9, ("demo_soon", "sent", "", "Tue 14:00")),
        (22, ("demo_soon", "sent", "", "Wed 03:00")),
        (7.5, ("demo_soon", "sent", "", "Tue 13:00")),  # what is left of the hour after 7:00
        (7, ("demo_soon", "withheld", "quiet_hours", "Tue 12:00")),
    ],
)
async def test_a_demo_at_an_edge_of_the_day_has_its_reminder(
    week: Week, hour: float, soon: tuple[str, str, str, str]
) -> None:
    lead = await week.person("vera", "México", stage="demo", timezone="America/Mexico_City")
    await booked(week, lead, MONDAY - 9 * HOUR + DAY + hour * HOUR)  # MONDAY is 9:00 there
    await week.play(MONDAY + 2 * DAY)
    assert [row[1:] for row in await week.outcomes() if row[1] == "demo_soon"] == [soon]
