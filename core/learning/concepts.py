"""Concepts: `concepts.toml` beside this module, which says what words stand for one another."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PATH = Path(__file__).with_suffix(".toml")
SHORTEST_STEM = 2


@dataclass(frozen=True, slots=True)
class Concepts:
    """The concepts of whole words, and of the beginnings of words."""

    whole: Mapping[str, tuple[str, ...]]
    stems: Mapping[str, tuple[str, ...]]

    def of(self, word: str) -> Iterator[str]:
        """The concepts that a word belongs to; a concept may come twice."""
        yield from self.whole.get(word, ())
        for end in range(SHORTEST_STEM, len(word) + 1):
            yield from self.stems.get(word[:end], ())


@cache
def concepts() -> Concepts:
    """The concepts that ship with Brenda."""
    data: dict[str, list[str]] = tomllib.loads(PATH.read_text(encoding="utf-8"))
    entries = [(name, word) for name, words in data.items() for word in words]
    return Concepts(
        whole=_index((name, word) for name, word in entries if not word.endswith("*")),
        stems=_index((name, word.removesuffix("*")) for name, word in entries if word.endswith("*")),
    )


def _index(entries: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, word in entries:
        found[word] = (*found.get(word, ()), name)
    return found
