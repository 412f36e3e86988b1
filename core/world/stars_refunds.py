"""Giving Stars back: who may be given what, the order for it, and its carrying out by the Bot API.

Nothing is told to the prospect here. When Telegram has given the Stars back it says so in an update, as it does when
they went back by any other way, and `core/world/stars.py` tells everybody. So nothing is promised that did not happen.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.db import payments, stars_refunds
from core.db.pool import Connection, Pool
from core.db.stars_refunds import PaidOnce
from core.domain.clock import Clock
from core.domain.dispatches import Dispatch, Outcome, Recorded, Sent, ServiceChannel, StarsOrder
from core.errors import PaymentRefusedError, PaymentUnavailableError, ServiceRejectedError, ServiceUnavailableError
from core.integrations.queue import Job, Queue
from core.integrations.stars_cashier import StarsCashier
from core.prompts.prompt_set import PromptSet
from core.world.notices import Notice, NoticeKind, notify
from core.world.stars import CHANNEL

PROVIDER = "stars"
ALREADY_BACK = "CHARGE_ALREADY_REFUNDED"
"""What Telegram answers to whoever asks twice."""
_BAD_TOKEN = ("Unauthorized", "Not Found")


class RefundRefusal(StrEnum):
    """Why nothing is given back; `prompts/messages/desk/refund_refused.md.j2` has the words."""

    UNPAID = "unpaid"
    ELSEWHERE = "elsewhere"
    BACK = "back"
    UNDER_WAY = "under_way"


async def refundable(conn: Connection, lead_id: UUID) -> PaidOnce | RefundRefusal:
    """What a lead paid in Stars and can have back, the latest first; or why there is nothing."""
    return _checked(await stars_refunds.of_lead(conn, lead_id))


async def order_refund(conn: Connection, queue: Queue, payment_id: UUID, now: datetime) -> PaidOnce | RefundRefusal:
    """Order this payment to be given back, in the caller's transaction; or why not. Twice is one order."""
    paid = _checked(await stars_refunds.by_id(conn, payment_id))
    if isinstance(paid, RefundRefusal):
        return paid
    content = StarsOrder(payment=str(paid.id), user=paid.chat, charge=paid.charge)
    if not await stars_refunds.order(conn, paid.id, content, now):
        return RefundRefusal.UNDER_WAY
    channel = ServiceChannel.STARS.value
    await queue.defer(conn, Job.DISPATCH, lock=f"dispatch:{channel}", channel=channel)
    return paid


def _checked(paid: PaidOnce | None) -> PaidOnce | RefundRefusal:
    if paid is None:
        return RefundRefusal.UNPAID
    if (paid.provider, paid.channel) != (PROVIDER, CHANNEL):
        return RefundRefusal.ELSEWHERE
    if paid.refunded_amount > 0:
        return RefundRefusal.BACK
    return RefundRefusal.UNDER_WAY if paid.ordered not in (None, "failed") else paid


@dataclass(frozen=True, slots=True)
class StarsRefundDesk:
    """Carries out the orders. Without a `cashier` (no bot) they are recorded."""

    pool: Pool
    cashier: StarsCashier | None
    prompts: Callable[[], PromptSet]
    clock: Clock
    channel: ServiceChannel = ServiceChannel.STARS

    async def carry_out(self, dispatch: Dispatch) -> Outcome:
        """Give the Stars of one charge back. What Telegram refuses is told to the advisors."""
        order = StarsOrder.model_validate(dispatch.content)
        if self.cashier is None:
            return Recorded({})
        try:
            await self.cashier.refund(int(order.user), order.charge)
        except PaymentUnavailableError as error:
            raise ServiceUnavailableError(str(error)) from error
        except PaymentRefusedError as error:
            if ALREADY_BACK not in str(error):
                await self._refused(dispatch, order, error)
        return Sent(order.charge, {"written_at": self.clock().isoformat()})

    async def _refused(self, dispatch: Dispatch, order: StarsOrder, error: PaymentRefusedError) -> None:
        reason = str(error)
        lasting = any(words in reason for words in _BAD_TOKEN)
        if not lasting:
            async with self.pool.connection() as conn, conn.transaction():
                await self._tell_advisors(conn, dispatch, UUID(order.payment), reason)
        raise ServiceRejectedError(reason, lasting=lasting) from error

    async def _tell_advisors(self, conn: Connection, dispatch: Dispatch, payment_id: UUID, reason: str) -> None:
        payment = await payments.by_id(conn, payment_id)
        amount = f"{payment.amount:.2f} {payment.currency}" if payment else ""
        notice = Notice(
            NoticeKind.PAYMENT,
            payment.lead_id if payment else None,
            "refund_failed",
            {"amount": amount, "reason": reason},
            f"{dispatch.key}:{dispatch.tries}:refused",
        )
        await notify(conn, self.prompts(), notice, self.clock())
