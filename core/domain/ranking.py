"""Ranking: which rows fit a person's own words best, forgiving accents, gender, plurals and letter case.

Texts are folded to plain letters and digits, cut into words, and each word to a short stem; two texts are compared by
the stems that they share. It works on the few dozen rows of one course, in the process, so that no word that a person
typed is ever part of a query. Rows that fit equally well are ordered by a hash of the turn: the same within a turn,
different from turn to turn, so that people do not always see the same ones.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Protocol, TypeVar

_WORD = re.compile(r"[a-z0-9]+")
_EMPTY_WORDS = frozenset(
    {"para", "con", "por", "que", "una", "uno", "unos", "unas", "los", "las", "del", "como", "mas", "muy", "sobre"}
    | {"sin", "sus", "este", "esta", "curso", "cursos", "the", "and", "for"}
)


class Numbered(Protocol):
    """A row with a number."""

    @property
    def id(self) -> int: ...


R = TypeVar("R", bound=Numbered)


def fold(text: str) -> str:
    """The text in lower case, without accents and without invisible characters."""
    # Twice, because letter case hides in compatibility forms, and folding it can make new ones.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(mark for mark in decomposed if unicodedata.category(mark) not in ("Mn", "Cf", "Cc", "Cs"))


@lru_cache(maxsize=1024)
def stems(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning: "Médicas", "médico" and "MEDICO" share one."""
    words = (word for word in _WORD.findall(fold(text)) if len(word) > 2 and word not in _EMPTY_WORDS)
    return frozenset(_stem(word) for word in words)


def overlap(wanted: str | None, offered: Iterable[str]) -> int:
    """How many stems of the wanted text occur in the offered texts; none wanted is 0."""
    return len(stems(wanted or "") & stems(" ".join(offered)))


def best(rows: Iterable[R], score: Callable[[R], int], seed: str, limit: int) -> tuple[R, ...]:
    """The rows with the highest scores, at most `limit`; ties are ordered by the seed, whatever the order given."""
    return tuple(sorted(rows, key=lambda row: (-score(row), _draw(seed, row.id), row.id))[:limit])


def distance(left: str, right: str) -> int:
    """The least number of letters to insert, remove, replace or swap with the neighbour, to turn one into the other."""
    before: list[int] = []
    above = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            swapped = i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b
            row.append(min(cost, before[j - 2] + 1) if swapped else cost)
        before, above = above, row
    return above[-1]


def _stem(word: str) -> str:
    singular = word.rstrip("s") if len(word) > 4 else word
    root = singular[:-1] if len(singular) > 4 and singular[-1] in "aeo" else singular
    return root[:6]


def _draw(seed: str, row: int) -> bytes:
    return hashlib.sha256(f"{seed}:{row}".encode(errors="replace")).digest()
