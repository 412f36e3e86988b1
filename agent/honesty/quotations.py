"""Quoted speech in a text.

A quotation of four words or more is a QUOTE; shorter ones are titles and emphasis. An unclosed quotation runs to the
end of the text, so that a missing mark hides nothing.
"""

import re
from typing import Final

from agent.honesty.findings import Finding
from agent.honesty.plaintext import Plain, fold
from core.domain.evidence import FactKind

_QUOTED: Final = re.compile(
    r"«([^«»]*)(?:»|$)|[“„]([^“”„]*)(?:”|$)|\"([^\"]*)(?:\"|$)|(?<!\w)‘((?:[^‘’]|’(?=\w)){0,2000})(?:’|$)"
    r"|(?<![\w'])'(?=\w)((?:[^'\n]|'(?=\w)){0,600})'(?!\w)"
)
_BLOCK: Final = re.compile(r"^ ?> ?(.+)$", re.MULTILINE)
_MARKS: Final = "«“„\"‘'>"
"""No quotation begins without one of these, and most replies hold none."""
_WORD: Final = re.compile(r"[^\W_]+")
_LEAST_WORDS: Final = 4


def find_quotes(page: Plain) -> list[Finding]:
    """Quotations of four words or more; `value` is the folded words, single-spaced."""
    found: list[Finding] = []
    if not any(mark in page.text for mark in _MARKS):
        return found
    for pattern in (_QUOTED, _BLOCK):
        for match in pattern.finditer(page.text):
            said = same_words(match.group(match.lastindex or 0))
            if said.count(" ") + 1 >= _LEAST_WORDS:
                found.append(Finding(FactKind.QUOTE, said, "", match.start(), match.end()))
    return found


def same_words(said: str) -> str:
    """The words of `said` without case, accents and punctuation."""
    return " ".join(_WORD.findall(fold(said)))
