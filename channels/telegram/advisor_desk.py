"""The advisor's side: replies to notices go to prospects, and commands show leads, give chats back, note absences.

Everything happens on the connection, and in the transaction, that stores the update; every write carries the update's
number in its key, so the same update again changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels.telegram.demo_marks import DemoMarks
from channels.telegram.desk_commands import DeskCommands
from channels.telegram.desk_voice import Asked, DeskVoice, Speaker
from channels.telegram.inputs import Arrival
from channels.telegram.relay import Relay
from channels.telegram.star_refunds import StarRefunds
from core.db import advisors
from core.db.pool import Connection
from core.domain.messages import InputKind
from core.integrations.queue import Queue
from core.prompts.prompt_set import PromptSet

__all__ = ["AdvisorDesk", "Speaker"]


@dataclass(frozen=True, slots=True)
class AdvisorDesk:
    """`configured` is the chat of the setting ADVISOR_CHAT; `limit` is how long an advisor may be idle; `queue` is what
    follow-ups of a missed demonstration and refunds need.
    """

    prompts: Callable[[], PromptSet]
    limit: timedelta
    configured: str | None = None
    queue: Queue | None = None

    async def speaker(self, conn: Connection, arrival: Arrival) -> Speaker | None:
        """The advisor whose chat this is, or None when it is nobody's."""
        advisor = await advisors.by_chat(conn, arrival.chat)
        if advisor:
            return Speaker(advisor.id, advisor.name, advisor.hours)
        return Speaker(None, arrival.sender) if arrival.chat == self.configured else None

    async def hear(self, conn: Connection, speaker: Speaker, arrival: Arrival, now: datetime) -> bool:
        """Obey, relay, or explain. False for talk in a group of advisors that is not meant for Brenda."""
        asked, voice = Asked(conn, speaker, arrival, now), DeskVoice(self.prompts)
        relay = Relay(voice, self.limit)
        marks = DemoMarks(voice, self.queue) if self.queue else None
        refunds = StarRefunds(voice, self.queue) if self.queue else None
        if await DeskCommands(voice, relay, marks, refunds).obey(asked) or await relay.pass_on(asked):
            return True
        if not arrival.private and (not arrival.addressed or arrival.input.kind is InputKind.BUTTON):
            return False
        await voice.tell(asked, "handoff/usage")
        return True
