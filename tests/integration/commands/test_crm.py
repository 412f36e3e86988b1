"""`crm sync` as somebody types it: it counts, tells, goes on where it ended, and says what was refused."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from bot import app
from core.db.embedded import EmbeddedPostgres
from core.db.pool import Pool, open_pool
from core.domain.clock import system_clock
from tests.commands import Finished, finish, start, typed
from tests.databases import cloned
from tests.fakes.hubspot_server import TOKEN, FakeHubSpot, Trouble, broken
from tests.post_offices import change, make_person
from tests.processes import met
from tests.worlds import ROOT


@pytest.fixture
async def address(postgres: EmbeddedPostgres, migrated_template: str) -> AsyncIterator[str]:
    async with cloned(postgres, migrated_template) as url:
        yield url.replace("@/", "@localhost/")


@pytest.fixture
async def pool(address: str) -> AsyncIterator[Pool]:
    pool = await open_pool(address, 4)
    yield pool
    await pool.close()


def settings(address: str, fake: FakeHubSpot | None = None) -> dict[str, str]:
    given = {"DATABASE_URL": address, "SECRET_KEY": "k" * 32, "PROMPTS_DIR": str(ROOT / "prompts")}
    return given | ({"HUBSPOT_TOKEN": TOKEN, "HUBSPOT_API_URL": fake.url} if fake else {})


async def sync(address: str, tmp_path: Path, *arguments: str, fake: FakeHubSpot | None = None) -> Finished:
    """In this process; two tests below start one of its own."""
    sync = partial(typed, app, "crm", "sync", *arguments, cwd=tmp_path, **settings(address, fake))
    return await asyncio.to_thread(sync)


async def test_it_counts_tells_and_tells_again_only_what_is_new(address: str, pool: Pool, tmp_path: Path) -> None:
    leads = [await make_person(pool, system_clock(), "talk") for _ in range(7)]
    await make_person(pool, system_clock())
    counted = await sync(address, tmp_path, "--dry-run")
    assert counted.lines == ["7 would be told, 0 unchanged, 0 without consent or gone."]
    async with FakeHubSpot() as fake:
        assert (await sync(address, tmp_path, fake=fake)).lines == ["7 told, 0 unchanged, 0 without consent or gone."]
        assert len(fake.contacts) == 7
        await change(pool, leads[0], name="Luis")
        assert (await sync(address, tmp_path, fake=fake)).lines == ["1 told, 6 unchanged, 0 without consent or gone."]
        fake.contacts.clear()
        fake.deals.clear()
        again = await sync(address, tmp_path, "--all", fake=fake)
        assert again.lines == ["7 told, 0 unchanged, 0 without consent or gone."]
        assert len(fake.contacts) == len(fake.deals) == 7


async def test_who_was_not_seen_since_is_left_out(address: str, pool: Pool, tmp_path: Path) -> None:
    old = await make_person(pool, system_clock(), "talk")
    await change(pool, old, last_seen_at="2026-01-01T00:00:00Z")
    await make_person(pool, system_clock(), "talk")
    counted = await sync(address, tmp_path, "--dry-run", "--since", "2026-01-02")
    assert counted.lines == ["1 would be told, 0 unchanged, 0 without consent or gone."]


async def test_without_a_token_it_says_what_is_missing(address: str, tmp_path: Path) -> None:
    result = await sync(address, tmp_path)
    assert (result.code, result.out) == (1, "")
    assert "HUBSPOT_TOKEN: is needed" in result.err


async def test_a_lead_that_is_refused_is_named_and_the_others_are_told(
    address: str, pool: Pool, tmp_path: Path
) -> None:
    bad = await make_person(pool, system_clock(), "talk", email="ana@correo.example1")
    await make_person(pool, system_clock(), "talk")
    async with FakeHubSpot() as fake:
        result = await sync(address, tmp_path, fake=fake)
        assert result.code == 1
        assert result.lines == ["1 told, 0 unchanged, 0 without consent or gone."]
        assert f"lead {bad}: " in result.err
        assert "ana@" not in result.err


async def test_a_hiccup_is_waited_out(address: str, pool: Pool, tmp_path: Path) -> None:
    for _ in range(3):
        await make_person(pool, system_clock(), "talk")
    async with FakeHubSpot() as fake:
        fake.troubles = [None] * 16 + [broken()]
        assert (await sync(address, tmp_path, fake=fake)).lines == ["3 told, 0 unchanged, 0 without consent or gone."]
        assert len(fake.contacts) == 3


async def test_a_token_that_is_refused_ends_it_with_advice(address: str, pool: Pool, tmp_path: Path) -> None:
    await make_person(pool, system_clock(), "talk")
    async with FakeHubSpot() as fake:
        fake.token = "other"
        result = await sync(address, tmp_path, fake=fake)
    assert result.code == 1
    assert "Ended early: 0 told" in result.out
    assert "check HUBSPOT_TOKEN" in result.err
    assert "Traceback" not in result.err


async def test_in_a_terminal_a_bar_shows_how_far_it_is(address: str, pool: Pool, tmp_path: Path) -> None:
    for _ in range(3):
        await make_person(pool, system_clock(), "talk")
    async with FakeHubSpot() as fake:
        screen, terminal = os.openpty()
        environment = {"PATH": os.environ["PATH"], "TERM": "xterm"} | settings(address, fake)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(ROOT / "bot.py"), "crm", "sync"),
            cwd=tmp_path,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=terminal,
        )
        os.close(terminal)
        shown, result = await asyncio.gather(asyncio.to_thread(_shown, screen), finish(process))
    assert result.lines == ["3 told, 0 unchanged, 0 without consent or gone."]
    assert "telling HubSpot" in shown
    assert "3/3" in shown


def _shown(screen: int) -> str:
    """All that a terminal was given, once nobody holds its other side."""
    parts = []
    with os.fdopen(screen, "rb", buffering=0) as reader, suppress(OSError):
        while part := reader.read(4096):
            parts.append(part)
    return b"".join(parts).decode(errors="replace")


async def test_ctrl_c_keeps_what_was_done(address: str, pool: Pool, tmp_path: Path) -> None:
    for _ in range(12):
        await make_person(pool, system_clock(), "talk")
    async with FakeHubSpot() as fake:
        fake.silent_from = 5  # so that it cannot be over before it is interrupted
        process = await start("crm", "sync", cwd=tmp_path, settings=settings(address, fake))
        await met(lambda: len(fake.contacts) >= 5)
        process.send_signal(signal.SIGINT)
        fake.speak()
        result = await finish(process)
        assert result.code != 0
        assert "Run it again to go on" in result.out
        assert "Traceback" not in result.err
        async with pool.connection() as conn:
            row = await (await conn.execute("select count(*) as n from crm_contacts")).fetchone()
        assert row is not None
        assert row["n"] + 4 >= 5
        assert row["n"] < 12
        rest = await sync(address, tmp_path, fake=fake)
        assert rest.lines == [f"{12 - row['n']} told, {row['n']} unchanged, 0 without consent or gone."]
        assert len(fake.contacts) == 12


async def test_an_answer_that_is_none_is_an_outage_and_no_traceback(address: str, pool: Pool, tmp_path: Path) -> None:
    await make_person(pool, system_clock(), "talk")
    async with FakeHubSpot() as fake:
        fake.troubles = [Trouble(200, b"nonsense", {"Content-Type": "application/json"})]
        assert (await sync(address, tmp_path, fake=fake)).code == 0
