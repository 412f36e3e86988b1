"""The buttons under a message as Telegram's inline keyboard, in rows that a telephone can show."""

from collections.abc import Iterator, Sequence

import structlog
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from channels.telegram.callbacks import ButtonSigner
from channels.telegram.characters import clean
from core.domain.messages import Button

log = structlog.get_logger(__name__)

ROW_CHARACTERS = 28
ROW_BUTTONS = 3


def keyboard(buttons: Sequence[Button], chat: str, signer: ButtonSigner) -> InlineKeyboardMarkup | None:
    """The keyboard, or None without buttons. A button that Telegram could not carry is left out and logged."""
    made = [button for given in buttons if (button := _button(given, chat, signer))]
    return InlineKeyboardMarkup(inline_keyboard=list(_rows(made))) if made else None


def _button(button: Button, chat: str, signer: ButtonSigner) -> InlineKeyboardButton | None:
    label = clean(button.label).strip()
    try:
        if not label:
            raise ValueError("a button needs a label")
        if button.url:
            return InlineKeyboardButton(text=label, url=button.url)
        return InlineKeyboardButton(text=label, callback_data=signer.pack(chat, button.action))
    except ValueError as error:
        log.error("button_left_out", label=label, action=button.action, error=str(error))
        return None


def _rows(buttons: Sequence[InlineKeyboardButton]) -> Iterator[list[InlineKeyboardButton]]:
    row: list[InlineKeyboardButton] = []
    for button in buttons:
        width = sum(len(other.text) for other in row) + len(button.text)
        if row and (width > ROW_CHARACTERS or len(row) == ROW_BUTTONS):
            yield row
            row = []
        row.append(button)
    if row:
        yield row
