"""`/reembolsar 12`: an advisor gives back the Stars of a lead. Money moves only by the button under the question."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from channels.telegram.desk_voice import Asked, DeskVoice
from core.db.stars_refunds import PaidOnce
from core.integrations.queue import Queue
from core.world.stars_refunds import RefundRefusal, order_refund, refundable

BUTTON = "desk.refund"


@dataclass(frozen=True, slots=True)
class StarRefunds:
    """Asks before, and orders after."""

    voice: DeskVoice
    queue: Queue

    async def ask(self, asked: Asked, lead_id: UUID) -> None:
        """What would go back to whom; the button names that payment and no other."""
        found = await refundable(asked.conn, lead_id)
        if isinstance(found, RefundRefusal):
            await self._refuse(asked, found)
            return
        button = self.voice.button(BUTTON, found.id.hex)
        await self.voice.tell(asked, "desk/refund_ask", [button], lead=lead_id, **_told(found))

    async def order(self, asked: Asked, argument: str) -> None:
        """The button was pressed."""
        try:
            payment_id = UUID(argument)
        except ValueError:
            await self._refuse(asked, RefundRefusal.UNPAID)
            return
        done = await order_refund(asked.conn, self.queue, payment_id, asked.now)
        if isinstance(done, RefundRefusal):
            await self._refuse(asked, done)
        else:
            await self.voice.tell(asked, "desk/refund_ordered", lead=done.lead_id, **_told(done))

    async def _refuse(self, asked: Asked, reason: RefundRefusal) -> None:
        await self.voice.tell(asked, "desk/refund_refused", reason=reason.value)


def _told(paid: PaidOnce) -> dict[str, Any]:
    return {
        "name": paid.name or "",
        "course_name": paid.course,
        "stars": paid.stars,
        "amount": f"{paid.amount:.2f} {paid.currency}",
    }
