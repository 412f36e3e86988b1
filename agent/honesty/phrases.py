"""Quantities that are no numeral with a unit: half the price, two for one, thousands of students, nine of ten."""

import re
from decimal import Decimal
from typing import Final

from agent.honesty.findings import Finding, written
from agent.honesty.numerals import find_numerals
from agent.honesty.tokens import tokenize
from agent.honesty.units import DURATIONS, known_noun
from core.domain.evidence import FactKind

_VAGUE: Final = re.compile(
    r"\b(decenas|cientos|centenares|miles|millones|dozens|hundreds|thousands|millions) (?:y \w+ )?(?:de |of )(\w+)"
    r"(?: (\w+))?"
)
_VAGUE_LEAST: Final = {
    "decenas": 20, "dozens": 20, "cientos": 200, "centenares": 200, "hundreds": 200, "miles": 1000, "thousands": 1000,
    "millones": 10**6, "millions": 10**6,
}  # fmt: skip
_SHARE: Final = re.compile(r"\b(\d{1,4}|[a-z]{1,12}) (?:de cada|out of|in) (\d{1,4}|[a-z]{1,12})\b")
_HALF: Final = re.compile(
    r"\b(?:(?:a |al? |la )?mitad (?:de|del) (?:precio|costo|coste|valor)|(?:a|en) la mitad\b(?! del? (?:camino|curso|"
    r"modulo))|medio precio|1/2 precio|half (?:the )?price|half off|"
    r"(?:la )?mitad de (?:los|las|nuestr\w+|tu|mis|quienes)\b|half of (?:our|the))"
)
_AND_HALF: Final = re.compile(r"(?:(\w+) )?\b(hora|semana|mes|ano|dia) y medi[oa]\b")
_BUNDLE: Final = re.compile(
    r"\b(\d|dos|tres|two|three) ?(?:x|por|for) ?(\d|uno|dos|one|two)\b(?! ?(?:cient|%|hora|dia|seman|mes))"
)


def find_phrases(folded: str) -> list[Finding]:
    """Quantities without a plain numeral: half the price, two for one, thousands of students, nine out of ten."""
    found = []
    if "mitad" in folded or "half" in folded or "medio" in folded or "1/2" in folded:
        found += [Finding(FactKind.PERCENT, "50", "%", *match.span()) for match in _HALF.finditer(folded)]
    if " y medi" in folded:
        found += [half for match in _AND_HALF.finditer(folded) if (half := _and_half(match)) is not None]
    for match in _BUNDLE.finditer(folded):
        if match.group(1).isdigit() == match.group(2).isdigit():
            found.append(Finding(FactKind.PERCENT, f"{match.group(1)}x{match.group(2)}", "bundle", *match.span()))
    for match in _VAGUE.finditer(folded):
        noun = next((word for word in match.groups()[1:] if word and known_noun(word)), None)
        if noun is not None:
            found.append(Finding(FactKind.COUNT, f">{_VAGUE_LEAST[match.group(1)]}", noun, *match.span()))
    if " cada " in folded or " out of " in folded or " in " in folded:
        found += [share for match in _SHARE.finditer(folded) if (share := _share(match)) is not None]
    return found


def _and_half(match: re.Match[str]) -> Finding | None:
    """ "hora y media" with no number before it."""
    if match.group(1) and find_numerals(tokenize(match.group(1))):
        return None
    return Finding(FactKind.DURATION, "1.5", DURATIONS[match.group(2)], match.start(2), match.end())


def _share(match: re.Match[str]) -> Finding | None:
    if not re.search(r"de cada|out of|in (?:10|ten|100)\b", match.group()):
        return None
    pair = [find_numerals(tokenize(side)) for side in match.groups()]
    if not all(pair) or not pair[1][0].value:
        return None
    share = (pair[0][0].value / pair[1][0].value * 100).quantize(Decimal("0.01"))
    return Finding(FactKind.PERCENT, written(share), "%", *match.span())
