"""What a reply says once the disguises are off: one readable text, one folded text of the same length.

`Plain.text` has no markup, entities, invisible characters or exotic digits; `Plain.folded` is the same text in lower
case without accents and with look-alike letters as Latin ones, so that both share indices. A position maps back to the
original through the starts of the untouched runs: exact outside what was rewritten, at its start inside it.
"""

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_KEPT: Final = "\n\\x20-\\x7eáéíóúüñÁÉÍÓÚÜÑ¿¡«»“”‘’„€£–—"
_ODD: Final = re.compile(rf"[&<*`~_]|[^{_KEPT}]")
_ODD_OR_BLANKS: Final = re.compile(rf"[&<*`~_]| {{2,}}|[^{_KEPT}]")
_SPECIAL: Final = re.compile(
    r"(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});)"
    r"|(?P<markup></?[a-zA-Z]{1,10} ?/?>|[*`~]+|(?<![^\W_])_+|_+(?![^\W_]))"
    rf"|(?P<spaces> {{2,}})|(?P<exotic>[^{_KEPT}]+ *)"
)
_URL: Final = re.compile(r"(?:https?|tg)://\S+")
_REPLACED: Final = {
    "٪": "%", "×": "x", "⁄": "/", "∕": "/", "٫": ".", "٬": ",", "−": "-", "‐": "-", "‑": "-", "‒": "–", "―": "—",
    "\t": " ", "\r": " ", "\v": "\n", "\f": "\n", "\u2028": "\n", "\u2029": "\n", "\x85": "\n",
    "\u3164": "", "\u115f": "", "\u1160": "", "\uffa0": "", "ʹ": "'", "´": "'", "′": "'", "″": '"', "＂": '"',
    "〝": "“", "〞": "”", "「": "«", "」": "»", "『": "«", "』": "»", "‹": "«", "›": "»", "‟": "“", "‚": "‘", "‛": "‘",
}  # fmt: skip
_INVISIBLE: Final = frozenset({"Cf", "Cc", "Mn", "Me", "Cs", "Co", "Cn"})
_LOOKALIKES: Final = dict(zip("аеорсухіјѕԁһкмтвнոοαερυικνχ", "aeopcyxijsdhkmtbhnoaepuiknx", strict=True))
_FOLDS: Final = {
    code: unicodedata.normalize("NFD", chr(code))[0].lower()
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
    if unicodedata.decomposition(chr(code)) and not unicodedata.decomposition(chr(code)).startswith("<")
}
_FOLDS.update({ord(odd): plain for odd, plain in _LOOKALIKES.items()})
_FOLDS.update({ord(odd.upper()): plain for odd, plain in _LOOKALIKES.items() if len(odd.upper()) == 1})
_ROUND: Final = "OoОоΟοlIІЗз"
_DISGUISED: Final = re.compile(rf"(?<![^\W\d_])(?=[{_ROUND}]{{0,12}}\d)[\d{_ROUND}]{{2,24}}(?![^\W\d_])")
_LETTERS_ONLY: Final = re.compile(
    r"\b[OIl]{2,9}(?= ?(?:[%€$]|usd|mxn|eur|d[oó]lar|peso|por ciento))|(?<=\$)[OIl]{1,9}\b", re.I
)
_MONEY_NEXT: Final = re.compile(r" ?(?:[%€$]|usd|mxn|eur|d[oó]lar|peso|por ciento)", re.I)
_AS_DIGITS: Final = str.maketrans(_ROUND, "00000011133"[: len(_ROUND)])


@dataclass(frozen=True, slots=True)
class Plain:
    """`text` and `folded` have equal length; `starts[k]` in them came from `origins[k]` in the original."""

    text: str
    folded: str
    starts: tuple[int, ...]
    origins: tuple[int, ...]

    def original(self, position: int) -> int:
        """Index in the original text of the character at `position`."""
        run = bisect_right(self.starts, position) - 1
        place = self.origins[run] + position - self.starts[run]
        return min(place, self.origins[run + 1]) if run + 1 < len(self.origins) else place


@lru_cache(maxsize=32)
def plain(original: str) -> Plain:
    """Strip markup and disguises from `original` (any string; never raises). A reply is read by many, one by one."""
    parts: list[str] = []
    starts, origins = [0], [0]
    length = cursor = 0
    for match in _specials(original):
        before = original[cursor : match.start()]
        shown = _shown(match)
        if shown[:1] == " " and _ends_blank(before, parts):
            shown = shown[1:]
        parts += (before, shown)
        cursor = match.end()
        starts += (length + len(before), length + len(before) + len(shown))
        origins += (match.start(), cursor)
        length = starts[-1]
    parts.append(original[cursor:])
    text = _undisguised("".join(parts))
    return Plain(text, fold(text), tuple(starts), tuple(origins))


def _specials(original: str) -> Iterator[re.Match[str]]:
    """What is to be rewritten, outside of links. One class of characters is looked for first: that is fast."""
    odd = _ODD_OR_BLANKS if "  " in original else _ODD
    links = [match.span() for match in _URL.finditer(original)] if "://" in original else []
    cursor = 0
    while (found := odd.search(original, cursor)) is not None:
        cursor = found.end()
        inside = next((end for start, end in links if start <= found.start() < end), None)
        if inside is not None:
            cursor = inside
        elif (match := _SPECIAL.match(original, found.start())) is not None:
            cursor = match.end()
            yield match


def fold(text: str) -> str:
    """Lower case, no accents, look-alike letters as Latin: the same length as `text`."""
    return text.translate(_FOLDS).lower()


def straightened(folded: str) -> str:
    """Curly apostrophes as straight ones: the same length as `folded`."""
    return folded.replace("’", "'").replace("‘", "'")


def _ends_blank(before: str, parts: list[str]) -> bool:
    if before:
        return before[-1] == " "
    return next((part[-1] == " " for part in reversed(parts) if part), False)


def _shown(match: re.Match[str]) -> str:
    kind, found = match.lastgroup, match.group()
    if kind == "markup":
        return ""
    if kind == "spaces":
        return " "
    if kind == "entity":
        return "".join(map(_character, html.unescape(found)))
    return re.sub(" {2,}", " ", "".join(map(_character, found)))


def _character(found: str) -> str:
    if found in _REPLACED:
        return _REPLACED[found]
    digit = unicodedata.digit(found, None)
    if digit is not None:
        return str(digit)
    compatible = unicodedata.normalize("NFKC", found)
    if compatible != found:
        return "".join(_REPLACED.get(c, c) for c in compatible if not unicodedata.combining(c))
    category = unicodedata.category(found)
    if category in _INVISIBLE:
        return ""
    return " " if category[0] == "Z" or category in {"So", "Sk"} else found


def _undisguised(text: str) -> str:
    """Letters that stand in for digits ("2O0", "lOO dólares") become digits; the length stays."""
    text = _DISGUISED.sub(_digits, text)
    return _LETTERS_ONLY.sub(lambda found: found.group().translate(_AS_DIGITS), text)


def _digits(match: re.Match[str]) -> str:
    found = match.group()
    if found.isdigit():
        return found
    ordinal = found[-1] == "o" and found[:-1].isdigit()
    if ordinal and not _MONEY_NEXT.match(match.string, match.end()):
        return found
    return found.translate(_AS_DIGITS)
