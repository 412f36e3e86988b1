"""The advisor's side: a reply to a notice goes to the prospect, `/devolver` gives the chat back to Brenda.

Everything happens on the connection, and in the transaction, that stores the update; every write carries the update's
number in its key, so the same update again changes nothing. Handing back moves no stage: it puts an input into the
prospect's inbox like anything else that reaches them, and their next turn does the rest.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels.telegram import CHANNEL
from channels.telegram.inputs import Arrival
from core.db import advisor_chats, advisors, handoffs, inbox, outbox
from core.db.advisor_chats import Announced
from core.db.outbox import OutboxDraft
from core.db.pool import Connection
from core.domain.messages import Input, InputKind, Outgoing
from core.domain.promises import Handoff, HandoffStatus
from core.prompts.prompt_set import PromptSet

HAND_BACK = "devolver"
"""The command, the button's action and the action of the input that reaches the prospect's inbox."""

QueueTurn = Callable[[Connection, str, str], Awaitable[None]]
"""Defers a turn for (channel, chat) in the transaction of the given connection."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who sits at the desk. `id` is None in a chat that is known by settings only."""

    id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class AdvisorDesk:
    """`configured` is the chat of the setting ADVISOR_CHAT; `limit` is how long an advisor may be idle."""

    prompts: Callable[[], PromptSet]
    queue_turn: QueueTurn
    limit: timedelta
    configured: str | None = None

    async def speaker(self, conn: Connection, arrival: Arrival) -> Speaker | None:
        """The advisor whose chat this is, or None when it is nobody's."""
        advisor = await advisors.by_chat(conn, arrival.chat)
        if advisor:
            return Speaker(advisor.id, advisor.name)
        return Speaker(None, arrival.sender) if arrival.chat == self.configured else None

    async def hear(self, conn: Connection, speaker: Speaker, arrival: Arrival, now: datetime) -> None:
        """Relay, hand back, or explain. In a group of advisors, talk that is not meant for Brenda is left alone."""
        if arrival.input.action == HAND_BACK:
            await self._hand_back(conn, speaker, arrival, now)
        elif handoff := await self._answered(conn, arrival):
            await self._relay(conn, speaker, handoff, arrival, now)
        elif arrival.private or (arrival.addressed and arrival.input.kind is not InputKind.BUTTON):
            await self._tell(conn, arrival, "usage", now)

    async def _answered(self, conn: Connection, arrival: Arrival) -> Handoff | None:
        """The hand-off that these words answer. Only new text can be passed on."""
        if arrival.reply_to is None or arrival.input.kind is not InputKind.TEXT:
            return None
        return await handoffs.by_notice(conn, CHANNEL, arrival.chat, arrival.reply_to)

    async def _relay(
        self, conn: Connection, speaker: Speaker, handoff: Handoff, arrival: Arrival, now: datetime
    ) -> None:
        taken = await handoffs.take(conn, handoff.id, speaker.id, now, self.limit)
        to = await advisor_chats.recipient(conn, handoff.lead_id)
        if taken is None or to is None:
            await self._tell(conn, arrival, "no_open", now)
            return
        turn_id = f"advisor:{arrival.update_id}"
        if not await advisor_chats.record_words(conn, to.lead_id, turn_id, arrival.input.text, now):
            return
        prompts = self.prompts()
        words = prompts.render("messages/handoff/advisor_says", advisor_name=speaker.name, text=arrival.input.text)
        draft = OutboxDraft(
            key=f"{turn_id}:0",
            channel=to.channel,
            chat=to.chat,
            turn_id=turn_id,
            message=Outgoing(text=words),
            lead_id=to.lead_id,
            prompt_hash=prompts.hash,
        )
        await outbox.add(conn, [draft], now)
        if handoff.status is HandoffStatus.OPEN:
            await self._tell(conn, arrival, "taken", now, about=handoff.id)

    async def _hand_back(self, conn: Connection, speaker: Speaker, arrival: Arrival, now: datetime) -> None:
        handoff = await self._meant(conn, speaker, arrival)
        if handoff is None:
            await self._tell(conn, arrival, "usage", now)
            return
        to = await advisor_chats.recipient(conn, handoff.lead_id)
        if handoff.is_over or to is None:
            await self._tell(conn, arrival, "no_open", now)
            return
        # The deadline's input has the same number: a hand-off comes back once, by whichever is first.
        number = inbox.world_id(f"handback:{handoff.id}")
        given = Input(kind=InputKind.ADVISOR, action=HAND_BACK, data={"handoff": handoff.id})
        if await inbox.store(conn, to.channel, number, to.chat, given, now=now):
            await self.queue_turn(conn, to.channel, to.chat)
        await self._tell(conn, arrival, "handed_back", now)

    async def _meant(self, conn: Connection, speaker: Speaker, arrival: Arrival) -> Handoff | None:
        """The hand-off that was replied to, else the only one that can be meant."""
        if arrival.reply_to and (found := await handoffs.by_notice(conn, CHANNEL, arrival.chat, arrival.reply_to)):
            return found
        only = _only(await advisor_chats.announced(conn, CHANNEL, arrival.chat), speaker.id)
        return await handoffs.by_id(conn, only) if only else None

    async def _tell(
        self, conn: Connection, arrival: Arrival, name: str, now: datetime, about: int | None = None
    ) -> None:
        """A word to the advisor. A confirmation for which the prompts have no template stays unsaid."""
        prompts, template = self.prompts(), f"messages/handoff/{name}"
        if not prompts.has(template):
            return
        turn_id = f"desk:{arrival.update_id}"
        draft = OutboxDraft(
            key=f"{turn_id}:0",
            channel=CHANNEL,
            chat=arrival.chat,
            turn_id=turn_id,
            message=Outgoing(text=prompts.render(template)),
            prompt_hash=prompts.hash,
            about_handoff=about,
        )
        await outbox.add(conn, [draft], now)


def _only(open_ones: list[Announced], speaker: int | None) -> int | None:
    """The one hand-off that this speaker took, else the only one that nobody else took."""
    free = [one for one in open_ones if one.advisor_id in (None, speaker)]
    mine = [one for one in free if one.status is HandoffStatus.TAKEN]
    for candidates in (mine, free):
        if len(candidates) == 1:
            return candidates[0].id
    return None
