"""A sale in Telegram Stars: a person with an invoice that the chat's own tool made, and a bot that takes the money."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from pydantic import HttpUrl

from core.domain.people import Lead
from core.domain.tools import ToolResult
from core.integrations.queue import Queue
from tests.brendas import queue_on
from tests.deals import make_offer
from tests.fakes.telegram_people import FakeUser
from tests.integration.telegram.conftest import Rig, now
from tests.worlds import insert, make_context, make_course, make_settings
from tools.create_payment_link import CREATE_PAYMENT_LINK

CHAT = 7


@dataclass
class Sale:
    """A person in Telegram with an invoice over Stars."""

    rig: Rig
    queue: Queue
    person: FakeUser
    result: ToolResult

    @property
    def invoice(self) -> dict[str, Any]:
        return self.rig.fake.invoices[-1]

    @property
    def payload(self) -> str:
        return str(self.invoice["payload"])

    async def answers(self, count: int = 1) -> list[dict[str, Any]]:
        fake = self.rig.fake
        await fake.wait_for(lambda: len(fake.called("answerPreCheckoutQuery")) >= count)
        return fake.called("answerPreCheckoutQuery")

    async def asks(self, payload: str | None = None, stars: int = 16_170, person: FakeUser | None = None) -> str:
        """Press "pay"; "" when Telegram may charge, else what the person reads."""
        before = len(self.rig.fake.called("answerPreCheckoutQuery"))
        await (person or self.person).is_about_to_pay(self.payload if payload is None else payload, stars)
        answer = (await self.answers(before + 1))[-1]
        assert (answer["ok"] == "true") == ("error_message" not in answer)
        return str(answer.get("error_message", ""))

    async def payment(self) -> dict[str, Any]:
        [row] = await self.rig.rows("select * from payments")
        return row


async def star_lead(rig: Rig, course: int) -> Lead:
    """Somebody who talks about this course in Telegram."""
    row = {"channel": "telegram", "chat": str(CHAT), "stage": "conversation", "course_id": course}
    inserted = await insert(rig.pool, "leads", row)
    return Lead.model_validate({**inserted, "blocked": False})


async def star_invoice(rig: Rig, lead: Lead, turn: str = "turn-1") -> ToolResult:
    """What the chat's tool makes when they want to pay."""
    settings = make_settings(
        payment_provider="stars",
        stars_per_unit="77",
        telegram_bot_token=rig.fake.token,
        telegram_api_url=HttpUrl(rig.fake.url),
    )
    context = await make_context(rig.pool, now=now(), settings=settings, turn_id=turn)
    context = replace(context, lead=lead)
    return await CREATE_PAYMENT_LINK.run(CREATE_PAYMENT_LINK.arguments(), context)


@asynccontextmanager
async def sale_on(rig: Rig) -> AsyncIterator[Sale]:
    """A person who was sent an invoice over 16,170 Stars for a course on offer at 210 USD, with one place."""
    course = await make_course(rig.pool)
    await make_offer(
        rig.pool, course, starts_at=now() - timedelta(days=1), ends_at=now() + timedelta(days=9), max_claims=1
    )
    lead = await star_lead(rig, course)
    async with queue_on(rig.pool) as queue:
        yield Sale(rig, queue, rig.fake.user(CHAT), await star_invoice(rig, lead))


@asynccontextmanager
async def selling(sale: Sale, **changes: Any) -> AsyncIterator[None]:
    """The channel with a queue, so that purchases in Stars are taken."""
    async with sale.rig.running(queue=sale.queue, **changes):
        yield
