"""What the desk says to an advisor: a template, on their own clock, as a row of the outbox keyed by their update."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from agent.voice import label_of
from channels.telegram import CHANNEL
from channels.telegram.inputs import Arrival
from core.db import outbox
from core.db.outbox import OutboxDraft
from core.db.pool import Connection
from core.domain.duty_hours import DutyHours
from core.domain.messages import Button, Outgoing
from core.prompts.prompt_set import PromptSet
from core.world.notices import localised


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who sits at the desk. `id` is None in a chat that is known by settings only."""

    id: int | None
    name: str
    hours: DutyHours = field(default_factory=DutyHours)


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that an advisor did, and the transaction in which it is answered."""

    conn: Connection
    speaker: Speaker
    arrival: Arrival
    now: datetime

    @property
    def key(self) -> str:
        """Names this update among the keys of the outbox and of events."""
        return f"desk:{self.arrival.update_id}"


@dataclass(frozen=True, slots=True)
class DeskVoice:
    """Answers advisors."""

    prompts: Callable[[], PromptSet]

    async def tell(
        self,
        asked: Asked,
        template: str,
        buttons: Sequence[Button] = (),
        about: int | None = None,
        lead: UUID | None = None,
        **variables: object,
    ) -> None:
        """Answer with a template below `messages/`. Whoever replies to it speaks in hand-off `about`, or to `lead`."""
        prompts = self.prompts()
        text = prompts.render(f"messages/{template}", **localised(variables, asked.speaker.hours))
        draft = OutboxDraft(
            key=f"{asked.key}:0",
            channel=CHANNEL,
            chat=asked.arrival.chat,
            turn_id=asked.key,
            message=Outgoing(text=text, buttons=tuple(buttons)),
            lead_id=lead,
            prompt_hash=prompts.hash,
            about_handoff=about,
        )
        await outbox.add(asked.conn, [draft], asked.now)

    def button(self, action: str, *about: object) -> Button:
        """A button of the desk ("desk.take") about something; its label stands in `prompts/buttons.json`."""
        return Button(label=label_of(self.prompts(), action) or action, action=".".join([action, *map(str, about)]))
