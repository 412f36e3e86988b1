"""The unit beside a number: a currency sign or word, a percentage, a unit of time, places in a group."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from agent.honesty.lexicon import words
from agent.honesty.numerals import Numeral
from agent.honesty.tokens import WORD, Token
from agent.honesty.units import CURRENCIES, DURATIONS, PERCENTS, PESO_COUNTRIES, SEATS, SIGNS
from core.domain.evidence import FactKind

NO_NOUN: Final = words(
    "y o u e a al de del en con por para que si no ni es son era fue ser esta estan este esto eso ese hoy ya ahora "
    "aqui "
    "alli solo mas menos pero como cuando donde desde hasta sin sobre entre la el los las lo un una me te se le les "
    "nos mi tu "
    "su tus sus muy tan asi tambien cada todo toda todos todas the of to and for in off or per are is was today you "
    "your we "
    "our it on at with from by only now just that this each than vs x puedes puede tienes tiene hay va voy vas antes "
    "despues luego aun sino porque pues mil incluye incluyen incluido cuesta vale"
)
JOINTS: Final = frozenset("\"'()[]»”’|_*")


class Unit(NamedTuple):
    """What is counted (`name` as in `claims`), and the places of number and unit; `half` for "y media"."""

    kind: FactKind
    name: str
    start: int
    end: int
    half: bool = False


def find_unit(tokens: Sequence[Token], numeral: Numeral) -> Unit | None:
    """The unit that `numeral` stands beside, or None."""
    return _left_money(tokens, numeral) or _right_unit(tokens, numeral)


def _left_money(tokens: Sequence[Token], numeral: Numeral) -> Unit | None:
    """ "$249", "US$ 249", "USD 249", "$249 MXN" (the word after wins over the sign)."""
    index = numeral.first - 1
    if index < 0:
        return None
    token = tokens[index]
    if token.text in SIGNS:
        before = tokens[index - 1] if index else None
        glued = before is not None and before.end == token.start
        name = CURRENCIES.get(before.text) if before is not None and glued and token.text == "$" else None
        start = before.start if before is not None and name else token.start
        right = _right_unit(tokens, numeral)
        if right is not None and right.kind is FactKind.MONEY:
            return right._replace(start=start)
        return Unit(FactKind.MONEY, name or CURRENCIES[token.text], start, tokens[numeral.last].end)
    if len(token.text) == 3 and token.text in CURRENCIES and token.text != "pen":
        return Unit(FactKind.MONEY, CURRENCIES[token.text], token.start, tokens[numeral.last].end)
    return None


def _right_unit(tokens: Sequence[Token], numeral: Numeral) -> Unit | None:
    """The unit within two words to the right, past brackets and an adjective: "5 últimos lugares"."""
    start, index = tokens[numeral.first].start, numeral.last + 1
    adjectives = 0
    for place in range(index, min(index + 6, len(tokens))):
        token = tokens[place]
        unit = _named_unit(tokens, place, start)
        if unit is not None and not (adjectives and unit.kind is FactKind.PERCENT):
            return unit
        if token.kind == WORD and token.text not in NO_NOUN and adjectives < 1:
            adjectives += 1
        elif not (
            token.text in JOINTS
            or token.text == "\n"
            or (token.text == "-" and place == index)
            or _links(token, place - index)
        ):
            return None
    return None


def _links(token: Token, distance: int) -> bool:
    return token.text in ("de", "of") and distance == 0


def _named_unit(tokens: Sequence[Token], place: int, start: int) -> Unit | None:
    text = tokens[place].text
    following = tokens[place + 1].text if place + 1 < len(tokens) else ""
    end = tokens[place].end
    if text in PERCENTS:
        return Unit(FactKind.PERCENT, "%", start, end)
    if text in ("por", "puntos") and following in ("ciento", "cien", "porcentuales"):
        return Unit(FactKind.PERCENT, "%", start, tokens[place + 1].end)
    if text in CURRENCIES and text not in ("u", "us", "mx"):
        return _currency(tokens, place, start)
    if text in DURATIONS:
        return _duration(tokens, place, start)
    if text in SEATS:
        return Unit(FactKind.SEATS, "places", start, end)
    return None


def _currency(tokens: Sequence[Token], place: int, start: int) -> Unit:
    token = tokens[place]
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    if token.text in ("peso", "pesos") and following is not None and following.text in PESO_COUNTRIES:
        return Unit(FactKind.MONEY, PESO_COUNTRIES[following.text], start, following.end)
    if token.text == "$" and following is not None and following.text in CURRENCIES:
        return Unit(FactKind.MONEY, CURRENCIES[following.text], start, following.end)
    return Unit(FactKind.MONEY, CURRENCIES[token.text], start, token.end)


def _duration(tokens: Sequence[Token], place: int, start: int) -> Unit | None:
    token = tokens[place]
    if token.text == "s" and tokens[place - 1].end != token.start:
        return None
    following = [one.text for one in tokens[place + 1 : place + 3]]
    half = following in (["y", "media"], ["y", "medio"])
    return Unit(FactKind.DURATION, DURATIONS[token.text], start, tokens[place + 2].end if half else token.end, half)
