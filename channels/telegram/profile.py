"""The bot's profile as people see it before they write: commands and descriptions, from the prompts' data files.

In advisors' chats the menu shows the commands of their desk instead.

They are only set when they differ, because Telegram limits how often they may change. A bot whose profile could not be
set still works, so nothing here stops a start.
"""

import json
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import BotCommand, BotCommandScopeChat

from core.errors import PromptError
from core.prompts.prompt_set import PromptSet

log = structlog.get_logger(__name__)

_COMMAND_LENGTH, _COMMAND_TEXT, _DESCRIPTION, _SHORT = 32, 256, 512, 120


Commands = tuple[tuple[str, str], ...]
"""(name without slash, description) in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What `prompts/commands.json` (command to description) and `prompts/bot.json` say."""

    commands: Commands
    description: str
    short_description: str


def read_profile(prompts: PromptSet) -> Profile:
    """The profile, within Telegram's lengths; PromptError names the file that is not as it should be."""
    bot = _object(prompts, "bot.json")
    return Profile(
        _commands(prompts, "commands.json"),
        bot.get("description", "")[:_DESCRIPTION],
        bot.get("short_description", "")[:_SHORT],
    )


def read_desk_commands(prompts: PromptSet) -> Commands:
    """What `prompts/desk_commands.json` says: the commands that advisors see."""
    return _commands(prompts, "desk_commands.json")


def _commands(prompts: PromptSet, path: str) -> Commands:
    return tuple((name[:_COMMAND_LENGTH], text[:_COMMAND_TEXT]) for name, text in _object(prompts, path).items())


async def set_profile(bot: Bot, profile: Profile) -> None:
    """Make Telegram show this profile. What Telegram refuses is logged and left as it was."""
    await _tried("commands", _set_commands(bot, profile.commands))
    await _tried("description", _set_description(bot, profile.description))
    await _tried("short_description", _set_short_description(bot, profile.short_description))


async def set_desk_commands(bot: Bot, commands: Commands, chats: Iterable[str]) -> None:
    """Show the desk's commands in these chats. A chat that never wrote to the bot is refused, logged and left."""
    for chat in chats:
        await _tried("desk_commands", _set_commands(bot, commands, BotCommandScopeChat(chat_id=int(chat))))


async def _set_commands(bot: Bot, commands: Commands, scope: BotCommandScopeChat | None = None) -> None:
    present = tuple((command.command, command.description) for command in await bot.get_my_commands(scope=scope))
    if present != commands:
        wanted = [BotCommand(command=name, description=text) for name, text in commands]
        await bot.set_my_commands(wanted, scope=scope)


async def _set_description(bot: Bot, text: str) -> None:
    if (await bot.get_my_description()).description != text:
        await bot.set_my_description(text)


async def _set_short_description(bot: Bot, text: str) -> None:
    if (await bot.get_my_short_description()).short_description != text:
        await bot.set_my_short_description(text)


async def _tried(what: str, setting: Awaitable[None]) -> None:
    try:
        await setting
    except AiogramError as error:
        log.warning("profile_not_set", what=what, error=str(error))


def _object(prompts: PromptSet, path: str) -> dict[str, str]:
    try:
        content: Any = json.loads(prompts.text(path))
    except ValueError as error:
        raise PromptError(f"{path}: is not JSON: {error}.") from None
    if not isinstance(content, dict) or not all(isinstance(value, str) for value in content.values()):
        raise PromptError(f"{path}: should be one JSON object whose values are texts.")
    return content
