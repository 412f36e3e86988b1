"""What is said to services: "this lead changed" to the CRM, and e-mails to people.

Both are rows of the outbox, written in the caller's transaction and carried out by a worker. A row names what is to be
done; what it will say is computed when it is sent, so that a CRM that was down for a day hears the present and an
e-mail to someone who has unsubscribed since is not sent.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.db import dispatches
from core.db.pool import Connection
from core.domain.dispatches import CrmOrder, Letter, ServiceChannel
from core.integrations.queue import Job, Queue

CALM = timedelta(seconds=20)
"""A chat changes something in most turns. The CRM hears of it this much later, so that a burst costs one call."""
SETTLED = timedelta(minutes=5)
"""By then no call that was under way can still be."""


async def tell_crm(conn: Connection, queue: Queue, lead_id: UUID, key: str, now: datetime) -> None:
    """Bring the lead's contact and deal in the CRM up to date. The same `key` again changes nothing.

    Whether the lead allowed it is looked at when it is sent. To be called in the transaction of what changed.
    """
    order = CrmOrder(order="sync")
    if await dispatches.add(conn, ServiceChannel.CRM, lead_id, key=f"crm:{key}", content=order, now=now):
        await _work_off(conn, queue, ServiceChannel.CRM)


async def tell_crm_later(conn: Connection, lead_id: UUID, key: str, now: datetime) -> None:
    """Like `tell_crm`, but in a while and without a job of its own: the sweep finds it. Costs a turn no round trip."""
    order = CrmOrder(order="sync")
    later = now + CALM
    await dispatches.put(conn, ServiceChannel.CRM, lead_id, key=f"crm:{key}", content=order, now=now, not_before=later)


async def write_email(  # noqa: PLR0917 - what every caller gives
    conn: Connection,
    queue: Queue,
    lead_id: UUID,
    template: str,
    key: str,
    now: datetime,
    not_before: datetime | None = None,
    **variables: Any,
) -> None:
    """Write an e-mail to the lead. The same `key` again changes nothing.

    `template` is a name below `prompts/email/`, such as "receipt"; `variables` are plain JSON. Two are understood:
    `payment` (a payment's id as text: course, amount, currency, date and reference are read from its row) and `to` (an
    address for when the lead has told none, such as the one that the payment's provider was given). All others go to
    the template as they are, beside what each template gets (docs/services.md). A template that is not listed as
    transactional in `prompts/email/sequences.toml` is only sent with consent to marketing.
    """
    letter = Letter(template=template, variables=variables)
    added = await dispatches.add(
        conn, ServiceChannel.EMAIL, lead_id, key=f"email:{key}", content=letter, now=now, not_before=not_before
    )
    if added and (not_before is None or not_before <= now):
        await _work_off(conn, queue, ServiceChannel.EMAIL)


async def forget_in_crm(conn: Connection, lead_id: UUID, now: datetime) -> None:
    """Order the CRM to forget a lead, if it may know them. To be called before the lead's rows are deleted.

    It waits until whatever is being told of them right now is over, so that nothing comes after it.
    """
    order = CrmOrder(order="erase", external_id=str(lead_id))
    await dispatches.add_erasure(conn, lead_id, order, now, not_before=now + SETTLED)


async def _work_off(conn: Connection, queue: Queue, channel: ServiceChannel) -> None:
    """One job a service at a time works off all there is, however many were asked for."""
    await queue.defer(conn, Job.DISPATCH, lock=f"dispatch:{channel.value}", channel=channel.value)
