"""The console as a person meets it: processes that read lines and print a conversation."""

import asyncio
import json
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from core.db.database import open_database
from core.db.embedded import start_embedded
from core.db.pool import Pool
from tests.commands import Finished, finish, run, start
from tests.databases import data_folder
from tests.processes import until, value
from tests.unit.console.test_record import KEYS
from tests.worlds import make_settings

ACQUAINTED = ["hola", "Acepto", "Ana", "IA para Profesionales"]
HOSTILE = [
    b"x" * 20_000,
    b"nul\x00\x00 byte",
    b"\xff\xfe no es utf-8 \xc3",
    "\u202eal revés\u200b\u200d".encode(),
    b"<b>hola</b> {{ 7 * 7 }} %s [bold]",
    b"'); drop table leads; --",
    "😀😀".encode(),
    b"",
    b"   ",
    b"/",
    b"/nosequees",
    b"99999999999999999999",
]


@dataclass(frozen=True)
class Place:
    """Where the chats of these tests are kept; its database stays open meanwhile, so that a start is quick."""

    folder: Path
    pool: Pool
    address: str

    async def chat(self, *arguments: str, lines: list[str] | bytes) -> Finished:
        given = lines if isinstance(lines, bytes) else "".join(f"{line}\n" for line in lines).encode()
        return await run("chat", *arguments, given=given, DATA_DIR=str(self.folder))

    async def records(self, *arguments: str, lines: list[str] | bytes) -> list[dict[str, Any]]:
        finished = await self.chat("--json", *arguments, lines=lines)
        assert finished.clean, finished
        return [json.loads(line) for line in finished.lines]

    async def begin(self, *arguments: str, stdin: int = PIPE, stdout: int = PIPE) -> Process:
        return await start("chat", *arguments, stdin=stdin, stdout=stdout, settings={"DATA_DIR": str(self.folder)})


@pytest.fixture(scope="module")
async def place() -> AsyncIterator[Place]:
    with data_folder() as folder:
        async with open_database(make_settings(data_dir=folder)) as pool:
            server = start_embedded(folder)
            yield Place(folder, pool, server.url)
            server.close()


async def said(process: Process, words: str, beside: str = "│") -> None:
    """Read until these words were printed on a line of the chat, not on one that is for the team."""
    assert process.stdout
    async with asyncio.timeout(150):
        while words not in (line := (await process.stdout.readline()).decode()) or beside in line:
            assert line, f"it ended before {words!r}"


async def test_a_piped_chat_reads_as_a_conversation(place: Place) -> None:
    lines = ["1", "Ana", "1", "Hablar con una persona", "¿hola?", "/devolver", "/misdatos", "/reset", "/salir", "nunca"]
    finished = await place.chat(lines=lines)
    assert finished.clean, finished.err
    heard = [line.removeprefix("Tú: ") for line in finished.lines if line.startswith("Tú: ")]
    assert heard == lines[:-1]
    assert finished.out.startswith("Cada línea es un mensaje; un botón se elige con su número")
    assert "no se le cobra a nadie" in finished.out
    text = finished.out
    order = ["[1] Acepto", "Tú: 1", "Tú: Ana", "(para el equipo)", "  │ Ana: ¿hola?", "Tú: /devolver", "mis-datos.json"]
    assert sorted(order, key=text.index) == order
    assert "📎" in text
    assert json.loads((place.folder / "console" / "mis-datos.json").read_text())["lead"]["name"] == "Ana"
    assert text.count("[1] Acepto") == 2, "who starts over is asked again"


async def test_each_turn_is_one_object_with_the_keys_that_the_evals_read(place: Place) -> None:
    lines = ["hola #CURSO_AUTOMATIZACION_IA", "Acepto", "Ana", "¿Cuánto cuesta?"]
    records = await place.records(lines=lines)
    assert [record["input"] for record in records] == lines
    assert all(list(record) == KEYS for record in records)
    assert [record["stage"] for record in records] == ["consent", "name", "conversation", "conversation"]
    assert records[0]["buttons"][0] == {"label": "Acepto", "action": "consent.accept"}
    assert records[2]["media"]
    price = records[3]
    assert price["model"] == "embedded"
    assert any(fact["key"] == "course.price" for fact in price["evidence"]) or "249" not in "".join(price["texts"])
    assert len(price["prompt_hash"]) == 64


async def test_whatever_is_typed_is_answered(place: Place) -> None:
    before = "".join(f"{line}\n" for line in ACQUAINTED).encode()
    records = await place.records(lines=before + b"\n".join(HOSTILE) + b"\nfin")
    assert len(records) == len(ACQUAINTED) + len(HOSTILE) + 1
    assert all(record["texts"] for record in records)
    assert records[-1]["input"] == "fin"
    assert records[len(ACQUAINTED)]["input"] == "x" * 20_000


async def test_a_name_continues_after_the_end_and_an_erasure_is_one(place: Place) -> None:
    await place.records("--lead", "continua", lines=ACQUAINTED)
    again = await place.chat("--lead", "continua", lines=["¿Cuánto cuesta?", "/borrar", "1", "hola"])
    assert again.clean, again.err
    asked, _, erased = again.out.partition("Tú: /borrar")
    assert "[1] Acepto" not in asked, "an earlier talk is not greeted anew"
    assert "249" in asked
    assert "[1] Acepto" in erased, "whom she has forgotten she greets"
    assert await value(place.pool, "select count(*) from outbox where chat = 'continua'") == 0
    assert await value(place.pool, "select count(*) from leads where chat = 'continua'") == 0


async def test_an_advertisement_chooses_the_course(place: Place) -> None:
    finished = await place.chat("--from", "CURSO_IA_CREATIVOS", lines=["1", "Ana"])
    assert finished.clean
    assert "IA Generativa para Creativos" in finished.out


