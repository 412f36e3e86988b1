"""The lexicon: `lexicon.toml` beside this module, read once and made ready for `understanding`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.learning.phrases import Phrasebook, phrasebook, vocabulary
from core.learning.words import Spelling, singular, spelling

PATH = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What people type: its spelling, its phrases, and the emoji that show a mood."""

    spelling: Spelling
    phrases: Phrasebook
    glad: frozenset[str]
    upset: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """The lexicon that ships with Brenda. Raises ValueError when a phrase names an unknown class."""
    data = tomllib.loads(PATH.read_text(encoding="utf-8"))
    members = {word for words in data["classes"].values() for word in words}
    known = vocabulary(data["phrases"]) | members | {*data["negators"]}

    def fold(word: str) -> str:
        return singular(word, known)

    return Lexicon(
        spelling=spelling(known, data["slang"], data["fillers"], data["true_words"]),
        phrases=phrasebook(data["phrases"], data["classes"], data["negators"], fold),
        glad=frozenset(data["emoji"]["positive"]),
        upset=frozenset(data["emoji"]["negative"]),
    )
