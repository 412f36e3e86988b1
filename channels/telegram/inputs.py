"""Reading an update: what a person did, in the words of the house. Pure; nothing here asks or stores anything.

Everything that a person can do in a private chat becomes an `Input`. Service messages, other bots and what nobody
meant for Brenda become None. Whether the chat belongs to an advisor is not known here.
"""

import re
from dataclasses import dataclass
from typing import Any

from aiogram.enums import ContentType
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message, Update

from channels.telegram.callbacks import ButtonSigner
from channels.telegram.characters import clean, clean_tree
from core.domain.messages import Input, InputKind

ALLOWED_UPDATES = [
    *("message", "edited_message", "channel_post", "callback_query", "my_chat_member"),
    "pre_checkout_query",
]
"""What Telegram is asked to send."""

TEXT_LIMIT = 4096
COMMANDS = frozenset({"start", "privacidad", "misdatos", "borrar", "baja", "asesor", "paysupport", "ayuda", "devolver"})
_ALIASES = {"privacy": "privacidad", "help": "ayuda"}
_COMMAND = re.compile(r"/(?P<name>\w{1,64})(?:@(?P<bot>\w{1,64}))?(?:\s+(?P<rest>.*))?", re.DOTALL | re.ASCII)

_PLAIN = re.compile(r"[a-z_]{1,60}")

_FILES = (
    *("document", "video", "location", "venue", "contact", "poll"),
    *("story", "paid_media", "game", "invoice", "checklist"),
)
_KINDS = {
    "sticker": InputKind.STICKER,
    "animation": InputKind.STICKER,
    "dice": InputKind.STICKER,
    "voice": InputKind.VOICE,
    "audio": InputKind.VOICE,
    "video_note": InputKind.VOICE,
    "photo": InputKind.PHOTO,
    "live_photo": InputKind.PHOTO,
    **dict.fromkeys(_FILES, InputKind.FILE),
}
"""Message contents in the order in which they are looked for: an animation also carries a document, a venue a place."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is: its number, and its name without "@"."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something said or pressed in a chat.

    `private` is false for what arrived in a group; `addressed` is true when the bot was meant there. `reply_to` is the
    message that it answers or that carried the button, `callback_id` a pressed button that waits for its answer.
    """

    update_id: int
    chat: str
    input: Input
    private: bool = True
    addressed: bool = True
    sender: str = ""
    reply_to: str | None = None
    callback_id: str | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """A person shut the bot out of their private chat, or let it in again."""

    update_id: int
    chat: str
    blocked: bool


def read_update(update: Update, me: Identity, signer: ButtonSigner) -> Arrival | Membership | None:
    """What happened, or None when it does not concern Brenda."""
    if update.callback_query:
        return _pressed(update.update_id, update.callback_query, signer)
    if update.my_chat_member:
        return _membership(update.update_id, update.my_chat_member)
    if message := update.message or update.channel_post:
        return _said(update.update_id, message, me)
    if update.edited_message:
        return _edited(update.update_id, update.edited_message, me)
    return None


def kind_of(update: Update) -> str:
    """What an update is called: its part, and of a message what it holds; "unknown" when it cannot be told.

    Names that this library does not know come from outside, so only plain ones are taken.
    """
    parts = {**dict(update), **(update.model_extra or {})}
    names = [name for name, part in parts.items() if name != "update_id" and part is not None]
    if len(names) != 1 or not _PLAIN.fullmatch(names[0]):
        return "unknown"
    part = parts[names[0]]
    return f"{names[0]}.{ContentType(part.content_type).value}" if isinstance(part, Message) else names[0]


def _said(update_id: int, message: Message, me: Identity) -> Arrival | None:
    said = None if _from_bot(message) else _input(message, me)
    return _arrival(update_id, message, said, me) if said else None


def _edited(update_id: int, message: Message, me: Identity) -> Arrival | None:
    """Only new words count: a live location "edits" its message every few seconds."""
    words = message.text or message.caption
    if not words or _from_bot(message):
        return None
    return _arrival(update_id, message, _make(InputKind.EDITED, message, text=words), me)


