"""Words: how a typed message becomes a row of plain tokens.

Accents, case, emoji and stretched letters are dropped, so that they can never change a reading. Edges of clauses stay
as tokens of their own (`#`, `,`, `?`), so that phrases and negations do not reach across them. Abbreviations are
written out; plurals and single slips of the thumb in long words are led back to words that the lexicon knows, and a
word that it does not know stays as it is.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

EDGE, COMMA, ASKED = "#", ",", "?"
EDGES = frozenset({EDGE, COMMA, ASKED})
MAX_CHARACTERS = 4000
MAX_TOKENS = 260
SHORTEST_CORRECTED = 7
DOUBLE_ENDINGS = frozenset({"free", "see", "too", "fee", "agree", "coffee", "zoom", "cool", "need", "meet"})
FOLLOWS_POR: Mapping[str, tuple[str, ...]] = {"que": ("porque",), "favor": ()}

_TOKEN = re.compile(r"[a-z]+|\d+|[?]|[.!;:\n()]+|,")
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+")
_LAUGH = re.compile(r"(?:[jh][aeiu]+){2,}[jh]?")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_DOUBLED_END = re.compile(r"([aeiou])\1$")


@dataclass(frozen=True, slots=True)
class Spelling:
    """What is needed to lead a typed word back to a known one. `near` maps spellings with one letter less to words."""

    known: frozenset[str]
    slang: Mapping[str, str]
    fillers: frozenset[str]
    true_words: frozenset[str]
    near: Mapping[str, tuple[str, ...]]


def spelling(
    known: frozenset[str], slang: Mapping[str, str], fillers: Sequence[str], true_words: Sequence[str]
) -> Spelling:
    """Index the known words for `tokenise`."""
    near: dict[str, tuple[str, ...]] = {}
    for word in sorted(known):
        if len(word) >= SHORTEST_CORRECTED:
            for shorter in {word, *_shorter(word)}:
                near[shorter] = (*near.get(shorter, ()), word)
    return Spelling(known, slang, frozenset(fillers), frozenset(true_words), near)


def plain(text: str) -> str:
    """Lower case without accents; other characters stay."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def singular(word: str, known: frozenset[str]) -> str:
    """The singular of a plural, when that is a known word; else the word."""
    for ending in ("s", "es"):
        if len(word) > 4 and word.endswith(ending) and word.removesuffix(ending) in known:
            return word.removesuffix(ending)
    return word


def raw_words(text: str) -> list[str]:
    """Tokens as they were typed, before any correction; at most `MAX_TOKENS` of them, from both ends of a long text."""
    cleaned = plain(_excerpt(text)).replace("'", "").replace("’", "").replace("\u200b", "")
    found: list[str] = _TOKEN.findall(_ADDRESS.sub(" ", cleaned))
    half = MAX_TOKENS // 2
    return found if len(found) <= MAX_TOKENS else found[:half] + found[-half:]


def tokenise(raw: Sequence[str], known: Spelling) -> tuple[str, ...]:
    """The corrected row of tokens, opened and closed by an edge, with no two edges side by side."""
    row = [EDGE]
    for token in _joined(_corrected(raw, known)):
        if token in EDGES and row[-1] in EDGES:
            row[-1] = _stronger(row[-1], token)
        else:
            row.append(token)
    if row[-1] not in EDGES:
        row.append(EDGE)
    return tuple(row)


def _excerpt(text: str) -> str:
    return text if len(text) <= 2 * MAX_CHARACTERS else f"{text[:MAX_CHARACTERS]}\n{text[-MAX_CHARACTERS:]}"


def _stronger(one: str, other: str) -> str:
    return max(one, other, key=(COMMA, EDGE, ASKED).index)


def _corrected(raw: Sequence[str], known: Spelling) -> Iterator[str]:
    for token in raw:
        if not token[0].isalpha():
            yield token if token.isdigit() or token in EDGES else EDGE
            continue
        if _LAUGH.fullmatch(token) and token not in known.known:
            continue
        for word in known.slang.get(token, _led_back(token, known)).split():
            if word not in known.fillers:
                yield word


def _led_back(token: str, known: Spelling) -> str:
    word = squeezed(token)
    word = known.slang.get(word, word)
    if word in known.true_words or " " in word:
        return word
    single = singular(word, known.known)
    if single in known.known:
        return single
    return singular(_near(word, known), known.known) if len(word) >= SHORTEST_CORRECTED else word


@lru_cache(maxsize=20_000)
def squeezed(token: str) -> str:
    """Without stretched letters: "carooo" is "caro"; words that end in a doubled vowel by right stay."""
    word = _STRETCHED.sub(r"\1", token)
    return word if word in DOUBLE_ENDINGS else _DOUBLED_END.sub(r"\1", word)


def _near(word: str, known: Spelling) -> str:
    """The only known word one slip away that begins alike, or the word itself."""
    found = {near for key in (word, *_shorter(word)) for near in known.near.get(key, ())}
    fitting = [near for near in sorted(found) if near[0] == word[0] and _one_slip(word, near)]
    return fitting[0] if len(fitting) == 1 else word


def _shorter(word: str) -> list[str]:
    return [word[:index] + word[index + 1 :] for index in range(1, len(word))]


def _one_slip(one: str, other: str) -> bool:
    """One letter too many, too few, wrong, or two swapped. A last letter that differs is grammar, not a slip."""
    if len(one) == len(other):
        differing = [index for index, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
        swapped = len(differing) == 2 and one[differing[0]] == other[differing[1]] and differing[1] - differing[0] == 1
        return swapped or (len(differing) == 1 and differing[0] < len(one) - 1)
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return len(longer) - len(shorter) == 1 and shorter in _shorter(longer)


def _joined(words: Iterator[str]) -> Iterator[str]:
    """`por que` is written as one word, and `por favor` means nothing here."""
    waiting = False
    for word in words:
        if waiting and word in FOLLOWS_POR:
            yield from FOLLOWS_POR[word]
            waiting = False
            continue
        if waiting:
            yield "por"
        waiting = word == "por"
        if not waiting:
            yield word
    if waiting:
        yield "por"
