"""Demonstrations for tests: a host with hours, an invitation with its link, and what was written of its bookings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from core.db import demo_links, people
from core.db.pool import Pool
from core.domain.people import Lead
from core.domain.promises import DemoLink
from core.integrations.links import LinkPurpose, LinkSigner
from tests.worlds import insert, make_course, make_lead

MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""07:00 in Bogotá."""
TEN = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
"""Tuesday, 10:00 in Bogotá: the first free hour of `make_host` at MONDAY that is on another day."""
HALF = timedelta(minutes=30)
_numbers = count(1)


@dataclass(frozen=True)
class Invited:
    """Somebody with a link to the page."""

    lead: Lead
    link: DemoLink
    token: str

    @property
    def path(self) -> str:
        return f"/demo/{self.token}"


async def make_host(pool: Pool, weekdays: Sequence[int] = (1, 2, 3, 4, 5), **fields: Any) -> int:
    """A host in Bogotá who is there from 10 to 12 on these days, in slots of half an hour; the id."""
    number = next(_numbers)
    row = {
        "name": f"Anfitriona {number}",
        "role": "tutora",
        "timezone": "America/Bogota",
        "place": "https://sala.example/1",
    }
    host = int((await insert(pool, "demo_hosts", row | fields))["id"])
    for weekday in weekdays:
        hours = {"host_id": host, "weekday": weekday, "opens": "10:00", "closes": "12:00", "slot_minutes": 30}
        await insert(pool, "demo_hours", hours)
    return host


async def invite(
    pool: Pool,
    links: LinkSigner,
    now: datetime,
    *,
    course: int | None = None,
    lead: Lead | None = None,
    hours: int = 48,
) -> Invited:
    """A lead with an invitation that was made now."""
    course = course or await make_course(pool)
    lead = lead or await make_lead(pool, now, course)
    async with pool.connection() as conn:
        link = await demo_links.create(
            conn,
            key=f"key-{next(_numbers)}",
            turn_id="turn",
            lead_id=lead.id,
            course_id=course,
            now=now,
            expires_at=now + timedelta(hours=hours),
            samples=True,
        )
        found = await people.by_id(conn, lead.id)
    assert link and found
    return Invited(found, link, links.token(LinkPurpose.DEMO, link.id))


async def bookings_of(pool: Pool, lead: UUID) -> list[dict[str, Any]]:
    """What a person has booked, the oldest first."""
    async with pool.connection() as conn:
        rows = await conn.execute("select * from bookings where lead_id = %s order by number", (lead,))
        return await rows.fetchall()