def _arrival(update_id: int, message: Message, said: Input, me: Identity) -> Arrival:
    private = message.chat.type == "private"
    return Arrival(
        update_id=update_id,
        chat=str(message.chat.id),
        input=said,
        private=private,
        addressed=private or (said.kind is not InputKind.EDITED and _addressed(message, said, me)),
        sender=clean(message.from_user.full_name if message.from_user else message.chat.title or ""),
        reply_to=str(message.reply_to_message.message_id) if message.reply_to_message else None,
    )


def _input(message: Message, me: Identity) -> Input | None:
    if message.text is not None:
        return _command(message, me) or _make(InputKind.TEXT, message, text=message.text)
    for content, kind in _KINDS.items():
        if getattr(message, content):
            return _make(kind, message, text=message.caption or "", data={"content": content, **_details(message)})
    return None


def _details(message: Message) -> dict[str, Any]:
    """The little that an answer may want to know; files themselves are never fetched."""
    if message.sticker and message.sticker.emoji:
        return {"emoji": message.sticker.emoji}
    if message.document and message.document.file_name:
        return {"file_name": message.document.file_name[:200]}
    return {}


def _command(message: Message, me: Identity) -> Input | None:
    """A command, unless it was forwarded (then it is somebody's words) or is another bot's."""
    found = None if message.forward_origin else _COMMAND.fullmatch(message.text or "")
    if not found or (found["bot"] or me.username).lower() != me.username.lower():
        return None
    name = found["name"].lower()
    return _make(InputKind.COMMAND, message, text=(found["rest"] or "").strip(), action=_ALIASES.get(name, name))


def _make(
    kind: InputKind, message: Message, *, text: str = "", action: str = "", data: dict[str, Any] | None = None
) -> Input:
    """The input, fit for Postgres. Words beyond Telegram's own limit stay in `data["whole_text"]`."""
    text = clean(text)
    extra: dict[str, Any] = {"message_id": message.message_id, **(data or {})}
    if message.forward_origin:
        extra["forwarded"] = True
    if len(text) > TEXT_LIMIT:
        extra["whole_text"] = text
    return Input(kind=kind, text=text[:TEXT_LIMIT], action=clean(action), data=clean_tree(extra))


def _addressed(message: Message, said: Input, me: Identity) -> bool:
    """In a group: a command for this bot, or a mention of it. A bare command of another bot's is none of ours."""
    if said.kind is InputKind.COMMAND:
        return said.action in COMMANDS or f"@{me.username}".lower() in (message.text or "").partition(" ")[0].lower()
    words = clean(message.text or message.caption or "")
    entities = message.entities or message.caption_entities or ()
    return any(
        (entity.type == "mention" and entity.extract_from(words).lower() == f"@{me.username}".lower())
        or (entity.type == "text_mention" and entity.user is not None and entity.user.id == me.id)
        for entity in entities
    )


def _from_bot(message: Message) -> bool:
    return message.from_user is not None and message.from_user.is_bot and message.sender_chat is None


def _pressed(update_id: int, query: CallbackQuery, signer: ButtonSigner) -> Arrival | None:
    """A button. Without its message (it came from an inline query) there is no chat that could be answered."""
    if query.message is None:
        return None
    chat = str(query.message.chat.id)
    message_id = query.message.message_id
    return Arrival(
        update_id=update_id,
        chat=chat,
        input=Input(
            kind=InputKind.BUTTON,
            action=clean(signer.read(chat, query.data or "")),
            data={"message_id": message_id},
        ),
        private=query.message.chat.type == "private",
        addressed=False,
        sender=clean(query.from_user.full_name),
        reply_to=str(message_id),
        callback_id=query.id,
    )


def _membership(update_id: int, change: ChatMemberUpdated) -> Membership | None:
    if change.chat.type != "private":
        return None
    return Membership(update_id, str(change.chat.id), blocked=change.new_chat_member.status == "kicked")
