"""What one message of Brenda becomes: parts, each of which is one call of the Bot API, in order.

Planning is pure and always gives the same parts for the same message, so a delivery that was cut off after the second
part goes on with the third.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from channels.telegram.characters import clean, utf16_length
from channels.telegram.markup import Marked, read_markup
from channels.telegram.splitting import CAPTION_LIMIT, TEXT_LIMIT, split_ranges
from core.domain.messages import Button, Media, Outgoing


@dataclass(frozen=True, slots=True)
class TextPart:
    """At most 4096 UTF-16 units of visible text."""

    text: Marked
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class MediaPart:
    """A file, with at most 1024 UTF-16 units of caption."""

    media: Media
    caption: Marked
    buttons: tuple[Button, ...] = ()


Part = TextPart | MediaPart


def plan_parts(message: Outgoing, with_media: bool = True) -> tuple[Part, ...]:
    """The parts of a message; the buttons hang under the last. None at all when there is nothing to see.

    Without media (the file is missing) the caption is said as text.
    """
    parts = list(_parts(message, with_media))
    if parts and message.buttons:
        parts[-1] = replace(parts[-1], buttons=message.buttons)
    return tuple(parts)


def _parts(message: Outgoing, with_media: bool) -> Iterator[Part]:
    media, text = message.media, message.text
    if media and with_media:
        caption = read_markup(clean(media.caption or text).strip())
        if utf16_length(caption.text) <= CAPTION_LIMIT:
            yield MediaPart(media, caption)
            text = text if media.caption else ""
        else:
            yield MediaPart(media, Marked(""))
            text = _joined(media.caption, text)
    elif media:
        text = _joined(media.caption, text)
    yield from text_parts(text)


def text_parts(text: str) -> Iterator[TextPart]:
    """Plain text as parts."""
    whole = read_markup(clean(text))
    for start, end in split_ranges(whole.text, TEXT_LIMIT):
        yield TextPart(whole.cut(start, end))


def _joined(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text.strip())
