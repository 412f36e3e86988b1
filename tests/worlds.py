"""Small worlds for tests: a lead in a chat, a course, and the frozen context of one turn, on a real database.

`make_context` is what `agent/turn.py` would build; `make_course` and its companions insert rows of a test's own, so
that no test depends on the wording of the sample rows.
"""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from langchain_core.language_models import FakeListChatModel
from psycopg import sql
from psycopg.types.json import Jsonb
from pydantic import HttpUrl

from core.context import Context
from core.db import courses
from core.db.pool import Pool
from core.domain.catalog import course_facts
from core.domain.evidence import Fact
from core.domain.people import Lead, Profile
from core.domain.tools import ToolResult
from core.integrations.links import LinkSigner
from core.integrations.model_chain import ModelChain, NamedModel
from core.prompts.prompt_set import PromptSet
from core.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PUBLIC_URL = "http://127.0.0.1:8080"
_numbers = count(1)


def make_settings(**overrides: Any) -> Settings:
    """The settings of an embedded Brenda, whatever the machine's environment says."""
    values: dict[str, Any] = {
        "database_url": None,
        "payment_provider": "sandbox",
        "public_url": HttpUrl(PUBLIC_URL),
        "prompts_dir": ROOT / "prompts",
        "media_dir": ROOT / "supabase" / "storage",
        "openai_api_key": None,
        "openai_base_url": None,
    }
    return Settings(_env_file=None, **(values | overrides))


def production_settings(**overrides: Any) -> Settings:
    """The settings of a configured database, where sample rows are invisible; nothing connects to its address."""
    return make_settings(database_url="postgresql://brenda@127.0.0.1:1/brenda", secret_key="k" * 32, **overrides)


async def make_context(
    pool: Pool,
    course_slug: str | None = None,
    now: datetime | None = None,
    turn_id: str = "turn-1",
    profile: Profile | None = None,
    **overrides: Any,
) -> Context:
    """The context of a new lead's turn; without a slug the course is the first that is sold, if there is one.

    `now` is the present unless given. `overrides` replace fields of the context ("settings", "arm", "course_id").
    The models say nothing: who needs an answer gives a chain of their own.
    """
    now = now or datetime.now(UTC)
    course_id, facts = await _course(pool, course_slug)
    models = ModelChain([NamedModel("silent", FakeListChatModel(responses=[""]))], clock=lambda: now)
    context = Context(
        turn_id=turn_id,
        now=now,
        lead=await make_lead(pool, now, course_id, profile or Profile()),
        arm="control",
        course_id=course_id,
        facts=facts,
        live_offers=frozenset(),
        settings=make_settings(),
        pool=pool,
        prompts=load_prompts(),
        links=LinkSigner(secret="s" * 32, base=PUBLIC_URL, clock=lambda: now),
        models=models,
        deadline=models.deadline(),
    )
    return dataclasses.replace(context, **overrides)


async def make_lead(pool: Pool, now: datetime, course_id: int | None = None, profile: Profile | None = None) -> Lead:
    """A lead with a chat of their own, in conversation."""
    profile = profile or Profile()
    row = {
        "channel": "console",
        "chat": f"chat-{next(_numbers)}",
        "stage": "conversation",
        "course_id": course_id,
        "profile": Jsonb(profile.model_dump(exclude_none=True)),
        "created_at": now,
        "last_seen_at": now,
    }
    inserted = await insert(pool, "leads", row)
    return Lead.model_validate({**inserted, "blocked": False})


async def make_course(pool: Pool, **fields: Any) -> int:
    """A course of a test's own; the id. It is active and no sample, costs USD 300.00 and takes 24 hours."""
    number = next(_numbers)
    row = {
        "slug": f"curso-{number}",
        "hashtag": f"CURSO_PRUEBA_{number}",
        "name": f"Curso {number}",
        "tagline": "Lema",
        "description": "Descripción.",
        "level": "inicial",
        "audience": "todos",
        "requirements": "ninguno",
        "modality": "en línea",
        "price": "300.00",
        "duration_weeks": 6,
        "total_hours": 24,
        "certificate": "con certificado",
        "guarantee_days": 30,
        "guarantee": "Se devuelve todo.",
    }
    return int((await insert(pool, "courses", row | fields))["id"])


async def make_testimonial(pool: Pool, course_id: int, **fields: Any) -> int:
    """A testimonial that is verified and consented unless the fields say otherwise; the id."""
    row = {
        "course_id": course_id,
        "person": "Ana Prueba",
        "role": "Contadora",
        "country": "MX",
        "words": "Aprendí a automatizar mis reportes en dos semanas.",
        "verified_at": datetime(2026, 1, 1, tzinfo=UTC),
        "consent_reference": "consent-1",
    }
    return int((await insert(pool, "student_testimonials", row | fields))["id"])


async def make_case(pool: Pool, course_id: int, **fields: Any) -> int:
    """A success case that is verified and consented unless the fields say otherwise; the id."""
    row = {
        "course_id": course_id,
        "person": "Luis Prueba",
        "occupation": "Diseñador",
        "title": "De cero a vender",
        "story": "Montó su estudio.",
        "metrics": Jsonb([]),
        "verified_at": datetime(2026, 1, 1, tzinfo=UTC),
        "consent_reference": "consent-2",
    }
    return int((await insert(pool, "success_cases", row | fields))["id"])


async def insert(pool: Pool, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Insert a row; the row as the database holds it."""
    query = sql.SQL("insert into {} ({}) values ({}) returning *").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(map(sql.Placeholder, row)),
    )
    async with pool.connection() as conn:
        inserted = await (await conn.execute(query, row)).fetchone()
    assert inserted is not None
    return inserted


def valued(result: ToolResult | tuple[Fact, ...]) -> dict[str, list[str]]:
    """The facts' values by key, each in the order in which they were given."""
    facts = result.facts if isinstance(result, ToolResult) else result
    values: dict[str, list[str]] = {}
    for fact in facts:
        values.setdefault(fact.key, []).append(fact.value)
    return values


def sources(result: ToolResult, key: str) -> list[str]:
    """The rows that the facts under a key came from."""
    return [fact.source for fact in result.facts if fact.key == key]


@cache
def load_prompts() -> PromptSet:
    """The project's own prompts, read once."""
    return PromptSet.load(ROOT / "prompts")


async def _course(pool: Pool, slug: str | None) -> tuple[int | None, tuple[Fact, ...]]:
    async with pool.connection() as conn:
        sold = await courses.active(conn, samples=True)
        course = next((course for course in sold if slug in (None, course.slug)), None)
        if course is None:
            assert slug is None, f"no course {slug!r}; there are {[each.slug for each in sold]}"
            return None, ()
        return course.id, course_facts(course, await courses.modules(conn, course.id))
