"""From the chat to the page and back: real turns, real pages, real webhooks and a real worker on one database."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from agent.checkpoints import PooledSaver
from channels.jobs.desk import Desk
from channels.jobs.tasks import register
from channels.jobs.worker import run_worker
from core.background import beside
from core.db.pool import Pool
from core.domain.funnel import Stage
from tests.brendas import Talk, brenda_on, queue_on
from tests.fakes.calendly_server import Appointment, FakeCalendly, signed
from tests.processes import until
from tests.sites import Visitor, make_site, visiting


@dataclass(frozen=True)
class Journey:
    """Somebody in a chat, with a browser, and a worker behind both."""

    talk: Talk
    visitor: Visitor

    async def link(self) -> str:
        """Ask for a demo; the path of its page."""
        result = await self.talk.says("quiero ver la demo")
        [url] = {button.url for message in result.outgoing for button in message.buttons if "/demo/" in button.url}
        return "/demo/" + url.rpartition("/")[2]

    async def hears(self, words: str) -> str:
        """What comes into the chat by itself, as soon as it holds these words."""
        pool, chat = self.talk.brenda.pool, self.talk.chat
        query = "select max(message->>'text') as text from outbox where chat = %s and message->>'text' ~ %s"
        await until(pool, query, chat, words)
        return str((await self.talk.query(query, chat, words))[0]["text"])

    async def books(self, path: str, place: int, below: str = "") -> None:
        page = await self.visitor.opens(f"{path}{below}?zona=America/Lima")
        start = re.findall(r'name="inicio" value="([^"]+)"', page.text)[place]
        assert (await self.visitor.sends(path, inicio=start, zona="America/Lima")).status == 303


@asynccontextmanager
async def journey_on(pool: Pool, **settings: Any) -> AsyncIterator[Journey]:
    async with queue_on(pool) as queue, brenda_on(pool, queue, **settings) as brenda:
        desk = Desk(brenda, queue, PooledSaver(pool), lambda _: nullcontext(), lambda: None, timedelta())
        register(queue.app, lambda: desk)
        site = replace(make_site(pool, queue, **settings), links=brenda.links, clock=brenda.clock)
        async with beside(run_worker(queue.app, 4, "test")), visiting(site) as visitor:
            talk = Talk(brenda)
            # A talk numbers its turns from one, as the inbox does: the two must not meet.
            await talk.query("alter table inbox alter column id restart with 1000")
            await talk.reaches(Stage.CONVERSATION)
            yield Journey(talk, visitor)


async def test_a_demo_from_the_first_wish_to_the_question_how_it_went(database: Pool) -> None:
    async with journey_on(database) as journey:
        path = await journey.link()
        await journey.books(path, 10)
        assert "hora de Lima" in await journey.hears("Lima")
        assert (await journey.talk.lead())["stage"] == Stage.CONVERSATION
        await journey.books(path, 12, "/cambiar")
        assert await journey.hears("Cambio hecho|Nueva hora|Movida")
        [booking] = await journey.talk.query("select * from bookings where status = 'booked'")
        journey.talk.clock.now = booking["ends_at"]
        await database_job_now(database)
        await until(
            database, "select bool_or(message->>'text' like %s) from outbox", f"%/realizada_{booking['number']}%"
        )


async def database_job_now(pool: Pool) -> None:
    """Let the jobs that wait for a demo's end be due."""
    async with pool.connection() as conn:
        await conn.execute("update procrastinate_jobs set scheduled_at = now() where task_name = 'brenda.booking_over'")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
async def test_calendly_books_moves_and_tells_by_signed_webhooks(database: Pool, order: tuple[int, ...]) -> None:
    async with FakeCalendly() as fake, journey_on(database, **fake.settings) as journey:
        path = await journey.link()
        assert (await journey.visitor.opens(path)).status == 303
        [link] = await journey.talk.rows("demo_links")
        start = journey.talk.clock().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
        first = Appointment(link["id"], start)
        second = Appointment(link["id"], start + timedelta(days=1), replaces=first)
        told = [first.created(), first.canceled(successor=second), second.created()]
        for place in order:
            body, headers = signed(told[place], journey.talk.clock())
            assert (await journey.visitor.posts("/webhooks/calendly", body, headers)).status == 200
        await until(database, "select count(*) = 3 from webhook_events where status = 'done'")
        day = (second.start - timedelta(hours=5)).day
        assert "zoom.example" in await journey.hears(f" {day} de .*hora de Lima")
        page = await journey.visitor.opens(path)
        assert "calendly.com/reschedulings" in page.text
        assert [row["status"] for row in await journey.talk.rows("bookings", "id, status") if row["status"] == "booked"]
