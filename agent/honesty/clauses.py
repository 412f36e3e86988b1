"""Where a phrase stands in its sentence: what was said before it, and whether it is only asked or supposed.

"¿Tu pago fue confirmado?", "cuando el pago sea confirmado" and "preguntas si soy humana" say nothing to be so. Written
"si" may be a yes without its accent, so it supposes only where words follow it at once.
"""

import re
from typing import Final

_STOP: Final = re.compile(r"[.!?;:\n](?!\d)")
_REACH: Final = 90
_SUPPOSED: Final = re.compile(
    r"\b(?:si(?= [a-z])(?! ya\b)|cuando|una vez|en cuanto|apenas|hasta que|mientras|despues de|luego de|tras|antes de"
    r"|para que|hace falta|necesit\w+|if|when|once|as soon as|after|until|unless|before|whether"
    r"|quando|assim que|depois|ate que|se(?= o | a | seu | sua | voce ))(?![^\W\d_])"
)
_ASKED: Final = re.compile(
    r"(?:pregunt\w*|sab[eoi]\w*|dud\w*|quier\w+ saber|averigu\w*|ask\w*|wonder\w*|know|pergunt\w*|duvid\w*)"
    r"[^.!?\n]{0,24} (?:si|se|if|whether|que|that) $"
)


def before(folded: str, start: int) -> str:
    """What the sentence of `start` says before it, at most 90 characters."""
    return _STOP.split(folded[max(0, start - _REACH) : start])[-1]


def after(folded: str, end: int) -> str:
    """What the sentence of `end` says after it, its closing mark included, at most 90 characters."""
    rest = folded[end : end + _REACH]
    closing = _STOP.search(rest)
    return rest[: closing.end()] if closing else rest


def is_question(folded: str, start: int, end: int) -> bool:
    """Whether `start:end` lies in a question: between its two marks, or right before the last."""
    rest = after(folded, end)
    opened = "¿" in before(folded, start) or folded[start : start + 1] == "¿"
    return rest.endswith("?") and "¿" not in rest and (opened or len(rest) <= 2)


def is_supposed(folded: str, start: int) -> bool:
    """Whether a condition or a time to come stands before `start` in its sentence."""
    return _SUPPOSED.search(before(folded, start)) is not None


def is_asked_about(folded: str, start: int) -> bool:
    """Whether somebody only asks it: "preguntas si …", "wondering whether …"."""
    return _ASKED.search(before(folded, start)) is not None
