"""From Stripe's signed event to Brenda's words: web app, webhook job, purchase, turn, outbox; and a try's end."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from procrastinate import App, PsycopgConnector
from pydantic import HttpUrl

from agent.checkpoints import PooledSaver
from channels.jobs.desk import Desk
from channels.jobs.tasks import register
from core.db import outbox
from core.db.pool import Pool
from core.domain.funnel import Stage
from core.integrations.queue import Job
from core.integrations.stripe_checkout import StripeCashier
from core.integrations.timestamped_signature import sign
from tests.brendas import Talk, brenda_on, queue_on
from tests.fakes.stripe_server import KEY, FakeStripe
from tests.shops import Shop
from tests.sites import Visitor, make_site, visiting

SECRET = "whsec_for_tests"


class Journey:
    """One person in the console, Stripe, and everything of ours between them."""

    def __init__(self, talk: Talk, shop: Shop, stripe: FakeStripe, app: App, visitor: Visitor) -> None:
        self.talk, self.shop, self.stripe, self.app, self.visitor = talk, shop, stripe, app, visitor

    async def hears(self, event: dict[str, Any]) -> None:
        """A signed event arrives, and every job that is due is done."""
        body = json.dumps(event).encode()
        header = sign(body, SECRET, self.talk.clock())
        answer = await self.visitor.posts("/webhooks/stripe", body, {"Stripe-Signature": header})
        assert answer.status == 200
        await self.works()

    async def works(self) -> None:
        for job in (Job.WEBHOOK, Job.TURN):
            query = "select args from procrastinate_jobs where task_name = %s and status = 'todo' order by id"
            for row in await self.talk.query(query, job.value):
                await self.app.tasks[job.value].func(**row["args"])
            await self.talk.query("delete from procrastinate_jobs where task_name = %s", job.value)

    async def said(self) -> str:
        """What the console shows next, the notices for the team apart."""
        async with self.shop.pool.connection() as conn:
            shown = await outbox.show(conn, "console", self.talk.chat, self.talk.clock())
        return "\n".join(message.text for chat, message in shown if chat == self.talk.chat)


@asynccontextmanager
async def _journey(pool: Pool, stripe: FakeStripe) -> AsyncIterator[Journey]:
    given: dict[str, Any] = {"stripe_api_key": KEY, "stripe_webhook_secret": SECRET}
    given |= {"payment_provider": "stripe", "stripe_api_url": HttpUrl(stripe.url)}
    app = App(connector=PsycopgConnector())
    async with queue_on(pool) as queue, brenda_on(pool, queue, **given) as brenda:
        desk = Desk(brenda, queue, PooledSaver(pool), lambda _: nullcontext(), lambda: None, timedelta())
        register(app, lambda: desk)
        talk = Talk(brenda)
        stripe.clock = talk.clock
        shop = Shop(pool, queue, talk.clock, StripeCashier(KEY, stripe.url))
        site = replace(make_site(pool, queue, **given), clock=talk.clock)
        async with visiting(site) as visitor:
            yield Journey(talk, shop, stripe, app, visitor)


@pytest.fixture
async def journey(database: Pool) -> AsyncIterator[Journey]:
    async with FakeStripe() as stripe, _journey(database, stripe) as journey:
        yield journey


async def _pays_in_the_chat(journey: Journey) -> None:
    """Ask for a link in the chat, and press the button on its page."""
    await journey.talk.reaches(Stage.CHECKOUT)
    [row] = await journey.talk.rows("payments")
    await journey.shop.begun(await journey.shop.payment(row["id"]))
    # A turn is named after its first inbox row, and the talk above has named its own after 1, 2, 3.
    await journey.talk.query("select setval(pg_get_serial_sequence('inbox', 'id'), 1000)")
    await journey.said()


async def test_brenda_confirms_what_stripe_has_told(journey: Journey) -> None:
    await _pays_in_the_chat(journey)
    await journey.hears(journey.stripe.pays(journey.stripe.newest))
    assert "199.20 USD" in await journey.said()
    assert (await journey.talk.lead())["stage"] == "customer"
    assert len(await journey.talk.events("purchase_completed")) == 1
    await journey.hears(journey.stripe.refunds(journey.stripe.newest))
    assert "199.20 USD" in await journey.said()
    assert (await journey.talk.lead())["stage"] == "conversation"
    channels = {row["channel"] for row in await journey.talk.rows("outbox")}
    assert {"console", "crm", "email"} <= channels


async def test_brenda_says_that_a_card_was_declined(journey: Journey) -> None:
    await _pays_in_the_chat(journey)
    await journey.hears(journey.stripe.is_declined(journey.stripe.newest))
    assert "/pagar/" in await journey.said()
    assert (await journey.talk.lead())["stage"] == "checkout"


async def test_the_job_of_a_trys_end_asks_stripe_and_tells_what_it_finds(journey: Journey) -> None:
    await _pays_in_the_chat(journey)
    [row] = await journey.talk.query("select id from checkouts")
    journey.stripe.pays(journey.stripe.newest)
    journey.talk.clock.move(minutes=40)
    await journey.app.tasks[Job.CHECKOUT.value].func(checkout=row["id"])
    await journey.works()
    assert "199.20 USD" in await journey.said()
    assert (await journey.talk.lead())["stage"] == "customer"
