"""Free words of a person or a model, made safe to store and to show: no control, invisible or unpaired characters.

What the words say is not judged here. They are data wherever they go.
"""

import re
import unicodedata
from typing import Annotated

from pydantic import BeforeValidator

_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co"})
"""Unicode categories: controls (NUL too), invisible formatting (zero-width, right-to-left), surrogates, private use."""
_EMAIL = re.compile(r"[^\s@,;<>\"()]{1,64}@(?:[^\W_](?:[^\W_]|-){0,62}\.)+[^\W\d_]{2,24}")


def plain(text: str, limit: int) -> str:
    """The text in one line, cut at a word's end to at most `limit` characters; may be empty."""
    visible = (character for character in re.sub(r"\s", " ", text) if unicodedata.category(character) not in _DROPPED)
    words = " ".join("".join(visible).split())
    if len(words) <= limit:
        return words
    whole, _, _ = words[: limit + 1].rpartition(" ")
    return (whole or words)[:limit].rstrip()


def email_address(text: str) -> str | None:
    """The address in its usual form, or None when it cannot be one. Only its shape is looked at."""
    address = text.strip().removeprefix("mailto:")
    return address.lower() if len(address) <= 200 and _EMAIL.fullmatch(address) else None


def _line(value: object) -> object:
    # Models write a budget as a number; anything else that is no text is left to be refused by its type.
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return plain(str(value), 200) if isinstance(value, str) or is_number else value


Line = Annotated[str, BeforeValidator(_line)]
"""A short line of free words: cleaned, and cut to 200 characters, before anything else sees it."""
