"""Hosts that are not there for what was booked with them: the advisors are told, once a booking.

A host may be switched off, given an absence, or say /ausente as an advisor, after somebody booked. The booking stands,
because only people can say who gives the demonstration instead; so people must know.
"""

from datetime import datetime

from core.db import bookings, courses, events
from core.db.pool import Pool
from core.domain.bookings import Booking
from core.prompts.prompt_set import PromptSet
from core.world.notices import Notice, NoticeKind, notify

EVENT = "demo_without_host"


async def look(pool: Pool, prompts: PromptSet, samples: bool, now: datetime) -> bool:
    """Tell of each booking whose host is not there; whether there was any."""
    async with pool.connection() as conn:
        found = await bookings.without_host(conn, now)
    for booking in found:
        await _tell(pool, prompts, booking, samples, now)
    return bool(found)


async def _tell(pool: Pool, prompts: PromptSet, booking: Booking, samples: bool, now: datetime) -> None:
    key = f"{EVENT}:{booking.id}"
    async with pool.connection() as conn, conn.transaction():
        if not await events.note(conn, booking.lead_id, EVENT, {"booking": str(booking.id)}, key=key, now=now):
            return
        course = await courses.by_id(conn, booking.course_id, samples)
        given = {
            "course_name": course.name if course else "",
            "starts_at": booking.starts_at,
            "host": booking.host_name,
        }
        notice = Notice(NoticeKind.BOOKING, booking.lead_id, "booking_without_host", given, key)
        await notify(conn, prompts, notice, now)
