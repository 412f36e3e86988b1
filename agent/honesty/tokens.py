"""Folded text cut into numbers, words and marks, with their places: what the finders of claims read.

A number keeps its separators ("1.299,50", "4 500"), and digits set apart one by one ("4 9") are one number. A line
break is a mark, so that a claim may be told from the line above it.
"""

import re
from typing import Final, NamedTuple

NUMBER: Final = 1
WORD: Final = 3
MARK: Final = 4

_TOKEN: Final = re.compile(
    r"(\d{1,3}(?:([.,' ])\d{3})(?:\2\d{3}){0,9}(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d(?: \d(?!\d)){1,30}|\d+(?:[.,]\d+)?)"
    r"|([^\W\d_]+)|([^\w ]|_)"
)


class Token(NamedTuple):
    """`kind` is NUMBER, WORD or MARK; `start` and `end` are places in the folded text."""

    text: str
    start: int
    end: int
    kind: int


def tokenize(folded: str) -> list[Token]:
    """Cut `folded` into tokens; only single spaces are left out."""
    # The number of the group that matched is the kind.
    return [
        Token(found.group(), found.start(), found.end(), found.lastindex or MARK) for found in _TOKEN.finditer(folded)
    ]
