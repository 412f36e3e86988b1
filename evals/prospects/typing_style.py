"""How words become messages on a telephone: without accents or capitals, with slips, emoji, or in pieces.

A question's figures and names are never touched: a slip makes a message harder to read, not another message.
"""

import random
import re
import unicodedata

from evals.persona import Typing

EMOJI = ("🙂", "🙏", "😅", "👍", "🤔", "😊")
SHORTEST_SLIP = 5
"""Shorter words are typed right: a slip in them is another word."""


def typed(text: str, typing: Typing, draws: random.Random) -> tuple[str, ...]:
    """The messages, as they are sent one after the other."""
    words = text if typing.accents else _plain(text)
    words = words if typing.capitals else words.lower()
    if draws.random() < typing.typos:
        words = _slip(words, draws)
    if draws.random() < typing.emoji:
        words = f"{words} {draws.choice(EMOJI)}"
    return _split(words, draws) if draws.random() < typing.split else (words,)


def _plain(text: str) -> str:
    """Without accents and opening marks; the ñ stays, as it has a key of its own."""
    kept = text.replace("ñ", "\0").replace("Ñ", "\1").translate({ord(mark): None for mark in "¿¡"})
    bare = "".join(char for char in unicodedata.normalize("NFD", kept) if not unicodedata.combining(char))
    return bare.replace("\0", "ñ").replace("\1", "Ñ")


def _slip(text: str, draws: random.Random) -> str:
    """Two neighbouring letters of one long word changed about, or one of them left out."""
    long_ones = [found for found in re.finditer(r"[^\W\d_]+", text) if len(found.group()) >= SHORTEST_SLIP]
    if not long_ones:
        return text
    word = draws.choice(long_ones)
    at = draws.randrange(word.start() + 1, word.end() - 2)
    if draws.random() < 0.5:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + text[at + 1 :]


def _split(text: str, draws: random.Random) -> tuple[str, ...]:
    """Two messages, parted after a comma or a sentence, else between two words."""
    parts = [part for part in re.split(r"(?<=[,.!?]) ", text, maxsplit=1) if part]
    if len(parts) > 1:
        return tuple(parts)
    words = text.split()
    if len(words) < 4:
        return (text,)
    at = draws.randrange(2, len(words) - 1)
    return " ".join(words[:at]), " ".join(words[at:])
