"""Features of a message for the classifier: hashed grams of letters, words and concepts, and what the rules found.

Seven groups, each scaled to length one so that a long message weighs no more than a short one: letters (n-grams of 2 to
5 within a word, its edges marked, so that slips and unknown endings still resemble what is known), words (corrected
tokens, alone and in pairs, with the edges of clauses), signs (the labels of the lexicon), concepts (alone and any two
of a message, a question mark being one of them), their order, what is denied (words and concepts shortly after a
negation of their clause), and runs of 3 to 6 letters through the whole message, from one word into the next. Grams are
hashed into a fixed number of buckets (Weinberger et al., Feature Hashing for Large Scale Multitask Learning, ICML
2009), so that no vocabulary has to be stored. CRC-32 is the same everywhere.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, combinations, pairwise
from typing import Any, TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from core.domain.perception import Perception
from core.learning.concepts import Concepts, concepts
from core.learning.phrases import CLAUSE_BREAKERS
from core.learning.rules import CONTENT_TOPICS, PRICE_TOPICS, Reading
from core.learning.words import squeezed

BUCKETS = 2**17
COLUMNS = BUCKETS + 2
"""Two columns after the buckets: glad and upset emoji. They bear on the sentiment and on nothing else."""
CONCEPTS = 3
"""The place of the concepts among the groups."""
LETTER_SIZES = (2, 3, 4, 5)
RUN_SIZES = (3, 4, 5, 6)
READ_WORDS = 60
LONGEST_WORD = 24
MOST_CONCEPTS = 24
KNOWN_WORDS = 20_000
_RUNS = crc32(b"k")
"""Where the sums of runs begin, so that they are not those of other grams."""
NOT = "not"
"""The concept of the words that deny."""
REACH_OF_NOT = 4
"""Words after a negation that it may deny."""

Grams: TypeAlias = tuple[Counter[int], ...]
"""How often each column (0 to COLUMNS - 1) occurs, one counter a group; the last one holds the emoji."""
Floats: TypeAlias = NDArray[np.floating[Any]]


def grams(reading: Reading, ruled: Perception) -> Grams:
    """The features of one message. Of a very long one, only its beginning and its end count."""
    tokens, raw = _ends(reading.tokens), _ends(reading.raw)
    known = concepts()
    row = [found for found in (tuple(dict.fromkeys(known.of(token))) for token in tokens) if found]
    return (
        Counter(chain.from_iterable(map(_letters, raw))),
        _columns("w", _words(tokens)),
        _columns("s", _signs(reading, ruled)),
        _columns("p", _together([*row, ("?",)] if row and reading.asked else row)),
        _columns("q", (f"{one}>{other}" for left, right in pairwise(row) for one in left for other in right)),
        _columns("n", _denied(tokens, known)),
        Counter(_runs(raw)),
        Counter(BUCKETS + place for place, shown in enumerate((reading.glad, reading.upset)) if shown),
    )


def scaled(found: Grams, rarity: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Columns and values of one message: log counts times rarity (COLUMNS,), each group of length one."""
    columns: list[NDArray[np.intp]] = []
    values: list[Floats] = []
    for counts in found[:-1]:
        places = np.fromiter(counts, np.intp, len(counts))
        weights = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * rarity[places]
        columns.append(places)
        values.append(weights / max(float(np.sqrt(weights @ weights)), 1e-9))
    moods = np.fromiter(found[-1], np.intp, len(found[-1]))
    return np.concatenate([*columns, moods]), np.concatenate([*values, np.ones(len(moods), np.float32)])


def _columns(group: str, found: Iterable[str]) -> Counter[int]:
    return Counter(_column(group, gram) for gram in found)


def _column(group: str, gram: str) -> int:
    return crc32(f"{group}{gram}".encode()) % BUCKETS


def _ends(row: Sequence[str]) -> Sequence[str]:
    half = READ_WORDS // 2
    return row if len(row) <= READ_WORDS else (*row[:half], *row[-half:])


@lru_cache(maxsize=KNOWN_WORDS)
def _letters(word: str) -> tuple[int, ...]:
    """The columns of a word's letters; most words of a message have been seen before."""
    marked = f" {squeezed(word)[:LONGEST_WORD]} "
    found = (marked[place : place + size] for size in LETTER_SIZES for place in range(len(marked) - size + 1))
    return tuple(_column("l", gram) for gram in found)


def _runs(words: Sequence[str]) -> Iterator[int]:
    """The columns of the runs of bytes in a message as it was typed, the gaps between words among them."""
    text = f" {' '.join(squeezed(word)[:LONGEST_WORD] for word in words)} ".encode()
    for size in RUN_SIZES:
        for place in range(len(text) - size + 1):
            yield crc32(text[place : place + size], _RUNS) % BUCKETS


def _words(tokens: Sequence[str]) -> Iterator[str]:
    yield from tokens[1:]
    for one, other in pairwise(tokens):
        yield f"{one} {other}"
    yield f"#{min(len(tokens), 12) // 3}"


def _denied(tokens: Sequence[str], known: Concepts) -> Iterator[str]:
    left = 0
    for token in tokens:
        found = set(known.of(token))
        if token in CLAUSE_BREAKERS:
            left = 0
        elif NOT in found:
            left = REACH_OF_NOT
        elif left:
            left -= 1
            yield token
            yield from (f"@{name}" for name in found)


def _signs(reading: Reading, ruled: Perception) -> Iterator[str]:
    yield from reading.labels
    for label in reading.denied:
        yield f"no {label}"
    yield f"intent {ruled.intent}"
    yield f"objection {ruled.objection}"
    yield f"emotion {ruled.emotion}"
    yield f"language {ruled.language}"
    yield f"asked {reading.asked}"
    yield f"matter {_matter(ruled)}"
    yield f"matter {_matter(ruled)} asked {reading.asked}"


def _matter(ruled: Perception) -> str:
    """What kind of matter the topics are, so that a topic that was never learned from is read as its kind is."""
    topics = set(ruled.topics)
    if not topics:
        return "none"
    if topics & PRICE_TOPICS:
        return "price"
    return "content" if topics & CONTENT_TOPICS else "practical"


def _together(row: Sequence[Sequence[str]]) -> Iterator[str]:
    names = sorted({name for found in row for name in found})[:MOST_CONCEPTS]
    yield from names
    for one, other in combinations(names, 2):
        yield f"{one}&{other}"
