"""`/realizada_12` and `/inasistencia_12`: an advisor says how a demonstration went, and may correct it later."""

import re
from dataclasses import dataclass

from channels.telegram import CHANNEL
from channels.telegram.desk_voice import Asked, DeskVoice
from core.db import bookings, people
from core.domain.bookings import Booking
from core.integrations.queue import Queue
from core.world.bookings import mark

NUMBERED = re.compile(r"(realizada|inasistencia)_(\d{1,9})")
_NUMBER = re.compile(r"#?(\d{1,9})")


@dataclass(frozen=True, slots=True)
class DemoMarks:
    """Answers the two commands."""

    voice: DeskVoice
    queue: Queue

    async def held(self, asked: Asked, argument: str) -> None:
        """It took place."""
        await self._mark(asked, argument, held=True)

    async def missed(self, asked: Asked, argument: str) -> None:
        """Nobody came."""
        await self._mark(asked, argument, held=False)

    async def _mark(self, asked: Asked, argument: str, held: bool) -> None:
        found = await self._found(asked, argument)
        marked = await mark(asked.conn, self.queue, found.id, held, asked.now) if found else None
        if marked is None:
            await self.voice.tell(asked, "desk/demo_not_marked")
            return
        lead = await people.by_id(asked.conn, marked.lead_id)
        name = (lead.name if lead else None) or ""
        await self.voice.tell(asked, "desk/demo_marked", held=held, name=name, starts_at=marked.starts_at)

    async def _found(self, asked: Asked, argument: str) -> Booking | None:
        """The booking of this number, of somebody in this channel."""
        number = _NUMBER.fullmatch(argument.strip())
        booking = await bookings.by_number(asked.conn, int(number[1])) if number else None
        lead = await people.by_id(asked.conn, booking.lead_id) if booking else None
        return booking if lead and lead.channel == CHANNEL else None
