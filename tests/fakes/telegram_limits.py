"""What Telegram refuses, as far as a bot can run into it: markup, lengths, buttons. Each refusal is a `Refusal`."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

_TAG = re.compile(r"<(/?)([a-zA-Z-]*)([^<>]*)>")
_STYLES = ("b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre")
_TAGS = frozenset({*_STYLES, "a", "span", "tg-spoiler", "blockquote", "tg-emoji"})
_ENTITY = re.compile(r"&(?:#(\d{1,6})|#x([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}


class RefusalError(Exception):
    """The call is refused, with Telegram's status and words."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


def bad(description: str) -> RefusalError:
    """A 400."""
    return RefusalError(400, f"Bad Request: {description}")


def units(text: str) -> int:
    """UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def visible(text: str, parse_mode: str | None) -> str:
    """The text as people see it; RefusalError when its markup is broken."""
    if parse_mode is None:
        return text
    if parse_mode != "HTML":
        raise bad(f"unsupported parse_mode {parse_mode}")
    pieces, open_tags, at = [], list[str](), 0
    while at < len(text):
        if text[at] == "<":
            tag = _TAG.match(text, at)
            if not tag:
                raise bad(f"can't parse entities: Unclosed start tag at byte offset {at}")
            _step(tag, open_tags)
            at = tag.end()
        elif entity := _ENTITY.match(text, at):
            pieces.append(_character(entity))
            at = entity.end()
        else:
            pieces.append(text[at])
            at += 1
    if open_tags:
        raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{open_tags[-1]}\"")
    return "".join(pieces)


def _step(tag: re.Match[str], open_tags: list[str]) -> None:
    closing, name = bool(tag[1]), tag[2].lower()
    if name not in _TAGS:
        raise bad(f'can\'t parse entities: Unsupported start tag "{name}" at byte offset {tag.start()}')
    if not closing:
        open_tags.append(name)
    elif not open_tags or open_tags.pop() != name:
        raise bad(f'can\'t parse entities: Unmatched end tag at byte offset {tag.start()}, found "</{name}>"')


def _character(entity: re.Match[str]) -> str:
    decimal, hexadecimal, name = entity.groups()
    return _NAMED[name] if name else chr(int(decimal) if decimal else int(hexadecimal, 16))


def checked_text(text: str, parse_mode: str | None) -> str:
    """The visible text of a message."""
    seen = visible(text, parse_mode).strip()
    if not seen:
        raise bad("message text is empty")
    if units(seen) > 4096:
        raise bad("message is too long")
    return seen


def checked_caption(caption: str, parse_mode: str | None) -> str:
    """The visible caption of a file; it may be empty."""
    seen = visible(caption, parse_mode).strip()
    if units(seen) > 1024:
        raise bad("message caption is too long")
    return seen


def checked_buttons(markup: dict[str, Any] | None) -> list[dict[str, str]]:
    """The inline keyboard's buttons, flat."""
    buttons = [button for row in (markup or {}).get("inline_keyboard", []) for button in row]
    for button in buttons:
        if not button.get("text"):
            raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
        if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
            raise bad("BUTTON_DATA_INVALID")
        if "url" in button and "." not in (urlsplit(button["url"]).hostname or ""):
            raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    return buttons


def checked_invoice(fields: dict[str, Any]) -> None:
    """Refuse what Telegram refuses in an invoice over Stars."""
    prices = json.loads(fields["prices"])
    if fields["currency"] != "XTR" or fields.get("provider_token"):
        raise bad("CURRENCY_INVALID")
    if len(prices) != 1 or not 1 <= int(prices[0]["amount"]) <= 100_000:
        raise bad("CURRENCY_TOTAL_AMOUNT_INVALID")
    if not (1 <= len(fields["title"]) <= 32 and 1 <= len(fields["description"]) <= 255):
        raise bad("title or description is too long or empty")
    if not 1 <= len(fields["payload"].encode()) <= 128:
        raise bad("INVOICE_PAYLOAD_INVALID")
