"""Numbers as people write them, in digits (Spanish and English separators) and in words (both languages).

A numeral is read from neighbouring tokens: "2 mil 500", "cincuenta y nueve", "two hundred and fifty", "1.5k". One
separator before exactly three digits parts thousands ("1.299"); otherwise it is the decimal mark ("12,5").
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from agent.honesty.tokens import NUMBER, Token

_UNITS: Final = {
    "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "uno": 1, "un": 1,
    "una": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
_TENS: Final = {
    "diez": 10, "once": 11, "doce": 12, "trece": 13, "catorce": 14, "quince": 15, "dieciseis": 16, "diecisiete": 17,
    "dieciocho": 18, "diecinueve": 19, "veinte": 20, "veintiun": 21, "veintiuno": 21, "veintiuna": 21, "veintidos": 22,
    "veintitres": 23, "veinticuatro": 24, "veinticinco": 25, "veintiseis": 26, "veintisiete": 27, "veintiocho": 28,
    "veintinueve": 29, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80,
    "noventa": 90, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_HUNDREDS: Final = {
    "cien": 100, "ciento": 100, "doscientos": 200, "trescientos": 300, "cuatrocientos": 400, "quinientos": 500,
    "seiscientos": 600, "setecientos": 700, "ochocientos": 800, "novecientos": 900, "doscientas": 200,
    "trescientas": 300, "cuatrocientas": 400, "quinientas": 500, "seiscientas": 600, "setecientas": 700,
    "ochocientas": 800, "novecientas": 900,
}  # fmt: skip
_SCALES: Final = {
    "mil": 1000, "thousand": 1000, "millon": 10**6, "millones": 10**6, "million": 10**6, "millions": 10**6,
}  # fmt: skip
_ALONE: Final[dict[str, int | Decimal]] = {
    "cero": 0,
    "zero": 0,
    "docena": 12,
    "dozen": 12,
    "par": 2,
    "couple": 2,
    "media": Decimal("0.5"),
}
_ARTICLES: Final = frozenset({"un", "una", "uno", "one", "media"})
_VALUES: Final = {**_UNITS, **_TENS, **_HUNDREDS, **_SCALES}
_STARTS: Final = frozenset({*_UNITS, *_TENS, *_HUNDREDS, *_SCALES, *_ALONE, "hundred"})
# "ten en cuenta" is an order and "once you finish" a conjunction: these words count only before a noun.
_DOUBTFUL: Final = {
    "ten": frozenset({"en", "a", "por", "la", "el", "un", "una", "paciencia", "presente", "cuidado", "fe", "claro"}),
    "once": frozenset(
        {"you", "the", "we", "a", "it", "your", "and", "in", "they", "i", "again", "more", "per", "that"}
    ),
    "par": frozenset({"en", "y", "que"}),
}
_BEFORE_ONCE: Final = frozenset({"at", "all", "just", "only", "than", "more"})
_LONGEST: Final = 24


class Numeral(NamedTuple):
    """`value` as read from the tokens `first` to `last`; an `article` is "un", "una" or "media"."""

    value: Decimal
    first: int
    last: int
    spelled: bool
    article: bool


class _Reading(NamedTuple):
    total: Decimal
    current: Decimal
    last: int
    spelled: bool


def read_digits(raw: str) -> Decimal:
    """The value of a number token; one too long to be meant as a number is read as its first digits."""
    digits = raw.replace(" ", "").replace("'", "")[:_LONGEST].rstrip(".,")
    marks = [mark for mark in digits if mark in ".,"]
    if not marks:
        return Decimal(digits)
    head, _, tail = digits.rpartition(marks[-1])
    whole = head.replace(".", "").replace(",", "")
    thousands = len(marks) > 1 if len(set(marks)) == 1 and len(marks) > 1 else _parts_thousands(marks, head, tail)
    return Decimal(whole + tail) if thousands else Decimal(f"{whole}.{tail}")


def find_numerals(tokens: Sequence[Token]) -> list[Numeral]:
    """Every numeral in `tokens`, in order."""
    found: list[Numeral] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if (token.kind == NUMBER or token.text in _STARTS) and not _is_other_word(tokens, index):
            numeral = _read(tokens, index)
            found.append(numeral)
            index = numeral.last
        index += 1
    return found


def _parts_thousands(marks: list[str], head: str, tail: str) -> bool:
    return len(marks) == 1 and len(tail) == 3 and head != "0" and len(head) <= 3


def _is_other_word(tokens: Sequence[Token], index: int) -> bool:
    text = tokens[index].text
    following = tokens[index + 1].text if index + 1 < len(tokens) else ""
    if text in ("par", "couple", "docena", "dozen"):
        return following not in ("de", "of") and text in ("par", "couple")
    if text in ("ciento", "cien") and index > 1 and tokens[index - 1].text == "por":
        number = tokens[index - 2]
        return number.kind == NUMBER or number.text in _STARTS or number.text == "tanto"
    if text in ("un", "una") and following in ("par", "docena", "millon"):
        return following != "millon"
    if text not in _DOUBTFUL:
        return False
    before = tokens[index - 1].text if index else ""
    return following in _DOUBTFUL[text] or before in _BEFORE_ONCE


def _read(tokens: Sequence[Token], index: int) -> Numeral:
    reading = _opening(tokens[index], index)
    grown: _Reading | None = reading
    while grown is not None:
        reading = grown
        grown = next((more for rule in _RULES if (more := rule(reading, tokens)) is not None), None)
    article = reading.last == index and tokens[index].text in _ARTICLES
    last = reading.last
    if tokens[last].text in ("par", "couple", "docena", "dozen") and _text(tokens, last + 1) in ("de", "of"):
        last += 1
    return Numeral(reading.total + reading.current, index, last, reading.spelled, article)


def _opening(token: Token, index: int) -> _Reading:
    if token.kind == NUMBER:
        return _Reading(Decimal(0), read_digits(token.text), index, False)
    value = Decimal(_VALUES.get(token.text) or _ALONE.get(token.text, 100))
    if token.text in _SCALES:
        return _Reading(value, Decimal(0), index, True)
    return _Reading(Decimal(0), value, index, True)


def _text(tokens: Sequence[Token], index: int) -> str:
    return tokens[index].text if 0 <= index < len(tokens) else ""


def _scale(reading: _Reading, tokens: Sequence[Token]) -> _Reading | None:
    text, last = _text(tokens, reading.last + 1), reading.last + 1
    if text == "k" and reading.current and tokens[last].start == tokens[last - 1].end:
        return _Reading(reading.current * 1000, Decimal(0), last, reading.spelled)
    if text not in _SCALES or not reading.current or reading.current > 10**6:
        return None
    if _SCALES[text] == 1000:
        return _Reading(reading.total + reading.current * 1000, Decimal(0), last, reading.spelled)
    return _Reading((reading.total + reading.current) * _SCALES[text], Decimal(0), last, reading.spelled)


def _hundreds(reading: _Reading, tokens: Sequence[Token]) -> _Reading | None:
    text = _text(tokens, reading.last + 1)
    if text == "hundred" and 0 < reading.current < 10:
        return reading._replace(current=reading.current * 100, last=reading.last + 1)
    if text in _HUNDREDS and reading.current == 0 and reading.total:
        return reading._replace(current=Decimal(_HUNDREDS[text]), last=reading.last + 1)
    return None


def _remainder(reading: _Reading, tokens: Sequence[Token]) -> _Reading | None:
    """ "2 mil 500": digits after a scale."""
    last = reading.last + 1
    if reading.current or not reading.total or last >= len(tokens) or tokens[last].kind != NUMBER:
        return None
    value = read_digits(tokens[last].text)
    return reading._replace(current=value, last=last) if 10 <= value < 1000 else None


def _below_hundred(reading: _Reading, tokens: Sequence[Token]) -> _Reading | None:
    """ "ciento veinte", "mil dos": tens or units where the number still has room for them."""
    text = _text(tokens, reading.last + 1)
    room = reading.spelled and reading.current % 100 == 0 and (reading.current or reading.total)
    value = _TENS.get(text) or (_UNITS.get(text) if text not in ("un", "una") else None)
    if not room or value is None:
        return None
    return reading._replace(current=reading.current + value, last=reading.last + 1)


def _after_and(reading: _Reading, tokens: Sequence[Token]) -> _Reading | None:
    """ "cincuenta y dos", "fifty-two", "two hundred and fifty"."""
    joint, text = _text(tokens, reading.last + 1), _text(tokens, reading.last + 2)
    tens = reading.current % 100
    if not reading.spelled or joint not in ("y", "and", "-"):
        return None
    if text in _UNITS and tens >= 20 and tens % 10 == 0:
        return reading._replace(current=reading.current + _UNITS[text], last=reading.last + 2)
    if joint == "and" and reading.current >= 100 and tens == 0 and (text in _UNITS or text in _TENS):
        more = _UNITS.get(text) or _TENS[text]
        return reading._replace(current=reading.current + more, last=reading.last + 2)
    return None


def _english_units(reading: _Reading, tokens: Sequence[Token]) -> _Reading | None:
    """ "twenty five" without a hyphen, "veinte cinco" as some type it."""
    text, tens = _text(tokens, reading.last + 1), reading.current % 100
    if reading.spelled and text in _UNITS and text not in _ARTICLES and tens >= 20 and tens % 10 == 0:
        return reading._replace(current=reading.current + _UNITS[text], last=reading.last + 1)
    return None


_RULES: Final[tuple[Callable[[_Reading, Sequence[Token]], _Reading | None], ...]] = (
    _scale,
    _hundreds,
    _remainder,
    _below_hundred,
    _after_and,
    _english_units,
)
