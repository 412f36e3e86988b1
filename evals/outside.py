"""The world outside the chat, on the scenario's clock: payments, demonstrations, advisors, and what comes by itself.

Nothing is pretended here. A payment goes through the same checkout as from its page, a demonstration through the same
booking desk, a follow-up is placed and decided by the same governor; what they tell the chat arrives in its inbox, and
is taken from there as the worker takes it. Only the clock is another.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.db import bookings, checkouts, demo_links, handoffs, inbox, payments
from core.db.inbox import Taken
from core.db.pool import Pool
from core.domain.checkouts import Checkout
from core.domain.messages import Button, Input, InputKind
from core.domain.promises import HandoffStatus, Payment
from core.domain.zones import DEFAULT_ZONE
from core.integrations.cashiers import configured
from core.integrations.queue import Queue
from core.prompts.prompt_set import PromptSet
from core.settings import Settings
from core.world import bookings as booking_desk
from core.world.bookings import BookingDesk
from core.world.checkouts import Agreed, Begun, Checkouts
from core.world.follow_ups import FollowUps
from core.world.purchases import Failure, Purchases, Receipt, Refund
from evals.scenery import CHANNEL
from evals.stage_clock import StageClock
from evals.steps import WorldEvent

MOST_ROUNDS = 100
"""Follow-ups that are placed and decided in one pause, before something must be wrong."""

_OF_LEAD = "lead_id = (select id from leads where channel = %s and chat = %s)"
_PAYMENT = f"select id from payments where {_OF_LEAD} order by created_at desc, id limit 1"  # noqa: S608
_LINK = f"select id from demo_links where {_OF_LEAD} order by created_at desc, id limit 1"  # noqa: S608
_OPEN = f"select id, status, deadline_at from handoffs where {_OF_LEAD} and closed_at is null"  # noqa: S608
_NEXT = f"""
    select id, planned_for from follow_ups
    where {_OF_LEAD} and status = 'planned' and coalesce(planned_for, '-infinity') <= %s
    order by planned_for nulls first, id limit 1
