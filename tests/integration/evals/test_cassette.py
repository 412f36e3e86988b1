"""Recordings: strict, readable, without secrets, and a miss names what changed."""

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import SecretStr

from core.db.pool import Pool
from core.errors import CassetteError
from core.prompts.prompt_environment import compile_files
from core.prompts.prompt_files import PromptFiles
from core.prompts.prompt_set import PromptSet
from core.settings import Settings
from evals.cassette import Deck, Secrets, Tape
from evals.playing import Job, Played, play
from evals.stage import Stage, open_stage
from tests.evaluations import PERSONA, make_scenario

TURNS = [{"says": "¿qué temas se ven?"}, {"says": "¿cuánto cuesta?"}]
KEY = "sk-not-a-real-key-123456"
Opens = Callable[..., AbstractAsyncContextManager[Stage]]


@pytest.fixture
def opens(lane: Pool, prompts: PromptSet, own_settings: Settings, tmp_path: Path) -> Opens:
    """Opens a stage that records or replays, perhaps with other prompts."""
    secrets = Secrets(own_settings.model_copy(update={"openai_api_key": SecretStr("una clave sin forma")}))

    @asynccontextmanager
    async def opened(mode: Literal["record", "replay"], other: PromptSet | None = None) -> AsyncIterator[Stage]:
        deck = Deck(tmp_path, mode, "embedded", other or prompts, secrets)
        async with open_stage(lane, other or prompts, own_settings, deck=deck) as stage:
            yield stage

    return opened


def edited(prompts: PromptSet, *paths: str, words: str = "exactamente") -> PromptSet:
    """The prompts with words added to every wording of some files."""
    texts = dict(prompts.files)
    for path in paths:
        head, line, rest = texts[path].partition("\n")
        texts[path] = f"{head}{line}{words} {rest}".replace("\n---\n", f"\n---\n{words} ")
    return PromptSet(compile_files(PromptFiles(texts)))


async def _play(stage: Stage, **fields: Any) -> Played:
    return await play(stage, Job("s", make_scenario(turns=TURNS, **fields), PERSONA, 0))


async def test_a_replay_is_the_recorded_conversation_and_asks_nobody(opens: Opens) -> None:
    async with opens("record") as stage:
        recorded = await _play(stage)
    async with opens("replay") as stage:
        assert stage.deck is not None
        assert (await _play(stage)).transcript == recorded.transcript
    assert recorded.conversation.passed and stage.deck.count == recorded.conversation.model_calls > 0


@pytest.mark.parametrize("path", ["stages/conversation.md.j2", "rules.md.j2", "tools/show_syllabus.md.j2"])
async def test_a_miss_names_the_template_that_changed_and_no_other(opens: Opens, prompts: PromptSet, path: str) -> None:
    async with opens("record") as stage:
        await _play(stage)
    async with opens("replay", edited(prompts, path, "messages/optout/done.md.j2")) as stage:
        error = (await _play(stage)).conversation.error
    assert error.startswith("CassetteError") and f"changed since: {path}. First difference" in error
    assert "exactamente" in error and "optout" not in error


async def test_a_changed_message_of_the_house_is_named_because_it_stands_in_the_history(
    opens: Opens, prompts: PromptSet
) -> None:
    async with opens("record") as stage:
        await _play(stage)
    async with opens("replay", edited(prompts, "messages/name/hello.md.j2", words="Ah,")) as stage:
        error = (await _play(stage)).conversation.error
    assert "messages/name/hello.md.j2" in error


async def test_a_request_that_no_template_explains_is_told_so(opens: Opens) -> None:
    async with opens("record") as stage:
        await _play(stage)
    async with opens("replay") as stage:
        played = await play(stage, Job("s", make_scenario(turns=[{"says": "¿hay garantía?"}]), PERSONA, 0))
    assert "no template that it rests on has changed" in played.conversation.error


async def test_what_was_never_recorded_is_told_with_its_file(opens: Opens) -> None:
    async with opens("replay") as stage:
        error = (await _play(stage, id="nunca-grabada")).conversation.error
    assert re.search(r"There is no recording .*nunca-grabada/0\.jsonl", error)


async def test_secrets_are_never_written(opens: Opens, tmp_path: Path) -> None:
    leaked = [
        f"mi clave es {KEY}",
        "y la otra: una clave sin forma",
        "el bot 123456789:AAbbccddeeffgghhiijjkkllmmnnoopp",
    ]
    async with opens("record") as stage:
        played = await play(stage, Job("s", make_scenario(turns=[{"says": leaked}]), PERSONA, 0))
    text = (tmp_path / "una-pregunta" / "0.jsonl").read_text(encoding="utf-8")
    assert played.conversation.model_calls > 0 and "[secreto]" in text
    assert not any(secret in text for secret in (KEY, "una clave sin forma", "AAbbccddeeff"))


async def test_a_recording_is_readable_lines_in_which_each_text_stands_once(opens: Opens, tmp_path: Path) -> None:
    async with opens("record") as stage:
        await _play(stage)
    lines = [
        json.loads(line) for line in (tmp_path / "una-pregunta" / "0.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    header, *rest = lines
    texts = [line for line in rest if "text" in line]
    requests = [line for line in rest if "key" in line]
    assert header["model"] == "embedded" and "system.md.j2" in header["templates"]
    assert len({line["text"] for line in texts}) == len(texts)
    known = {line["text"] for line in texts}
    assert requests and all(len(line["key"]) == 64 and set(line["messages"]) <= known for line in requests)
    assert {"system", "rules", "persona", "turn"} <= set(requests[0]["used"])


def test_a_broken_line_is_told_with_its_number(tmp_path: Path) -> None:
    (tmp_path / "0.jsonl").write_text('{"cassette": 1, "templates": {}}\n{"key": \n', encoding="utf-8")
    with pytest.raises(CassetteError, match=r"0\.jsonl:2: should be a line of a recording"):
        Tape.read(tmp_path / "0.jsonl")


def test_a_deck_is_for_one_lane() -> None:
    assert replace(Tape(), templates={"a": "b"}).answer("nothing") is None
