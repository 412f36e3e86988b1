"""Cutting a long text at Telegram's limits, at the end of a paragraph or a sentence if there is one in reach."""

import re
import unicodedata
from collections.abc import Iterator

from channels.telegram.characters import utf16_length

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024

_BREAKS = tuple(re.compile(pattern) for pattern in (r"\n\s*\n", r"\n", r"[.!?…:;]+[\"'»”)\]]*\s", r"\s"))
_JOINERS = "\u200d\ufe0f\ufe0e"
_MOST_CLUSTER = 32


def split_ranges(text: str, limit: int = TEXT_LIMIT) -> Iterator[tuple[int, int]]:
    """Ranges (start, end) of the parts, each at most `limit` UTF-16 units. Only white space lies between them."""
    start, end = _trim(text, 0, len(text))
    while start < end:
        cut = _cut(text, start, end, limit)
        part_start, part_end = _trim(text, start, cut)
        if part_start < part_end:
            yield part_start, part_end
        start, end = _trim(text, cut, end)


def _cut(text: str, start: int, end: int, limit: int) -> int:
    """Where the part that begins at `start` ends."""
    reach = _reach(text, start, end, limit)
    if reach == end:
        return end
    for pattern in _BREAKS:
        # A break too early would make a crowd of tiny parts.
        if place := _last(pattern, text, start + (reach - start) // 3, reach):
            return place
    return _between_clusters(text, start, reach)


def _reach(text: str, start: int, end: int, limit: int) -> int:
    """The furthest place to which at most `limit` units lead."""
    reach = min(end, start + limit)
    while (excess := utf16_length(text[start:reach]) - limit) > 0:
        reach -= (excess + 1) // 2
    return reach


def _last(pattern: re.Pattern[str], text: str, start: int, reach: int) -> int | None:
    found = None
    for match in pattern.finditer(text, start, reach):
        found = match.end()
    return found


def _between_clusters(text: str, start: int, reach: int) -> int:
    """A place before `reach` that does not part an accent or a joined emoji from what it belongs to."""
    for place in range(reach, max(start, reach - _MOST_CLUSTER), -1):
        if not (_continues(text[place]) or text[place - 1] == _JOINERS[0]):
            return place
    return reach


def _continues(character: str) -> bool:
    return character in _JOINERS or unicodedata.combining(character) > 0 or "\U0001f3fb" <= character <= "\U0001f3ff"


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The range without white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
