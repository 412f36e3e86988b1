"""Receiving: one update is stored and its chat's turn is queued, by one statement. Nothing else happens here.

Whoever calls `receive` may acknowledge the update once it returns, and must not when it raises. The same update twice
is one input. What a group says, what an advisor says and who shut the bot out is settled in one transaction. An update
with which nothing is done is noted by its kind, and nothing that it said is kept.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg
import structlog
from aiogram.types import Update

from channels.telegram import CHANNEL
from channels.telegram.advisor_desk import AdvisorDesk
from channels.telegram.callbacks import ButtonSigner
from channels.telegram.inputs import Arrival, Identity, Membership, kind_of, read_update
from channels.telegram.stars import StarsCounter, read_stars
from core.db import blocks, outbox, webhook_events
from core.db.outbox import OutboxDraft
from core.db.pool import Connection, Pool
from core.domain.clock import Clock
from core.domain.messages import Outgoing
from core.errors import DatabaseUnavailableError
from core.world.arrivals import receive

log = structlog.get_logger(__name__)

NOTHING_TO_DO = "nothing is done with it"


@dataclass(frozen=True, slots=True)
class Receiver:
    """`answer_callback` takes the id of a pressed button and must not block; `stored` is called after each commit."""

    pool: Pool
    me: Identity
    signer: ButtonSigner
    desk: AdvisorDesk
    clock: Clock
    answer_callback: Callable[[str], None]
    stored: Callable[[], None]
    stars: StarsCounter | None = None

    async def receive(self, update: Update) -> None:
        """Store an update.

        Raises:
            DatabaseUnavailableError: it is not stored and must come again.
        """
        money = read_stars(update) if self.stars else None
        event = read_update(update, self.me, self.signer)
        async with _waiting(update.update_id):
            if self.stars and money:
                await self.stars.take(money)
            elif not await self._kept(event):
                await self.put_aside(update.update_id, kind_of(update), NOTHING_TO_DO)
                return
        self.stored()
        if isinstance(event, Arrival) and event.callback_id:
            self.answer_callback(event.callback_id)

    async def put_aside(self, update_id: int, kind: str, reason: str) -> None:
        """Note an update with which nothing is done, and why; nothing that it said is kept.

        Raises:
            DatabaseUnavailableError: it is not noted and must come again.
        """
        async with _waiting(update_id), self.pool.connection() as conn:
            await webhook_events.put_aside(conn, CHANNEL, str(update_id), kind, error=reason, now=self.clock())

    async def _kept(self, event: Arrival | Membership | None) -> bool:
        """Store what happened; False when there is nothing to do with it."""
        if event is None:
            return False
        async with self.pool.connection() as conn:
            return await self._keep(conn, event, self.clock())

    async def _keep(self, conn: Connection, event: Arrival | Membership, now: datetime) -> bool:
        speaker = await self.desk.speaker(conn, event) if isinstance(event, Arrival) else None
        if isinstance(event, Arrival) and event.private and speaker is None:
            await receive(conn, CHANNEL, event.update_id, event.chat, event.input, now=now)
            return True
        async with conn.transaction():
            if isinstance(event, Membership):
                await self._keep_membership(conn, event, now)
            elif speaker:
                return await self.desk.hear(conn, speaker, event, now)
            elif event.addressed:
                await self._answer_group(conn, event, now)
            else:
                return False
        return True

    async def _keep_membership(self, conn: Connection, change: Membership, now: datetime) -> None:
        if change.blocked:
            await blocks.block(conn, CHANNEL, change.chat, now)
        else:
            await blocks.unblock(conn, CHANNEL, change.chat)

    async def _answer_group(self, conn: Connection, arrival: Arrival, now: datetime) -> None:
        """Once an hour a group is told where Brenda can be talked to: the hour is the key of the outbox row."""
        prompts = self.desk.prompts()
        key = f"group:{arrival.chat}:{now:%Y-%m-%dT%H}"
        text = prompts.render("messages/input/group", bot_username=self.me.username)
        draft = OutboxDraft(key, CHANNEL, arrival.chat, key, Outgoing(text=text), prompt_hash=prompts.hash)
        await outbox.add(conn, [draft], now)


@asynccontextmanager
async def _waiting(update_id: int) -> AsyncIterator[None]:
    """What fails because the database is away is named so: the update must come again."""
    try:
        yield
    except Exception as error:
        if is_outage(error):
            raise DatabaseUnavailableError(f"Update {update_id} is not stored yet.") from error
        raise


def is_outage(error: BaseException | None) -> bool:
    """Whether an error means that the database is away, be it wrapped by whoever queued the turn."""
    while error is not None:
        if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | DatabaseUnavailableError):
            return True
        error = error.__cause__ or error.__context__
    return False
