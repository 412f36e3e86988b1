"""Telegram's channel against a fake Bot API on loopback and a real database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from pydantic import SecretStr

from channels.telegram.app import Telegram, run_telegram, telegram_bot
from channels.telegram.callbacks import ButtonSigner
from channels.telegram.pace import Pace
from core.db import outbox
from core.db.outbox import OutboxDraft
from core.db.pool import Pool
from core.domain.messages import Outgoing
from core.prompts.prompt_set import PromptSet
from core.settings import Settings
from tests.fakes.telegram_server import FakeTelegram
from tests.worlds import load_prompts

KEY = b"a secret of the tests"
REFUSING = """
do $do$ begin
    create sequence refusals;
    create function refuse() returns trigger language plpgsql as $$
    declare
        states text[] := string_to_array('$states', ',');
        number int;
    begin
        if '$chat' not in ('', new.args->>'chat') then
            return new;
        end if;
        number := nextval('refusals');
        if number <= cardinality(states) then
            raise exception 'refused' using errcode = states[number];
        end if;
        return new;
    end $$;
    create trigger refuse before insert on procrastinate_jobs for each row execute function refuse();
end $do$
"""
"""A sequence is not rolled back, so a refusal counts though it undoes all else."""
QUICK = Pace(chat_interval=0.01, interval=0.001)


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Rig:
    """The fake, the database, and Brenda's channel between them."""

    fake: FakeTelegram
    pool: Pool
    settings: Settings
    prompts: PromptSet
    signer: ButtonSigner = field(default_factory=lambda: ButtonSigner(KEY))

    async def queued(self) -> list[tuple[str, str]]:
        """The chats for which turns are queued, in order."""
        listed = "select args from procrastinate_jobs where task_name = 'brenda.turn' order by id"
        return [(row["args"]["channel"], row["args"]["chat"]) for row in await self.rows(listed)]

    async def refuse_jobs(self, *states: str, chat: str = "") -> None:
        """Let the queue fail with these SQL states, one a job, for everybody or one chat's jobs; then it works."""
        await self.rows(REFUSING.replace("$states", ",".join(states)).replace("$chat", chat))

    def telegram(self, **changes: Any) -> Telegram:
        made = Telegram(
            settings=self.settings,
            pool=self.pool,
            prompts=lambda: self.prompts,
            clock=now,
            stop=asyncio.Event(),
            wake=asyncio.Event(),
            key=KEY,
            pace=Pace(chat_interval=0.01, interval=0.001),
            poll_seconds=2,
        )
        return replace(made, **changes)

    @asynccontextmanager
    async def running(self, **changes: Any) -> AsyncIterator[Telegram]:
        """The channel from its start to its orderly end."""
        telegram = self.telegram(**changes)
        async with telegram_bot(telegram.settings) as bot:
            task = asyncio.create_task(run_telegram(telegram, bot))
            ready = asyncio.create_task(telegram.ready.wait())
            await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
            try:
                if not task.done():
                    yield telegram
            finally:
                ready.cancel()
                telegram.stop.set()
                await task

    async def say(self, chat: int, *messages: Outgoing, turn: str = "turn", **more: Any) -> None:
        """Put messages into the outbox."""
        drafts = [
            OutboxDraft(f"{turn}:{chat}:{place}", "telegram", str(chat), turn, message, **more)
            for place, message in enumerate(messages)
        ]
        async with self.pool.connection() as conn:
            await outbox.add(conn, drafts, now())

    async def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        """What the database holds."""
        async with self.pool.connection() as conn:
            cursor = await conn.execute(query.encode(), values or None)
            return await cursor.fetchall() if cursor.description else []

    async def lead(self, chat: int) -> Any:
        """A prospect; their id."""
        rows = await self.rows("insert into leads (channel, chat) values ('telegram', %s) returning id", str(chat))
        return rows[0]["id"]

    async def until(self, query: str, *values: object, seconds: float = 120) -> list[dict[str, Any]]:
        """The rows of a query as soon as there are some."""
        async with asyncio.timeout(seconds):
            # The database does not tell when something changed.
            while not (rows := await self.rows(query, *values)):
                await asyncio.sleep(0.02)
        return rows


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


@pytest.fixture
def settings(fake: FakeTelegram, tmp_path: Path) -> Settings:
    given: dict[str, Any] = {
        "telegram_bot_token": SecretStr(fake.token),
        "telegram_api_url": fake.url,
        "media_dir": tmp_path,
    }
    return Settings(_env_file=None, **given)


@pytest.fixture
async def bot(settings: Settings) -> AsyncIterator[Bot]:
    async with telegram_bot(settings) as made:
        yield made


@pytest.fixture
def rig(fake: FakeTelegram, empty_database: Pool, settings: Settings) -> Rig:
    return Rig(fake, empty_database, settings, load_prompts())
