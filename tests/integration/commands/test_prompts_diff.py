"""`prompts diff` as somebody types it who has edited prompts in a real repository."""

import subprocess
from pathlib import Path

import pytest

from bot import app
from tests.commands import ROOT, Finished, run, typed

ASK = "messages/name/ask.md.j2"


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """A folder of prompts, committed in a repository of its own."""
    folder = tmp_path / "words"
    for path, text in {
        ASK: "{# variables: name #}\nHola, {{ name }}\n",
        "tools/show.md.j2": "{# variables: none #}\nMuestra el temario\n",
        "selection.toml": "none = 2.0\n",
        "samples.json": '{"variables": {"name": "Ana"}}',
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    commit(folder, "init", "--initial-branch=main")
    return folder


def commit(folder: Path, *first: str) -> None:
    named = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    for arguments in ((*first,), ("add", "--all", "."), (*named, "commit", "--message", "words")):
        if arguments:
            subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


def diff(words: Path, *arguments: str) -> Finished:
    return typed(app, "prompts", "diff", *arguments, PROMPTS_DIR=str(words))


def test_an_edit_is_shown_as_it_reads_and_the_exit_code_tells(words: Path) -> None:
    same = diff(words, "HEAD")
    assert (same.code, same.out, same.err) == (0, f"HEAD → {words}: the same\n", "")
    (words / ASK).write_text("{# variables: name #}\nBuenas, {{ name }}\n")
    (words / "tools" / "show.md.j2").write_text("{# variables: none #}\nEnseña el temario\n")
    (words / "tools" / "more.md.j2").write_text("{# variables: none #}\nMás\n")
    (words / "selection.toml").write_text("none = 3.0\n")
    edited = diff(words, "HEAD")
    assert (edited.code, edited.err) == (1, "")
    assert "══ name\n── messages/name/ask (sample 1 of 1)\n@@ -1 +1 @@\n-Hola, Ana\n+Buenas, Ana\n" in edited.out
    assert "── tools/show (sample 1 of 1; also in demo, checkout, customer)" in edited.out
    assert "── tools/more (added; also in demo, checkout, customer)" in edited.out
    assert "══ data and shared parts\n── selection.toml (text)\n@@ -1 +1 @@\n-none = 2.0\n+none = 3.0\n" in edited.out
    assert edited.lines[-1] == f"HEAD → {words}: 2 read otherwise, 1 compared as text, 1 new"
    one, other = diff(words, "HEAD", "name"), diff(words, "HEAD", "handoff")
    assert (one.code, one.lines[0], one.lines[-1]) == (1, "══ name", f"HEAD → {words}: 1 read otherwise")
    assert other.code == 0


def test_a_revision_that_does_not_render_is_named_with_its_line_and_compared_as_text(words: Path) -> None:
    (words / ASK).write_text("{# variables: none #}\n\n{% if %}\n")
    commit(words)
    (words / ASK).write_text("{# variables: name #}\nHola, {{ name }}\n")
    finished = diff(words, "HEAD")
    assert finished.code == 1
    assert finished.err.startswith(f"HEAD: {ASK}:3: ")
    assert "── messages/name/ask (text)" in finished.out
    assert "-{% if %}" in finished.lines


def test_another_folder_may_be_named(words: Path, tmp_path: Path) -> None:
    assert diff(words, str(words)).code == 0
    (tmp_path / "empty").mkdir()
    assert diff(words, str(tmp_path / "empty")).code == 1


def test_what_cannot_be_compared_is_told_in_a_line(words: Path, tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    for folder, arguments, told in (
        (words, ("HEAD~7",), "'HEAD~7' is neither a folder of prompts nor a git revision such as HEAD~1"),
        (tmp_path / "bare", ("HEAD",), "is in no git repository"),
        (tmp_path / "nowhere", ("HEAD",), "There is no folder"),
        (words, ("HEAD", "nada"), "'nada' is no stage; there are: contact"),
    ):
        finished = diff(folder, *arguments)
        assert (finished.code, finished.out) == (2, "")
        assert told in " ".join(finished.err.split())
        assert "Traceback" not in finished.err


async def test_the_shipped_prompts_do_not_differ_from_themselves() -> None:
    assert (await run("prompts", "diff", str(ROOT / "prompts"))).code == 0
