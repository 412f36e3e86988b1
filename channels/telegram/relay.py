"""Between an advisor and a prospect: a reply to a notice is passed on, a chat is taken, and given back.

Handing back moves no stage: it puts an input into the prospect's inbox like anything else that reaches them, and their
next turn does the rest.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from channels.telegram import CHANNEL
from channels.telegram.desk_voice import Asked, DeskVoice
from core.db import advisor_chats, handoffs
from core.db.advisor_chats import Announced
from core.domain.messages import InputKind
from core.domain.promises import Handoff, HandoffStatus
from core.world.takeovers import Refusal, Takeover, Words


@dataclass(frozen=True, slots=True)
class Relay:
    """`limit` is how long an advisor who has a chat may be idle."""

    voice: DeskVoice
    limit: timedelta

    async def pass_on(self, asked: Asked) -> bool:
        """Pass on what answers a notice; False when it answers none. Only new text can be passed on."""
        reply_to = asked.arrival.reply_to
        if reply_to is None or asked.arrival.input.kind is not InputKind.TEXT:
            return False
        about = await self._about(asked, reply_to)
        if about is None:
            return False
        await self._speak(asked, about, asked.arrival.input.text)
        return True

    async def take(self, asked: Asked, lead_id: UUID) -> None:
        """Take a lead's chat without words; the person is told that a human writes from now on."""
        await self._speak(asked, lead_id, "")

    async def hand_back(self, asked: Asked, _: str = "") -> None:
        """Give back the chat that was replied to, else the only one that can be meant."""
        handoff = await self._meant(asked)
        if handoff is None:
            await self.voice.tell(asked, "handoff/usage")
        else:
            await self._give_back(asked, handoff)

    async def hand_back_one(self, asked: Asked, handoff_id: int | None) -> None:
        """Give back this one, if it is still under way."""
        handoff = await handoffs.by_id(asked.conn, handoff_id) if handoff_id else None
        if handoff is None:
            await self.voice.tell(asked, "handoff/no_open")
        else:
            await self._give_back(asked, handoff)

    async def _give_back(self, asked: Asked, handoff: Handoff) -> None:
        given = await self._takeover(asked).give_back(handoff)
        await self.voice.tell(asked, "handoff/handed_back" if given else "handoff/no_open")

    async def _speak(self, asked: Asked, about: Handoff | UUID, text: str) -> None:
        speaker = asked.speaker
        words = Words(speaker.id, speaker.name, text, key=f"advisor:{asked.arrival.update_id}")
        done = await self._takeover(asked).speak(about, words)
        if isinstance(done, Refusal):
            template = "handoff/no_open" if done in (Refusal.OVER, Refusal.GONE) else "desk/refused"
            await self.voice.tell(asked, template, reason=done.value)
        elif done.first or not text:
            await self.voice.tell(asked, "handoff/taken", about=done.handoff.id)

    def _takeover(self, asked: Asked) -> Takeover:
        return Takeover(asked.conn, self.voice.prompts(), asked.now, self.limit)

    async def _about(self, asked: Asked, reply_to: str) -> Handoff | UUID | None:
        """What a message in the advisor's chat was about: a hand-off, or a lead."""
        noticed = await advisor_chats.noticed(asked.conn, CHANNEL, asked.arrival.chat, reply_to)
        if noticed is None:
            return None
        if noticed.handoff_id is not None:
            return await handoffs.by_id(asked.conn, noticed.handoff_id)
        return noticed.lead_id

    async def _meant(self, asked: Asked) -> Handoff | None:
        chat, reply_to = asked.arrival.chat, asked.arrival.reply_to
        about = await self._about(asked, reply_to) if reply_to else None
        if isinstance(about, UUID):
            about = await handoffs.current(asked.conn, about)
        if about:
            return about
        only = _only(await advisor_chats.announced(asked.conn, CHANNEL, chat), asked.speaker.id)
        return await handoffs.by_id(asked.conn, only) if only else None


def _only(open_ones: list[Announced], speaker: int | None) -> int | None:
    """The one hand-off that this speaker took, else the only one that nobody else took."""
    free = [one for one in open_ones if one.advisor_id in (None, speaker)]
    mine = [one for one in free if one.status is HandoffStatus.TAKEN]
    for candidates in (mine, free):
        if len(candidates) == 1:
            return candidates[0].id
    return None
