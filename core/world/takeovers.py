"""Taking a chat: an advisor speaks to a lead, who asked for it or not, and Brenda makes room.

While the lead's chat is with the advisors already, words go straight to the outbox. Otherwise they go through the
lead's inbox: the turn that takes them tells the person first that a human writes from now on, and comes after whatever
Brenda is about to say, so that she never talks over the human.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from core.db import advisor_chats, handoffs, outbox, people
from core.db.outbox import OutboxDraft
from core.db.pool import Connection
from core.domain.funnel import Stage
from core.domain.messages import Input, InputKind, Outgoing
from core.domain.people import ConsentKind, Lead
from core.domain.promises import Handoff, HandoffStatus
from core.prompts.prompt_set import PromptSet
from core.world.arrivals import arrive

TAKE, HAND_BACK, UNANSWERED = "take", "devolver", "unanswered"
"""Actions of the inputs by which the desk reaches a lead's inbox."""


class Refusal(StrEnum):
    """Why an advisor's words are not passed on."""

    OVER = "over"
    GONE = "gone"
    OPTED_OUT = "opted_out"
    BLOCKED = "blocked"
    NO_CONSENT = "no_consent"


@dataclass(frozen=True, slots=True)
class Words:
    """What an advisor says to a lead. `key` names it: the same key is said once. `text` may be empty: they take over.

    `advisor_id` is None in a chat that is known by settings only.
    """

    advisor_id: int | None
    advisor_name: str
    text: str
    key: str


@dataclass(frozen=True, slots=True)
class Taken:
    """The hand-off as it is now. `first` is whether the advisors had not answered in it before."""

    handoff: Handoff
    first: bool


@dataclass(frozen=True, slots=True)
class Takeover:
    """What advisors do with a chat, in the connection's transaction. `limit`: how long one who has it may be idle."""

    conn: Connection
    prompts: PromptSet
    now: datetime
    limit: timedelta

    async def speak(self, about: Handoff | UUID, words: Words) -> Taken | Refusal:
        """Pass an advisor's words on, in a hand-off, or to a lead who is handed over by this."""
        lead = await people.by_id(self.conn, about if isinstance(about, UUID) else about.lead_id)
        if lead is None:
            return Refusal.GONE
        found = about if isinstance(about, Handoff) else await handoffs.current(self.conn, lead.id)
        if refusal := _refusal(lead, found):
            return refusal
        handoff = found or await self._opened(lead, words)
        taken = await handoffs.take(self.conn, handoff.id, words.advisor_id, self.now, self.limit)
        if taken is None:
            return Refusal.OVER
        if lead.stage is Stage.HANDOFF:
            await self._say(lead, words)
        else:
            data = {"handoff": taken.id, "advisor": words.advisor_name}
            given = Input(kind=InputKind.ADVISOR, action=TAKE, text=words.text, data=data)
            await arrive(self.conn, lead, words.key, given, now=self.now)
        return Taken(taken, first=handoff.status is not HandoffStatus.TAKEN)

    async def give_back(self, handoff: Handoff) -> bool:
        """Give the chat back to Brenda; False when it was back already. One that nobody took ends with the truth."""
        lead = await people.by_id(self.conn, handoff.lead_id)
        if lead is None or handoff.is_over:
            return False
        action = HAND_BACK
        if handoff.status is HandoffStatus.WAITING:
            action = UNANSWERED
            await handoffs.give_back(self.conn, handoff.id, self.now)
        # The deadline's input has the same number: a hand-off comes back once, by whichever is first.
        given = Input(kind=InputKind.ADVISOR, action=action, data={"handoff": handoff.id})
        await arrive(self.conn, lead, f"handback:{handoff.id}", given, now=self.now)
        return True

    async def _opened(self, lead: Lead, words: Words) -> Handoff:
        """A hand-off that nobody asked for: an advisor begins it."""
        return await handoffs.open_handoff(
            self.conn,
            key=words.key,
            turn_id=words.key,
            lead_id=lead.id,
            reason="",
            summary="",
            now=self.now,
            limit=self.limit,
        )

    async def _say(self, lead: Lead, words: Words) -> None:
        if not words.text:
            return
        if not await advisor_chats.record_words(self.conn, lead.id, words.key, words.text, self.now):
            return
        prompts = self.prompts
        said = prompts.render("messages/handoff/advisor_says", advisor_name=words.advisor_name, text=words.text)
        draft = OutboxDraft(
            key=f"{words.key}:0",
            channel=lead.channel,
            chat=lead.chat,
            turn_id=words.key,
            message=Outgoing(text=said),
            lead_id=lead.id,
            prompt_hash=prompts.hash,
        )
        await outbox.add(self.conn, [draft], self.now)


def _refusal(lead: Lead, found: Handoff | None) -> Refusal | None:
    """Who left is not written to; who never agreed to anything only if they asked for a human."""
    if found is not None and found.is_over:
        return Refusal.OVER
    if lead.stage is Stage.OPTED_OUT:
        return Refusal.OPTED_OUT
    if lead.blocked:
        return Refusal.BLOCKED
    return None if found or ConsentKind.TALK in lead.consents else Refusal.NO_CONSENT
