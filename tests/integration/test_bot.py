"""The command line: it teaches, it names what is wrong, and it never shows a traceback."""

import asyncio
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import app
from core.db.embedded import start_embedded
from core.domain.funnel import Stage
from tests.commands import ROOT, finish, run, start, typed
from tests.databases import data_folder, make_careless

TAUGHT = {
    (): ["an honest sales agent", "TELEGRAM_BOT_TOKEN", ".env.example", "chat", "migrate", "prompts"],
    ("chat",): ["a button is its number or its label", "/reset", "/salir", "printf", "--lead", "--from", "--json"],
    ("telegram",): [
        "TELEGRAM_BOT_TOKEN",
        "one such process per token",
        "TELEGRAM_MODE=webhook",
        "uv run bot.py telegram",
    ],
    ("worker",): ["--no-worker", "DATABASE_URL", "uv run bot.py worker"],
    ("migrate",): ["schema", "supabase db push", "uv run bot.py migrate"],
    ("graph",): ["Mermaid", "uv run bot.py graph"],
    ("prompts", "check"): ["file, line and variable", "Exit code 1", "--smoke", "uv run bot.py prompts check"],
    ("prompts", "diff"): ["REV", "STAGE", "sample data", "Exit code 0", "uv run bot.py prompts diff HEAD"],
    ("prompts", "show"): ["sample data", "conversation", "uv run bot.py prompts show"],
}
WRONG = {
    "TELEGRAM_BOT_TOKEN": ("123", "123456789:AA"),
    "DATABASE_URL": ("mysql://x", "postgresql://user:password@host:5432/name"),
    "SECRET_KEY": ("short", "openssl rand -hex 32"),
    "ADVISOR_CHAT": ("@ana", "-1001234567890"),
    "LOG_LEVEL": ("loud", "warning"),
    "PUBLIC_URL": ("nowhere", "https://"),
    "TELEGRAM_MODE": ("pigeon", "polling"),
    "LINK_HOURS": ("0", "greater than 0"),
    "WORKER_CONCURRENCY": ("many", "integer"),
}


@pytest.mark.parametrize("command", TAUGHT, ids=" ".join)
def test_help_teaches(command: tuple[str, ...]) -> None:
    finished = CliRunner().invoke(app, [*command, "--help"])
    assert finished.exit_code == 0
    text = " ".join(finished.output.split())
    assert [words for words in TAUGHT[command] if words not in text] == []


async def test_wrong_settings_are_all_named_with_the_right_form(tmp_path: Path) -> None:
    process = await start("chat", cwd=tmp_path, settings={name: wrong for name, (wrong, _) in WRONG.items()})
    finished = await finish(process)
    assert (finished.code, finished.out) == (1, "")
    named = {line.strip().partition(":")[0]: line for line in finished.err.splitlines()}
    assert [name for name, (_, right) in WRONG.items() if right not in named.get(name, "")] == []
    assert "Traceback" not in finished.err


@pytest.mark.parametrize("content", [b"LOG_LEVEL=loud\n", b"\xff\xfe\x00binary=\xff\n", b"LOG_LEVEL"])
def test_a_settings_file_may_hold_anything(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".env").write_bytes(content)
    finished = typed(app, "prompts", "show", "contact", cwd=tmp_path, PROMPTS_DIR=str(ROOT / "prompts"))
    assert "Traceback" not in finished.err
    assert finished.code == 0 or ".env" in finished.err or "LOG_LEVEL" in finished.err


def test_unknown_settings_and_comments_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# comment\nNOBODY_KNOWS=1\n\nLOG_LEVEL=error\n")
    finished = typed(app, "prompts", "show", "contact", cwd=tmp_path, PROMPTS_DIR=str(ROOT / "prompts"))
    assert finished.clean, finished.err


def test_the_graph_is_drawn_with_every_stage() -> None:
    finished = typed(app, "graph")
    assert finished.clean
    assert finished.out.startswith("---") or finished.out.startswith("graph")
    assert [stage for stage in [*Stage, "perceive", "verify", "settle"] if f"\t{stage}(" not in finished.out] == []
    assert "verify -.-> " in finished.out


def test_a_stage_reads_as_it_would_be_said() -> None:
    conversation, unknown = (typed(app, "prompts", "show", stage) for stage in ("conversation", "nada"))
    assert conversation.clean
    assert "── system" in conversation.out
    assert unknown.code == 2
    assert "'nada' is no stage; there are: contact, consent" in " ".join(unknown.err.split())


async def test_faults_in_prompts_are_listed_with_file_and_line(tmp_path: Path) -> None:
    folder = tmp_path / "prompts"
    shutil.copytree(ROOT / "prompts", folder)
    whole = await run("prompts", "check", PROMPTS_DIR=str(folder))
    assert whole.clean
    (folder / "persona.md.j2").write_text("{# variables: none #}\nHola {{ nombre }}\n")
    (folder / "rules.md.j2").write_text("{# variables: none #}\n\n{% if %}\n")
    broken, missing = (typed(app, "prompts", "check", PROMPTS_DIR=str(tmp_path / name)) for name in (folder, "nowhere"))
    assert broken.code == 1
    assert f"{folder}/persona.md.j2:2" in broken.out
    assert "nombre" in broken.out
    assert f"{folder}/rules.md.j2:3" in broken.out
    assert missing.code == 1
    assert str(tmp_path / "nowhere") in missing.out + missing.err
    assert not any("Traceback" in each.err for each in (broken, missing))


async def test_without_arguments_she_talks_in_the_console_on_a_database_that_may_be_migrated_twice() -> None:
    with data_folder() as folder:
        server = start_embedded(folder)
        make_careless(server)
        migrated = await asyncio.gather(*(run("migrate", DATA_DIR=str(folder)) for _ in range(2)))
        finished = [*migrated, await run(DATA_DIR=str(folder))]
        server.close()
    assert [each.clean for each in finished] == [True, True, True], finished
    assert finished[0].out == finished[1].out == f"Up to date: the embedded database in {folder}.\n"
    assert "inteligencia artificial" in finished[2].out
    assert "[1] Acepto" in finished[2].out


async def test_telegram_without_a_token_says_what_is_missing(tmp_path: Path) -> None:
    finished = await run("telegram", cwd=tmp_path, DATA_DIR=str(tmp_path))
    assert finished.code == 1
    assert "TELEGRAM_BOT_TOKEN" in finished.err
    assert "Traceback" not in finished.err


async def test_a_database_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    address = "postgresql://brenda:hunter2@127.0.0.1:1/brenda"
    finished = await run("migrate", cwd=tmp_path, DATABASE_URL=address, SECRET_KEY="k" * 32)
    assert finished.code == 1
    assert "Nobody answers at 127.0.0.1:1" in finished.err
    assert "hunter2" not in finished.err


@pytest.mark.parametrize(
    ("option", "value", "right"),
    [
        ("--lead", "x" * 61, "at most 60"),
        ("--lead", "ana#1", "without #"),
        ("--lead", "\udcff", "printable"),
        ("--from", "x" * 129, "at most 128"),
        ("--from", "a\nb", "printable"),
    ],
)
def test_a_name_that_cannot_be_kept_is_refused(option: str, value: str, right: str) -> None:
    refused = CliRunner().invoke(app, ["chat", option, value])
    assert refused.exit_code == 2
    assert right in " ".join(refused.output.split())
    assert option in refused.output


async def test_an_unknown_command_is_refused_with_the_way_to_help() -> None:
    finished = await run("vender")
    assert finished.code == 2
    assert "No such command 'vender'" in finished.err
    assert "--help" in finished.err
