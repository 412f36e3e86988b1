"""What comes in from a prospect and what goes out to one, whatever the channel."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict


class InputKind(StrEnum):
    """What a prospect, or the world on their behalf, did."""

    TEXT = "text"
    EDITED = "edited"
    BUTTON = "button"
    COMMAND = "command"
    VOICE = "voice"
    PHOTO = "photo"
    STICKER = "sticker"
    FILE = "file"
    PAYMENT = "payment"
    BOOKING = "booking"
    DEADLINE = "deadline"
    ADVISOR = "advisor"


class Input(BaseModel):
    """One thing that reached a chat.

    `text` holds the words, the caption, or the command's argument; `action` the command's name without slash
    ("start", "baja"), the button's action ("consent.accept"), or the name of the world's event ("paid", "handback").
    """

    model_config = ConfigDict(frozen=True)

    kind: InputKind
    text: str = ""
    action: str = ""
    data: dict[str, Any] = {}


class Button(BaseModel):
    """A choice under a message: either an action that comes back as an input, or a link that opens."""

    model_config = ConfigDict(frozen=True)

    label: str
    action: str = ""
    url: str = ""


class MediaKind(StrEnum):
    """How a file is shown."""

    PHOTO = "photo"
    DOCUMENT = "document"


class Media(BaseModel):
    """A file to send. `path` is relative to the folder of media (`supabase/storage` unless configured otherwise).

    A file that was made for this message alone carries its text in `content`, and `path` is then only its name.
    """

    model_config = ConfigDict(frozen=True)

    kind: MediaKind
    path: str
    caption: str = ""
    content: str = ""


class Outgoing(BaseModel):
    """One message of Brenda: plain text (no markup), perhaps with a file and buttons."""

    model_config = ConfigDict(frozen=True)

    text: str = ""
    media: Media | None = None
    buttons: tuple[Button, ...] = ()


class Said(BaseModel):
    """One past line of the chat, as the model sees it again. `role` is "user" or "assistant"."""

    model_config = ConfigDict(frozen=True)

    role: str
    text: str
