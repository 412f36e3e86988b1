"""The database goes away in mid-turn and returns: the turn is answered, and no process ends."""

import asyncio
import os
import signal
from contextlib import nullcontext
from pathlib import Path

import psycopg

from channels.running import Running, running
from core.db import inbox
from core.db.embedded import start_embedded
from core.domain.clock import system_clock
from core.domain.messages import Input, InputKind
from tests.databases import data_folder
from tests.fakes.openai_server import Answer, FakeOpenAI
from tests.processes import met
from tests.worlds import make_settings

REPLY = "Es para quien quiere usar estas herramientas en su trabajo. ¿A qué te dedicas tú?"


def crash(data_dir: Path) -> int:
    """Stop the server at once, with every connection; its process id."""
    pid = int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGQUIT)
    return pid


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"


async def ask(parts: Running, chat: str, update_id: int) -> None:
    """Store a question as a channel does."""
    question = Input(kind=InputKind.TEXT, text="¿Para quién es este curso?")
    async with parts.brenda.pool.connection() as conn, conn.transaction():
        await inbox.store(conn, "telegram", update_id, chat, question, now=system_clock())
        await parts.queue.turn(conn, "telegram", chat)


async def answers(parts: Running, url: str) -> list[str]:
    """What Brenda has said, read past the pool."""
    async with await psycopg.AsyncConnection.connect(url) as conn:
        cursor = await conn.execute("select message->>'text' from outbox order by id")
        return [row[0] for row in await cursor.fetchall()]


async def test_a_turn_outlives_the_database() -> None:
    with data_folder() as folder:
        async with FakeOpenAI(respond=lambda _: Answer(text=REPLY, latency=1.0)) as model:
            settings = make_settings(data_dir=folder, openai_base_url=model.base_url, log_level="error")
            async with running(settings) as parts:
                async with parts.brenda.pool.connection() as conn:
                    await conn.execute(
                        "insert into leads (channel, chat, name, stage, course_id) "
                        "select 'telegram', '7', 'Ana', 'conversation', min(id) from courses"
                    )
                working = asyncio.create_task(parts.work(parts.desk(lambda _: nullcontext(), quiet=0)))
                await ask(parts, "7", 1)
                await met(lambda: model.count == 1)
                pid = crash(folder)
                await met(lambda: gone(pid))
                server = start_embedded(folder)
                said: list[str] = []
                async with asyncio.timeout(150):
                    while REPLY not in said:
                        await asyncio.sleep(0.1)
                        said = await answers(parts, server.url)
                assert said == [REPLY]
                assert not working.done()
                parts.stop.set()
                await working
                server.close()