"""  # noqa: S608
_SPOKEN = "select message from outbox where channel = %s and chat = %s and turn_id = %s order by id"


@dataclass(frozen=True, slots=True)
class Word:
    """What Brenda said by herself, when, and under which button."""

    at: datetime
    text: str
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Outside:
    """What happens around one chat."""

    chat: str
    pool: Pool
    queue: Queue
    prompts: PromptSet
    clock: StageClock
    settings: Settings

    async def happen(self, event: WorldEvent) -> tuple[Input, ...]:
        """Let it happen; what the chat is told at once. What it is told by the inbox is `taken` afterwards."""
        match event:
            case WorldEvent.OPENS_PAYMENT | WorldEvent.PAID | WorldEvent.FAILED | WorldEvent.REFUNDED:
                payment = await self._payment()
                if payment is None:  # somebody paid for something that was never asked here
                    return (Input(kind=InputKind.PAYMENT, action=event.value),)
                await self._pay(event, payment)
            case WorldEvent.OPENS_DEMO | WorldEvent.BOOKS_DEMO | WorldEvent.CANCELS_DEMO:
                await self._demonstrate(event)
            case WorldEvent.HANDBACK:
                return (Input(kind=InputKind.ADVISOR, action="handback"),)
            case WorldEvent.HANDOFF_TIMEOUT:
                return (await self._time_out(),)
        return ()

    async def _time_out(self) -> Input:
        """Nobody came in time."""
        row = await self._first(_OPEN)
        if row is None:
            return Input(kind=InputKind.DEADLINE, action="handback")
        self.clock.now = max(self.clock.now, row["deadline_at"])
        async with self.pool.connection() as conn:
            await handoffs.time_out(conn, row["id"], self.clock())
        action = "unanswered" if row["status"] == HandoffStatus.WAITING else "handback"
        return Input(kind=InputKind.DEADLINE, action=action, data={"handoff": row["id"]})

    async def taken(self) -> Taken | None:
        """The next turn that waits in the inbox."""
        async with self.pool.connection() as conn:
            return await inbox.take(conn, CHANNEL, self.chat)

    async def wait(self, until: datetime) -> list[Word]:
        """Let time pass; what Brenda says by herself meanwhile."""
        desk = FollowUps(self.pool, self.queue, lambda: self.prompts, self.clock, samples=True)
        words: list[Word] = []
        for _ in range(MOST_ROUNDS):
            row = await self._first(_NEXT, until)
            if row is None:
                break
            self.clock.now = max(self.clock.now, row["planned_for"] or self.clock.now)
            if await desk.attend(row["id"]):
                words += await self._said(f"follow_up:{row['id']}")
        self.clock.now = max(self.clock.now, until)
        return words

    async def _said(self, key: str) -> list[Word]:
        async with self.pool.connection() as conn:
            rows = await (await conn.execute(_SPOKEN, (CHANNEL, self.chat, key))).fetchall()
        return [
            Word(
                self.clock(),
                row["message"].get("text", ""),
                tuple(map(Button.model_validate, row["message"]["buttons"])),
            )
            for row in rows
        ]

    async def _first(self, query: str, *values: object) -> dict[str, Any] | None:
        async with self.pool.connection() as conn:
            return await (await conn.execute(query.encode(), (CHANNEL, self.chat, *values))).fetchone()

    async def _payment(self) -> Payment | None:
        row = await self._first(_PAYMENT)
        async with self.pool.connection() as conn:
            return await payments.by_id(conn, row["id"]) if row else None

    async def _pay(self, event: WorldEvent, payment: Payment) -> None:
        desk = Checkouts(self.pool, self.queue, configured(self.settings), self.clock, samples=True)
        await desk.opened(payment)
        if event is WorldEvent.OPENS_PAYMENT:
            return
        checkout = await self._tried(desk, payment, begin=event is not WorldEvent.REFUNDED)
        if checkout is None:
            return
        purchases, now = Purchases(self.queue, lambda: self.prompts), self.clock()
        reference = f"evals:{payment.id}:{checkout.attempt}"
        told = (payment.id, checkout.attempt)
        async with self.pool.connection() as conn, conn.transaction():
            if event is WorldEvent.PAID:
                await purchases.complete(conn, Receipt(*told, reference, checkout.charge, now))
            elif event is WorldEvent.REFUNDED:
                await purchases.refund(conn, Refund(*told, reference, checkout.charge, now))
            else:
                await purchases.fail(conn, Failure(*told, "card_declined", final=True, at=now))

    async def _tried(self, desk: Checkouts, payment: Payment, begin: bool) -> Checkout | None:
        """The try to pay: a new one as from the page, where whatever it costs by now is accepted, or the last one."""
        async with self.pool.connection() as conn:
            if not begin:
                return await checkouts.latest(conn, payment.id)
            due = await desk.look(conn, payment)
        if due is None:
            return None
        begun = await desk.begin(payment.id, "http://127.0.0.1/pagar", Agreed(due.amount, due.currency, accepts=True))
        return begun.checkout if isinstance(begun, Begun) else None

    async def _demonstrate(self, event: WorldEvent) -> None:
        row, now = await self._first(_LINK), self.clock()
        desk = BookingDesk(self.queue, self.prompts, samples=True)
        async with self.pool.connection() as conn, conn.transaction():
            link = await demo_links.by_id(conn, row["id"]) if row else None
            if link is None:
                return
            await demo_links.opened(conn, link.id, now)
            if event is WorldEvent.CANCELS_DEMO:
                await booking_desk.cancel(desk, conn, link, now=now)
            elif event is WorldEvent.BOOKS_DEMO:
                last = await bookings.latest(conn, link.lead_id, link.course_id)
                free = await booking_desk.offers(conn, True, now)
                starts = [offer.span.start for offer in free if last is None or offer.span.start != last.starts_at]
                if starts:
                    await booking_desk.book(desk, conn, link, starts[0], DEFAULT_ZONE, now=now)
