"""The commands of the advisors' desk: the list of leads, one lead's card, absence, help; and the buttons under them.

A lead is called by a short number. Whoever looks at a card leaves an event with the lead, so that people can be told
who has seen their data.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from channels.telegram import CHANNEL
from channels.telegram.absence_end import absence_end
from channels.telegram.demo_marks import NUMBERED as MARKED
from channels.telegram.demo_marks import DemoMarks
from channels.telegram.desk_voice import Asked, DeskVoice
from channels.telegram.relay import Relay
from channels.telegram.star_refunds import StarRefunds
from core.db import advisor_chats, advisors, bookings, events, lead_cards
from core.domain.lead_card import CardScore, LeadCard, QueuedLead
from core.domain.messages import Button, InputKind
from core.domain.promises import HandoffStatus
from core.learning.predictor import predict
from core.world.next_action import next_action, situation_of

RECENT = timedelta(days=14)
"""Who has been silent for longer is not in the list, unless an advisor has them or they wait for one."""
MOST_CONTRIBUTIONS = 5
MOST_DEMOS = 20
_NUMBERED = re.compile(r"(lead|leads|reembolsar)_(\d{1,9})")
_NUMBER = re.compile(r"#?(\d{1,9})")

Answer = Callable[[Asked, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class DeskCommands:
    """Answers commands and the desk's buttons; without `marks` nobody can say how a demonstration went,
    and without `refunds` nobody can give Stars back.
    """

    voice: DeskVoice
    relay: Relay
    marks: DemoMarks | None = None
    refunds: StarRefunds | None = None

    async def obey(self, asked: Asked) -> bool:
        """Carry out a command or a button of the desk; False when it is none."""
        given = asked.arrival.input
        if given.kind is InputKind.BUTTON:
            name, argument = _pressed(given.action)
        elif given.kind is InputKind.COMMAND:
            name, argument = _typed(given.action, given.text)
        else:
            return False
        answer = self._answers().get(name)
        if answer is None:
            return False
        await answer(asked, argument)
        return True

    def _answers(self) -> Mapping[str, Answer]:
        marks = {"realizada": self.marks.held, "inasistencia": self.marks.missed} if self.marks else {}
        refunds = {"reembolsar": self._refund, "refund": self.refunds.order} if self.refunds else {}
        return (
            marks
            | refunds
            | {
                "leads": self._list,
                "lead": self._card,
                "ausente": self._leave,
                "presente": self._return,
                "ayuda": self._help,
                "devolver": self.relay.hand_back,
                "take": self._take,
                "back": self._back,
            }
        )

    async def _help(self, asked: Asked, _: str) -> None:
        await self.voice.tell(asked, "desk/help")

    async def _list(self, asked: Asked, argument: str) -> None:
        page = int(argument) - 1 if re.fullmatch(r"[1-9]\d{0,3}", argument) else 0
        shown, more = await lead_cards.queue(asked.conn, CHANNEL, asked.now - RECENT, page)
        buttons = [Button(label=_label(lead), action=f"desk.lead.{lead.number}") for lead in shown]
        if page:
            buttons.append(self.voice.button("desk.previous", page))
        if more:
            buttons.append(self.voice.button("desk.more", page + 2))
        leads = [lead.model_dump(mode="python") for lead in shown]
        await self.voice.tell(asked, "desk/leads", buttons, leads=leads, page=page + 1)

    async def _card(self, asked: Asked, argument: str) -> None:
        card = await self._found(asked, argument)
        if card is None:
            return
        seen_by = {"advisor": asked.speaker.name, "advisor_id": asked.speaker.id}
        await events.note(asked.conn, card.id, "advisor_viewed", seen_by, key=f"{asked.key}:viewed", now=asked.now)
        await self.voice.tell(
            asked,
            "desk/card",
            self._buttons(card),
            about=card.handoff.id if card.handoff else None,
            lead=card.id,
            card=card.model_dump(mode="python"),
            action=next_action(situation_of(card, asked.now)).value,
            contributions=contributions(card.score),
        )

    def _buttons(self, card: LeadCard) -> list[Button]:
        status = card.handoff.status if card.handoff else None
        found = [self.voice.button("desk.take", card.number)] if status is not HandoffStatus.TAKEN else []
        return [*found, self.voice.button("desk.back", card.number)] if status else found

    async def _found(self, asked: Asked, argument: str) -> LeadCard | None:
        """The lead of this number; when there is none the advisor is told how to name one."""
        number = _NUMBER.fullmatch(argument.strip())
        lead_id = await lead_cards.by_number(asked.conn, int(number[1])) if number else None
        card = await lead_cards.load(asked.conn, lead_id) if lead_id else None
        if card is None or card.channel != CHANNEL:
            await self.voice.tell(asked, "desk/no_lead", number=number[1] if number else "")
            return None
        return card

    async def _take(self, asked: Asked, argument: str) -> None:
        if card := await self._found(asked, argument):
            await self.relay.take(asked, card.id)

    async def _back(self, asked: Asked, argument: str) -> None:
        if card := await self._found(asked, argument):
            await self.relay.hand_back_one(asked, card.handoff.id if card.handoff else None)

    async def _refund(self, asked: Asked, argument: str) -> None:
        if self.refunds and (card := await self._found(asked, argument)):
            await self.refunds.ask(asked, card.id)

    async def _leave(self, asked: Asked, argument: str) -> None:
        if asked.speaker.id is None:
            await self.voice.tell(asked, "desk/always_on_duty")
            return
        try:
            until = absence_end(argument, asked.now, asked.speaker.hours.zone)
        except ValueError:
            await self.voice.tell(asked, "desk/absence_usage")
            return
        await advisors.set_absence(asked.conn, asked.speaker.id, asked.now, until)
        announced = await advisor_chats.announced(asked.conn, CHANNEL, asked.arrival.chat)
        mine = sum(one.advisor_id == asked.speaker.id for one in announced)
        waiting = await bookings.of_advisor(asked.conn, asked.speaker.id, asked.now, until)
        demos = [{"booking": each.number, "starts_at": each.starts_at} for each in waiting[:MOST_DEMOS]]
        await self.voice.tell(asked, "desk/absent", until=until, taken=mine, demos=demos)

    async def _return(self, asked: Asked, _: str) -> None:
        if asked.speaker.id is None:
            await self.voice.tell(asked, "desk/always_on_duty")
            return
        await advisors.set_absence(asked.conn, asked.speaker.id, None, None)
        hours = asked.speaker.hours.model_copy(update={"absent_since": None, "absent_until": None})
        opening = None if hours.on_duty(asked.now) else hours.next_opening(asked.now)
        await self.voice.tell(asked, "desk/present", on_duty=hours.on_duty(asked.now), opening=opening)


def _typed(action: str, text: str) -> tuple[str, str]:
    """A command and its argument; "/lead_12", which can be tapped, is "/lead 12"."""
    numbered = _NUMBERED.fullmatch(action) or MARKED.fullmatch(action)
    return (numbered[1], numbered[2]) if numbered else (action, text)


def _pressed(action: str) -> tuple[str, str]:
    """A button of the desk ("desk.lead.12") as a command and its argument."""
    room, _, rest = action.partition(".")
    name, _, argument = rest.partition(".")
    return {"more": "leads", "previous": "leads"}.get(name, name) if room == "desk" else "", argument


def _label(lead: QueuedLead) -> str:
    return f"{lead.number} · {lead.name}" if lead.name else str(lead.number)


def contributions(score: CardScore | None) -> list[dict[str, object]]:
    """What moved the score most, in log-odds, the strongest first; empty when a trained model gave it.

    Only the scorecard is a sum that can be taken apart.
    """
    if score is None or not score.predictor.startswith("scorecard"):
        return []
    found = sorted(predict(score.features).contributions.items(), key=lambda item: -abs(item[1]))
    return [{"feature": name, "points": points} for name, points in found[:MOST_CONTRIBUTIONS]]
