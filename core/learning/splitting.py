"""Splitting examples into an earlier period to learn from and a later one to be judged on, never through a person.

Who appears in both periods counts for the earlier one; their later decisions are left out. With an outcome that takes
time to show (`window`), decisions whose outcome was still open at the cut are left out too: at that time nobody
could have learned from them (purging; López de Prado, Advances in Financial Machine Learning, 2018, ch. 7).
"""

from dataclasses import dataclass

import numpy as np

from core.errors import TrainingError
from core.learning.encoding import Row
from core.learning.scores import Codes, Numbers

LATER = 0.3
"""The share of people that the later period is to hold."""
LEAST_OUTCOMES = 8
"""Each period needs so many people with the outcome, and so many without."""


@dataclass(frozen=True, slots=True)
class Examples:
    """`rows` are features, `truth` outcomes 0/1, `people` codes, `at` moments in seconds; all of one length (n,)."""

    rows: tuple[Row, ...]
    truth: Numbers
    people: Codes
    at: Numbers

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, chosen: Codes) -> "Examples":
        """These examples, with people's codes counted anew."""
        rows = tuple(self.rows[place] for place in chosen)
        _, people = np.unique(self.people[chosen], return_inverse=True)
        return Examples(rows, self.truth[chosen], people.astype(np.int64), self.at[chosen])


@dataclass(frozen=True, slots=True)
class Split:
    """Places of examples. `cut` is in seconds; `open` and `returning` count what was left out."""

    early: Codes
    late: Codes
    cut: float
    open: int
    returning: int


def split_by_time(examples: Examples, window: float = 0.0) -> Split:
    """Cut where the newest people begin. `window` is how long an outcome takes to be known, in seconds.

    Raises:
        TrainingError: a period would hold too few outcomes of either kind.
    """
    first = np.full(int(examples.people.max()) + 1, np.inf) if len(examples) else np.zeros(0)
    np.minimum.at(first, examples.people, examples.at)
    if not len(first):
        raise TrainingError("There is no example at all.")
    cut = float(np.quantile(first, 1 - LATER))
    is_early = first[examples.people] < cut
    before = examples.at < cut
    known = examples.at + window <= cut
    split = Split(
        early=np.flatnonzero(is_early & before & known),
        late=np.flatnonzero(~is_early),
        cut=cut,
        open=int((is_early & before & ~known).sum()),
        returning=int((is_early & ~before).sum()),
    )
    _check(examples, split)
    return split


def split_at_random(examples: Examples, seed: int = 0) -> Split:
    """For tables without time: whole people are drawn for the part that judges. There is no cut (nan).

    Raises:
        TrainingError: a part would hold too few outcomes of either kind.
    """
    size = int(examples.people.max()) + 1 if len(examples) else 0
    drawn = np.random.default_rng(seed).random(size) < LATER
    late = drawn[examples.people]
    split = Split(np.flatnonzero(~late), np.flatnonzero(late), float("nan"), 0, 0)
    _check(examples, split)
    return split


def folds(examples: Examples, parts: int, seed: int) -> list[tuple[Codes, Codes]]:
    """`parts` pairs of places to fit on and to hold out; whole people, with outcomes spread evenly."""
    size = int(examples.people.max()) + 1
    bought = np.zeros(size)
    np.maximum.at(bought, examples.people, examples.truth)
    order = np.lexsort((np.random.default_rng(seed).random(size), bought))
    part_of = np.empty(size, dtype=np.int64)
    part_of[order] = np.arange(size) % parts
    place = part_of[examples.people]
    return [(np.flatnonzero(place != part), np.flatnonzero(place == part)) for part in range(parts)]


def _check(examples: Examples, split: Split) -> None:
    for name, places in (("earlier", split.early), ("later", split.late)):
        yes = len(set(examples.people[places][examples.truth[places] > 0.5].tolist()))
        no = len(set(examples.people[places][examples.truth[places] < 0.5].tolist()))
        if min(yes, no) < LEAST_OUTCOMES:
            raise TrainingError(
                f"The {name} part holds {yes} with the outcome and {no} without; "
                f"at least {LEAST_OUTCOMES} of each are needed to tell anything from chance."
            )
