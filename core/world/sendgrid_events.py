"""What SendGrid tells about e-mails: an address that bounces or complains gets no more, and the rest is an event.

An event names the e-mail by the outbox row's id, which we gave along. Nothing that it brings is kept but its kind: the
address, the network address and the browser are struck from the stored webhook event once it is done.
"""

from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from core.db import suppressions
from core.db.pool import Connection
from core.db.webhook_events import StoredEvent
from core.domain.clock import Clock
from core.domain.plain_text import email_address

STOPS = frozenset({"bounce", "dropped", "spamreport", "unsubscribe", "group_unsubscribe"})
"""After one of these nothing more is sent to the address."""
NOTED = {"delivered": "email_delivered", "open": "email_opened", "click": "email_clicked", "deferred": ""}
"""What is kept of the others, as our event's kind; "" is known and not kept."""
_KEPT = ("sg_event_id", "sg_message_id", "event", "timestamp", "outbox", "type", "machine_open")

_NOTE = """
    insert into events (lead_id, kind, payload, key, at)
    select lead_id, %(kind)s, jsonb_build_object('outbox', id, 'template', message->>'template'), %(key)s, %(at)s
    from outbox where id = %(outbox)s and channel = 'email' and lead_id is not null
    on conflict (key) do nothing
"""


class SendGridEvents:
    """The handler of SendGrid's events."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, conn: Connection, event: StoredEvent) -> bool:
        """Do what an event asks for; False when its kind is unknown."""
        known = event.kind in STOPS or event.kind in NOTED
        if known:
            await self._handle(conn, event)
        await _strip(conn, event)
        return known

    async def _handle(self, conn: Connection, event: StoredEvent) -> None:
        now, address = self._clock(), email_address(str(event.payload.get("email", "")))
        kind = NOTED.get(event.kind, "email_stopped" if event.kind in STOPS else "")
        if event.kind in STOPS and not _is_passing(event):
            if address:
                await suppressions.suppress(conn, address, event.kind, now)
        elif event.kind in STOPS:
            kind = ""
        if kind and not _by_machine(event):
            await _note(conn, event, kind, now)


def _is_passing(event: StoredEvent) -> bool:
    """A bounce of the type "blocked" is about the moment or the sender, not about the address."""
    return event.kind == "bounce" and event.payload.get("type") == "blocked"


def _by_machine(event: StoredEvent) -> bool:
    """A mail program that loads everything beforehand has opened nothing."""
    return event.kind == "open" and event.payload.get("sg_machine_open") is True


async def _note(conn: Connection, event: StoredEvent, kind: str, now: datetime) -> None:
    reference = str(event.payload.get("outbox", ""))
    if not (reference.isascii() and reference.isdigit() and len(reference) < 19):
        return
    given = {"kind": kind, "key": f"sendgrid:{event.event_id}", "at": now, "outbox": int(reference)}
    await conn.execute(_NOTE, given)


async def _strip(conn: Connection, event: StoredEvent) -> None:
    kept: dict[str, Any] = {name: event.payload[name] for name in _KEPT if name in event.payload}
    await conn.execute("update webhook_events set payload = %s where id = %s", (Jsonb(kept), event.id))
