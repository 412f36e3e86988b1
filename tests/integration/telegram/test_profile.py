"""The profile: set once, from the prompts."""

import json
from pathlib import Path

import pytest
from aiogram import Bot

from channels.telegram.profile import Profile, read_profile, set_profile
from core.errors import PromptError
from core.prompts.prompt_set import PromptSet
from tests.fakes.telegram_records import Fault
from tests.fakes.telegram_server import FakeTelegram
from tests.integration.telegram.conftest import Rig

SETTERS = ("setMyCommands", "setMyDescription", "setMyShortDescription")
PROFILE = Profile((("start", "Empezar"), ("ayuda", "Ayuda")), "Hola, soy una IA.", "Una IA.")


async def test_it_is_set_once_and_then_only_when_it_differs(fake: FakeTelegram, bot: Bot) -> None:
    await set_profile(bot, PROFILE)
    await set_profile(bot, PROFILE)
    assert [len(fake.called(setter)) for setter in SETTERS] == [1, 1, 1]
    assert fake.commands == [
        {"command": "start", "description": "Empezar"},
        {"command": "ayuda", "description": "Ayuda"},
    ]
    await set_profile(bot, Profile(PROFILE.commands, "Otra.", PROFILE.short_description))
    assert [len(fake.called(setter)) for setter in SETTERS] == [1, 2, 1]
    assert (fake.description, fake.short_description) == ("Otra.", "Una IA.")


async def test_a_start_sets_what_the_prompts_say(rig: Rig) -> None:
    rig.fake.fail("setMyCommands", Fault(status=429, description="Too Many Requests", retry_after=100))
    async with rig.running():
        await rig.fake.user(7).says("hola")
        await rig.until("select 1 from inbox")
    assert rig.fake.description == json.loads(rig.prompts.text("bot.json"))["description"]
    async with rig.running():
        names = [command["command"] for command in rig.fake.commands]
    assert names == list(json.loads(rig.prompts.text("commands.json")))


@pytest.mark.parametrize("content", ["{", "[]", '{"start": 1}'])
def test_a_broken_file_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "bot.json").write_text("{}")
    (tmp_path / "commands.json").write_text(content)
    with pytest.raises(PromptError, match=r"commands\.json"):
        read_profile(PromptSet.load(tmp_path))
