"""Hosts: who shows a course, at which hours, and when they are not free.

A host whose time zone nobody knows cannot be booked; that is logged with what would be right, and hurts no other host.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, time, timedelta

import structlog
from psycopg.rows import DictRow

from core.db.pool import Connection
from core.domain.slots import Host, Hours, Span
from core.domain.zones import known_zone

log = structlog.get_logger(__name__)

_HOSTS = """
    select id, name, role, place, timezone, notice_minutes, days_ahead,
        (select array_agg(array[weekday::text, opens::text, closes::text, slot_minutes::text] order by weekday, opens)
         from demo_hours where host_id = demo_hosts.id) as hours
    from demo_hosts where is_active and (%(samples)s or not is_sample) order by id
"""
AWAY = """
    (select demo_hosts.id as host_id, absent_since as starts_at,
        coalesce(absent_until, %(now)s + interval '24 hours') as ends_at
     from demo_hosts join advisors on advisors.id = advisor_id where absent_since is not null) as away
"""
"""When hosts are away as advisors (/ausente), with the parameter `now`. Who did not say until when may be back
tomorrow, so that they are taken to be away for the coming 24 hours."""
_BUSY = f"""
    select host_id, starts_at, ends_at from bookings
    where status = 'booked' and host_id = any(%(hosts)s) and ends_at > %(now)s
    union all
    select host_id, starts_at, ends_at from demo_absences where host_id = any(%(hosts)s) and ends_at > %(now)s
    union all
    select host_id, starts_at, ends_at from {AWAY} where host_id = any(%(hosts)s) and ends_at > %(now)s
"""  # noqa: S608


async def active(conn: Connection, samples: bool) -> tuple[Host, ...]:
    """Everyone who can be booked, with their hours."""
    rows = await (await conn.execute(_HOSTS, {"samples": samples})).fetchall()
    return tuple(host for row in rows if (host := _host(row)))


async def busy(conn: Connection, hosts: Sequence[Host], now: datetime) -> dict[int, list[Span]]:
    """By host, what is booked and when they are away, from `now` on; also when they are so as advisors."""
    rows = await conn.execute(_BUSY, {"hosts": [host.id for host in hosts], "now": now})
    found: dict[int, list[Span]] = defaultdict(list)
    for row in await rows.fetchall():
        found[row["host_id"]].append(Span(row["starts_at"], row["ends_at"]))
    return found


def _host(row: DictRow) -> Host | None:
    zone = known_zone(row["timezone"])
    if zone is None:
        log.error("demo_host_zone_unknown", host=row["id"], zone=row["timezone"], right="such as America/Bogota")
        return None
    return Host(
        id=row["id"],
        name=row["name"],
        role=row["role"],
        place=row["place"],
        zone=zone,
        hours=tuple(_hours(*each) for each in row["hours"] or ()),
        notice=timedelta(minutes=row["notice_minutes"]),
        ahead=timedelta(days=row["days_ahead"]),
    )


def _hours(weekday: str, opens: str, closes: str, minutes: str) -> Hours:
    return Hours(int(weekday), time.fromisoformat(opens), time.fromisoformat(closes), int(minutes))
