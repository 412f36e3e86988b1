"""Phrases: patterns over tokens, found with one walk through a tree of words.

A phrase is a row of elements: a word, `this/that`, `[optional]`, `@class`, `~` for up to three words within a clause,
and the edges `#`, `,`, `?` (a comma and a question mark are edges too). At each place of a message the longest phrase
wins and uses up its words, so that a longer harmless phrase can hide a shorter one.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from core.learning.words import ASKED, COMMA, EDGE, EDGES

GAP = "~"
LONGEST_GAP = 3
REACH_OF_NEGATION = 3
CLAUSE_BREAKERS = EDGES | {"pero", "but", "mas", "sino"}


@dataclass(slots=True)
class Node:
    """A place in the tree: what may follow, and the labels of the phrases that end here."""

    after: dict[str, "Node"] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Hit:
    """Phrases found at `start` (inclusive) to `end` (exclusive); `negated` when a negation stands shortly before."""

    labels: tuple[str, ...]
    start: int
    end: int
    negated: bool


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """The tree, the classes that each word belongs to, and the words that negate."""

    root: Node
    classes: Mapping[str, tuple[str, ...]]
    negators: frozenset[str]


def phrasebook(
    phrases: Mapping[str, Iterable[str]],
    classes: Mapping[str, Sequence[str]],
    negators: Iterable[str],
    fold: Callable[[str], str],
) -> Phrasebook:
    """Build the tree from label -> phrases; `fold` brings each word to the form that tokens have."""
    root = Node()
    for label, texts in phrases.items():
        for text in texts:
            for row in _rows(text, classes):
                _plant(root, [fold(word) for word in row], label)
    members: dict[str, tuple[str, ...]] = {}
    for name, words in classes.items():
        for word in words:
            folded = fold(word)
            members[folded] = tuple(dict.fromkeys((*members.get(folded, ()), f"@{name}")))
    members |= {COMMA: (EDGE,), ASKED: (EDGE,)}
    return Phrasebook(root, members, frozenset(negators))


def vocabulary(phrases: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """Every plain word that occurs in the phrases."""
    return frozenset(
        word for texts in phrases.values() for text in texts for word in re.findall(r"(?<![@a-z])[a-z]+", text)
    )


def find(tokens: Sequence[str], book: Phrasebook) -> list[Hit]:
    """The hits from left to right; none overlap, but neighbours may share an edge."""
    hits: list[Hit] = []
    place = 0
    while place < len(tokens):
        end, labels = _longest(book.root, tokens, place, book)
        if labels and tokens[place] in EDGES and _longest(book.root, tokens, place + 1, book)[0] > end:
            labels = ()
        if not labels:
            place += 1
            continue
        hits.append(Hit(labels, place, end, _negated(tokens, place, hits, book)))
        shared_edge = end - 1 > place and tokens[end - 1] in EDGES
        place = end - 1 if shared_edge else end
    return hits


def _rows(text: str, classes: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    choices: list[tuple[str, ...]] = []
    for element in text.split():
        optional = element.startswith("[")
        words = tuple(element.strip("[]").split("/"))
        for word in words:
            if word.startswith("@") and word[1:] not in classes:
                raise ValueError(f"lexicon: phrase {text!r} names the unknown class {word!r}; known: {sorted(classes)}")
        choices.append((*words, "") if optional else words)
    for row in product(*choices):
        yield tuple(word for word in row if word)


def _plant(root: Node, row: Sequence[str], label: str) -> None:
    node = root
    for element in row:
        node = node.after.setdefault(element, Node())
    if label not in node.labels:
        node.labels.append(label)


def _longest(node: Node, tokens: Sequence[str], place: int, book: Phrasebook) -> tuple[int, tuple[str, ...]]:
    """The furthest end that a phrase reaches from here, with every label that reaches it."""
    best = place
    labels: tuple[str, ...] = ()
    for end, found in _ends(node, tokens, place, book):
        if end > best:
            best, labels = end, found
        elif end == best and end > place:
            labels = (*labels, *(label for label in found if label not in labels))
    return best, labels


def _ends(node: Node, tokens: Sequence[str], place: int, book: Phrasebook) -> Iterator[tuple[int, tuple[str, ...]]]:
    if node.labels:
        yield place, tuple(node.labels)
    if GAP in node.after:
        yield from _after_gap(node.after[GAP], tokens, place, book)
    if place == len(tokens):
        return
    for key in (tokens[place], *book.classes.get(tokens[place], ())):
        if key in node.after:
            yield from _ends(node.after[key], tokens, place + 1, book)


def _after_gap(
    node: Node, tokens: Sequence[str], place: int, book: Phrasebook
) -> Iterator[tuple[int, tuple[str, ...]]]:
    for skipped in range(LONGEST_GAP + 1):
        if skipped and (place + skipped > len(tokens) or tokens[place + skipped - 1] in EDGES):
            return
        yield from _ends(node, tokens, place + skipped, book)


def _negated(tokens: Sequence[str], place: int, hits: Sequence[Hit], book: Phrasebook) -> bool:
    """A phrase that has used up its own negation does not lend it to the next one."""
    earliest = max(place - REACH_OF_NEGATION, hits[-1].end if hits else 0, 0)
    for index in range(place - 1, earliest - 1, -1):
        if tokens[index] in CLAUSE_BREAKERS:
            return False
        if tokens[index] in book.negators:
            return True
    return False
