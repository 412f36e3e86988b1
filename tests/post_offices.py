"""A post office for tests: the dispatcher with its desks on a test's own database, a clock that is moved by hand, and
leads as the services meet them.
"""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import HttpUrl

from channels.jobs.services import ServiceDesk, service_desk
from core.db import people
from core.db.pool import Connection, Pool
from core.domain.people import Lead
from core.integrations.links import LinkSigner
from core.integrations.queue import Queue
from core.settings import Settings
from core.world import services
from tests.brendas import MovedClock, queue_on
from tests.fakes.hubspot_server import TOKEN, FakeHubSpot
from tests.fakes.sendgrid_server import KEY, FakeSendGrid
from tests.worlds import insert, load_prompts, make_course, make_settings

ADDRESS = "Calle de Prueba 1, Ciudad de Prueba"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class PostOffice:
    """What a test does with it."""

    pool: Pool
    queue: Queue
    clock: MovedClock
    desk: ServiceDesk
    settings: Settings

    async def work_off(self) -> int:
        """All that is due now."""
        return await self.desk.dispatcher.work_off()

    async def plan(self) -> None:
        await self.desk.plan()

    async def write(self, write: Callable[[Connection], Awaitable[Any]]) -> Any:
        async with self.pool.connection() as conn, conn.transaction():
            return await write(conn)

    async def tell_crm(self, lead: UUID, key: str = "") -> None:
        name = key or f"key-{next(_numbers)}"
        await self.write(lambda conn: services.tell_crm(conn, self.queue, lead, name, self.clock()))

    async def email(self, lead: UUID, template: str, key: str = "", **variables: Any) -> None:
        name = key or f"key-{next(_numbers)}"
        await self.write(
            lambda conn: services.write_email(conn, self.queue, lead, template, name, self.clock(), **variables)
        )

    async def erase(self, lead: UUID) -> None:
        async def forget(conn: Connection) -> None:
            await services.forget_in_crm(conn, lead, self.clock())
            found = await people.by_id(conn, lead)
            assert isinstance(found, Lead)
            await people.erase(conn, found, "thread")

        await self.write(forget)

    async def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        async with self.pool.connection() as conn:
            cursor = await conn.execute(query.encode(), values or None)
            return await cursor.fetchall() if cursor.description else []

    async def outbox(self, channel: str) -> list[dict[str, Any]]:
        return await self.rows("select * from outbox where channel = %s order by id", channel)

    async def statuses(self, channel: str) -> list[str]:
        return [row["status"] for row in await self.outbox(channel)]


@asynccontextmanager
async def post_office(
    pool: Pool, hubspot: FakeHubSpot | None = None, sendgrid: FakeSendGrid | None = None
) -> AsyncIterator[PostOffice]:
    """The services that are given are configured, the others not."""
    given: dict[str, Any] = {"company_address": ADDRESS, "company": "Academia de prueba"}
    if hubspot:
        given |= {"hubspot_token": TOKEN, "hubspot_api_url": HttpUrl(hubspot.url)}
    if sendgrid:
        given |= {"sendgrid_api_key": KEY, "sendgrid_api_url": HttpUrl(sendgrid.url)}
    settings, clock = make_settings(**given), MovedClock()
    links = LinkSigner("k" * 32, "http://127.0.0.1:8080", clock)
    async with (
        queue_on(pool) as queue,
        service_desk(settings, pool, load_prompts, links, clock) as desk,
    ):
        yield PostOffice(pool, queue, clock, desk, settings)


async def make_person(pool: Pool, now: datetime, *consents: str, **fields: Any) -> UUID:
    """A lead who gave these consents; fields are columns of the lead, and `email` their address."""
    email = fields.pop("email", None)
    row = {
        "channel": "telegram",
        "chat": str(90_000 + next(_numbers)),
        "name": "Ana",
        "stage": "conversation",
        "profile": Jsonb({"email": email} if email else {}),
        "created_at": now,
        "last_seen_at": now,
    }
    made = await insert(pool, "leads", row | fields)
    for kind in consents:
        await consent(pool, made["id"], kind, True, now)
    lead_id: UUID = made["id"]
    return lead_id


async def consent(pool: Pool, lead: UUID, kind: str, granted: bool, at: datetime) -> None:
    """Tick a consent, or take it back."""
    row = {"lead_id": lead, "kind": kind, "granted": granted, "text_version": "test", "at": at}
    await insert(pool, "consents", row | {"key": f"consent-{next(_numbers)}"})


async def change(pool: Pool, lead: UUID, **fields: Any) -> None:
    """Change columns of a lead."""
    sets = ", ".join(f"{name} = %s" for name in fields)
    async with pool.connection() as conn:
        await conn.execute(f"update leads set {sets} where id = %s".encode(), (*fields.values(), lead))  # noqa: S608


async def pay(pool: Pool, lead: UUID, now: datetime, status: str = "paid", **fields: Any) -> UUID:
    """A payment of the lead for a course of its own; its id."""
    course_id = fields.pop("course_id", None) or await make_course(pool, name="Curso pagado")
    row = {
        "lead_id": lead,
        "course_id": course_id,
        "turn_id": "turn",
        "provider": "stripe",
        "status": status,
        "amount": "249.00",
        "currency": "USD",
        "created_at": now,
        "expires_at": now.replace(year=now.year + 1),
        "paid_at": now if status in ("paid", "refunded") else None,
        "key": f"payment-{next(_numbers)}",
    }
    made: UUID = (await insert(pool, "payments", row | fields))["id"]
    return made
