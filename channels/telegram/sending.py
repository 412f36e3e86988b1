"""Sending one part: one call of the Bot API, and what to try when Telegram refuses its form.

Text goes out as HTML made by `markup`. Refused markup is sent again as plain text; refused link buttons become lines of
text; a file_id that Telegram does not know is uploaded again; a file that it does not take leaves its caption. All of
these follow a definite refusal, so nothing is ever said twice by them. Every other error is the caller's to judge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramEntityTooLarge
from aiogram.types import FSInputFile, InlineKeyboardMarkup, LinkPreviewOptions, Message

from channels.telegram.callbacks import ButtonSigner
from channels.telegram.characters import utf16_length
from channels.telegram.failures import Outcome, judge
from channels.telegram.files import FileShelf, LocalFile
from channels.telegram.keyboard import keyboard
from channels.telegram.markup import Marked
from channels.telegram.parts import MediaPart, Part, TextPart, plan_parts
from channels.telegram.splitting import TEXT_LIMIT
from core.domain.messages import Button, MediaKind, Outgoing

log = structlog.get_logger(__name__)

REQUEST_SECONDS = 15
UPLOAD_SECONDS = 45
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Sender:
    """Says parts to chats. `send` gives Telegram's id of the message, or raises what aiogram raises."""

    bot: Bot
    shelf: FileShelf
    signer: ButtonSigner
    request_seconds: int = REQUEST_SECONDS

    async def plan(self, message: Outgoing) -> tuple[Part, ...]:
        """The parts of a message, without its file if that is missing."""
        there = message.media is None or await self.shelf.locate(message.media.path) is not None
        return plan_parts(message, with_media=there)

    async def send(self, chat: str, part: Part) -> str:
        """One message to one chat."""
        if isinstance(part, TextPart):
            return await self._send_text(chat, part.text, part.buttons)
        return await self._send_media(chat, part)

    async def _send_text(self, chat: str, text: Marked, buttons: Sequence[Button]) -> str:
        markup = keyboard(buttons, chat, self.signer)
        try:
            return await self._say(chat, text.html(), markup, parse_mode="HTML")
        except TelegramBadRequest as error:
            outcome = judge(error).outcome
            if outcome not in (Outcome.MARKUP, Outcome.BUTTONS):
                raise
            log.error("message_form_refused", chat=chat, error=error.message)
        if outcome is Outcome.MARKUP:
            return await self._say(chat, text.text, markup)
        presses = [button for button in buttons if not button.url]
        return await self._say(chat, _with_links(text.text, buttons), keyboard(presses, chat, self.signer))

    async def _say(
        self, chat: str, text: str, markup: InlineKeyboardMarkup | None, parse_mode: str | None = None
    ) -> str:
        said = await self.bot.send_message(
            chat,
            text,
            parse_mode=parse_mode,
            reply_markup=markup,
            link_preview_options=_NO_PREVIEW,
            request_timeout=self.request_seconds,
        )
        return str(said.message_id)

    async def _send_media(self, chat: str, part: MediaPart) -> str:
        file = await self.shelf.locate(part.media.path)
        if file is not None:
            try:
                return await self._send_file(chat, part, file)
            except (TelegramBadRequest, TelegramEntityTooLarge, OSError) as error:
                if isinstance(error, TelegramBadRequest) and judge(error).outcome is Outcome.GONE:
                    raise
                log.error("media_refused", path=part.media.path, error=str(error))
        # The file's caption and buttons still say what they say; a file without words leaves its name.
        words = part.caption if part.caption.text else Marked(part.media.path.rpartition("/")[2])
        return await self._send_text(chat, words, part.buttons)

    async def _send_file(self, chat: str, part: MediaPart, file: LocalFile) -> str:
        if file_id := await self.shelf.known(file):
            try:
                return str((await self._show(chat, part, file_id)).message_id)
            except TelegramBadRequest as error:
                if judge(error).outcome is not Outcome.REFUSED:
                    raise
                log.warning("file_id_refused", path=file.name, error=error.message)
        shown = await self._show(chat, part, FSInputFile(file.path))
        if new_id := _file_id(shown):
            await self.shelf.keep(file, new_id)
        return str(shown.message_id)

    async def _show(self, chat: str, part: MediaPart, file: str | FSInputFile) -> Message:
        details: dict[str, Any] = {
            "caption": part.caption.html() or None,
            "parse_mode": "HTML",
            "reply_markup": keyboard(part.buttons, chat, self.signer),
            "request_timeout": self.request_seconds if isinstance(file, str) else UPLOAD_SECONDS,
        }
        if part.media.kind is MediaKind.PHOTO:
            return await self.bot.send_photo(chat, file, **details)
        return await self.bot.send_document(chat, file, **details)


def _file_id(shown: Message) -> str | None:
    """Telegram shows some documents as what they are, an animation for instance."""
    if shown.photo:
        return shown.photo[-1].file_id
    held = shown.document or shown.animation or shown.video or shown.audio
    return held.file_id if held else None


def _with_links(text: str, buttons: Sequence[Button]) -> str:
    """The text with its link buttons written out, as far as they fit."""
    for button in buttons:
        longer = f"{text}\n{button.label}: {button.url}" if button.url else text
        if utf16_length(longer) <= TEXT_LIMIT:
            text = longer
    return text