async def write(process: Process, *lines: str) -> None:
    """Type these lines."""
    assert process.stdin
    process.stdin.write("".join(f"{line}\n" for line in lines).encode())
    await process.stdin.drain()


async def test_an_answer_that_a_kill_kept_from_the_screen_is_shown_once(place: Place) -> None:
    await place.chat("--lead", "muerta", lines=[*ACQUAINTED, "¿Qué garantía tiene?"])
    async with place.pool.connection() as conn:
        await conn.execute(
            "update outbox set status = 'pending', sent_at = null "
            "where id = (select max(id) from outbox where chat = 'muerta')"
        )
    shown = [await place.chat("--lead", "muerta", lines=[]) for _ in range(2)]
    assert [finished.out.count("Brenda: ") for finished in shown] == [1, 0]


async def test_a_question_that_a_kill_left_unanswered_left_nothing(place: Place) -> None:
    process = await place.begin("--lead", "muerta-2")
    await write(process, *ACQUAINTED)
    await said(process, "[4]")
    async with await psycopg.AsyncConnection.connect(place.address) as other:
        await other.execute("lock table messages in exclusive mode")
        await write(process, "¿Qué garantía tiene?")
        await until(place.pool, "select exists (select from pg_stat_activity where wait_event_type = 'Lock')")
        process.kill()
        await finish(process)
        ended = "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'"
        await value(place.pool, ended)
    finished = await place.chat("--lead", "muerta-2", lines=["¿Qué garantía tiene?"])
    assert "pago completo" in finished.out
    counted = (
        "select count(*) from messages join leads on leads.id = lead_id "
        "where chat = 'muerta-2' and text = '¿Qué garantía tiene?'"
    )
    assert await value(place.pool, counted) == 1


async def test_what_comes_by_itself_is_shown(place: Place) -> None:
    """The time limit of a hand-off, which a worker beside the chat keeps."""
    process = await place.begin()
    await write(process, *ACQUAINTED, "/asesor")
    await said(process, "(para el equipo)")
    async with place.pool.connection() as conn, conn.transaction():
        await conn.execute("update handoffs set deadline_at = now() where closed_at is null")
        await conn.execute("update procrastinate_jobs set scheduled_at = now() where task_name = 'brenda.hand_back'")
    await said(process, "Brenda: ")
    await write(process, "¿Cuánto cuesta?")
    await said(process, "249")
    process.send_signal(signal.SIGINT)
    assert (await finish(process)).clean


async def test_it_ends_cleanly_whoever_ends_it(place: Place) -> None:
    async def ended_by(number: signal.Signals) -> Finished:
        process = await place.begin()
        await said(process, "[3]")
        process.send_signal(number)
        return await finish(process)

    async def closed() -> Finished:
        process = await place.begin(stdin=os.open("/dev/null", os.O_WRONLY))
        return await finish(process)

    async def unread() -> Finished:
        reader, writer = os.pipe()
        process = await place.begin(stdout=writer)
        os.close(writer)
        os.close(reader)
        return await finish(process, b"hola\nhola\n")

    async def left() -> Finished:
        process = await place.begin()
        await write(process, "/salir")
        async with asyncio.timeout(150):
            await process.wait()
        return await finish(process)

    by_interrupt, by_terminate, no_input, nobody_reads, by_word = await asyncio.gather(
        ended_by(signal.SIGINT), ended_by(signal.SIGTERM), closed(), unread(), left()
    )
    assert by_word.clean, "her input is still open when she leaves"
    assert by_interrupt.clean, by_interrupt
    assert by_terminate.clean, by_terminate
    assert no_input.clean, no_input
    assert (nobody_reads.code, nobody_reads.err) == (1, "")


async def test_on_a_terminal_there_is_a_prompt_and_no_echo_of_its_own(place: Place) -> None:
    master, terminal = os.openpty()
    process = await place.begin(stdin=terminal, stdout=terminal)
    os.close(terminal)
    os.write(master, b"Acepto\n/salir\n")
    read = asyncio.create_task(asyncio.to_thread(_all_of, master))
    finished = await finish(process)
    text = await read
    os.close(master)
    assert finished.clean, finished
    assert text.count("Tú: ") == 2
    assert text.count("Acepto\r\n") == 1 + text.count("[1] Acepto\r\n")


def _all_of(descriptor: int) -> str:
    """What a terminal shows until nobody writes to it any more, without colours."""
    content = b""
    while True:
        try:
            content += os.read(descriptor, 65_536)
        except OSError:
            break
    return b"".join(
        part.partition(b"m")[2] if index else part for index, part in enumerate(content.split(b"\x1b["))
    ).decode()


async def test_what_is_missing_is_named(place: Place, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    no_disk, no_prompts, no_media = await asyncio.gather(
        run("chat", DATA_DIR=str(tmp_path / "file" / "data")),
        run("chat", DATA_DIR=str(place.folder), PROMPTS_DIR=str(tmp_path / "nowhere")),
        run("chat", given=b"1\nAna\n1\n", DATA_DIR=str(place.folder), MEDIA_DIR=str(tmp_path / "nowhere")),
    )
    assert (no_disk.code, no_disk.out) == (1, "")
    assert f"{tmp_path}/file/data/postgres: Not a directory" in no_disk.err
    assert "set DATA_DIR to another folder" in no_disk.err
    assert no_prompts.code == 1
    assert str(tmp_path / "nowhere") in no_prompts.err
    assert no_media.code == 0
    assert "ia-para-profesionales.png" in no_media.err
    assert "📎" not in no_media.out
    assert not any("Traceback" in finished.err for finished in (no_disk, no_prompts, no_media))
