"""Receiving: one update is stored and its chat's turn is queued, in one transaction. Nothing else happens here.

Whoever calls `receive` may acknowledge the update once it returns, and must not when it raises. The same update twice
is one input. What a group says, what an advisor says and who shut the bot out is settled in the same transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import psycopg
import structlog
from aiogram.types import Update

from channels.telegram import CHANNEL
from channels.telegram.advisor_desk import AdvisorDesk, QueueTurn
from channels.telegram.callbacks import ButtonSigner
from channels.telegram.inputs import Arrival, Identity, Membership, read_update
from core.db import blocks, inbox, outbox
from core.db.outbox import OutboxDraft
from core.db.pool import Connection, Pool
from core.domain.clock import Clock
from core.domain.messages import InputKind, Outgoing
from core.errors import DatabaseUnavailableError

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Receiver:
    """`answer_callback` takes the id of a pressed button and must not block; `stored` is called after each commit."""

    pool: Pool
    me: Identity
    signer: ButtonSigner
    desk: AdvisorDesk
    queue_turn: QueueTurn
    clock: Clock
    answer_callback: Callable[[str], None]
    stored: Callable[[], None]

    async def receive(self, update: Update) -> None:
        """Store an update.

        Raises:
            DatabaseUnavailableError: it is not stored and must come again.
        """
        event = read_update(update, self.me, self.signer)
        if event is None:
            return
        try:
            async with self.pool.connection() as conn, conn.transaction():
                await self._keep(conn, event, self.clock())
        except Exception as error:
            if is_outage(error):
                raise DatabaseUnavailableError(f"Update {update.update_id} is not stored yet.") from error
            raise
        self.stored()
        if isinstance(event, Arrival) and event.callback_id:
            self.answer_callback(event.callback_id)

    async def _keep(self, conn: Connection, event: Arrival | Membership, now: datetime) -> None:
        if isinstance(event, Membership):
            await self._keep_membership(conn, event, now)
        elif speaker := await self.desk.speaker(conn, event):
            await self.desk.hear(conn, speaker, event, now)
        elif event.private:
            await self._keep_input(conn, event, now)
        elif event.addressed:
            await self._answer_group(conn, event, now)

    async def _keep_input(self, conn: Connection, arrival: Arrival, now: datetime) -> None:
        if await inbox.store(conn, CHANNEL, arrival.update_id, arrival.chat, arrival.input, now=now):
            # Whoever writes again has opened the chat again, whatever order the updates came in.
            if arrival.input.kind is not InputKind.EDITED:
                await blocks.unblock(conn, CHANNEL, arrival.chat)
            await self.queue_turn(conn, CHANNEL, arrival.chat)

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


def is_outage(error: BaseException | None) -> bool:
    """Whether an error means that the database is away, be it wrapped by whoever queued the turn."""
    while error is not None:
        if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | DatabaseUnavailableError):
            return True
        error = error.__cause__ or error.__context__
    return False
