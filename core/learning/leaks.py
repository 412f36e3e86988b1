"""Leaks in a table: columns that were only known after the outcome, and people who stand on both sides of the split.

A column is judged alone: rates of the outcome over its values, learned on one part of the people and ranked on the
other, so that a column of many values cannot look telling by chance (Kaufman et al., Leakage in Data Mining, ACM TKDD
6, 2012, names both kinds). Nothing is left out by itself: the warning names the column, and the person decides.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from core.learning.encoding import category, is_numeric, number
from core.learning.scores import Codes, Numbers, auc
from core.learning.splitting import Examples, Split, folds

TELLS_ALL = 0.95
STANDS_OUT = 0.78
AHEAD = 0.1
"""A column that alone ranks with an AUC of `TELLS_ALL`, or of `STANDS_OUT` and this much ahead of the next, is told."""
_BINS = 16
_SMOOTH = 10.0
_PERSON = re.compile(
    r"(^|[^a-z])(id|uuid|user|person|customer|client|lead|contact|member|account|patient|e-?mail|phone|chat|prospect"
    r"|usuario|cliente|persona|telefono|teléfono|correo)([^a-z]|$)|(?<=[a-z])(Id|ID)$",
    re.IGNORECASE,
)


def single_aucs(examples: Examples, seed: int = 0) -> dict[str, float]:
    """How well each column alone ranks people it was not learned on, the best first."""
    parts = folds(examples, 5, seed)
    names = list(examples.rows[0]) if len(examples) else []
    found = {name: _single(_codes([row.get(name) for row in examples.rows]), examples.truth, parts) for name in names}
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def late_columns(aucs: Mapping[str, float]) -> list[str]:
    """Warnings of columns that are suspiciously telling; `aucs` as from `single_aucs`."""
    ranked = list(aucs.items())
    sure = [(name, value) for name, value in ranked if value >= TELLS_ALL]
    warnings = [
        f"{name!r} alone nearly gives the outcome away (AUC {value:.3f}). Is it known only afterwards? "
        f'Then leave it out: --drop "{name}"'
        for name, value in sure
    ]
    rest = ranked[len(sure) :]
    next_best = rest[1][1] if len(rest) > 1 else 0.5
    if rest and rest[0][1] >= STANDS_OUT and rest[0][1] - next_best >= AHEAD:
        name, value = rest[0]
        warnings.append(
            f"{name!r} alone ranks with AUC {value:.3f}, far ahead of any other ({next_best:.3f}). Is it known at the "
            f'moment of decision? If not: --drop "{name}"'
        )
    return warnings


def shared_people(columns: Mapping[str, Sequence[str | None]], split: Split) -> list[str]:
    """Warnings of columns that look like people of whom some stand on both sides."""
    warnings = []
    for name, cells in columns.items():
        counts = Counter(cell for cell in cells if cell is not None)
        if not _PERSON.search(name) or len(counts) < 20 or len(counts) == sum(counts.values()):
            continue
        early, late = ({cells[place] for place in side} - {None} for side in (split.early, split.late))
        if both := len(early & late):
            warnings.append(
                f"{name!r} looks like a person, and {both} of its {len(counts)} values stand on both sides of the "
                f'split: what is learned of them is tested on them. Keep them together: --group "{name}"'
            )
    return warnings


def doubled_rows(examples: Examples, split: Split) -> list[str]:
    """A warning when the same rows stand on both sides, in a table so fine that chance does not repeat them."""
    keys = [tuple(map(repr, row.values())) for row in examples.rows]
    different = set(keys)
    finest = max((len(set(values)) for values in zip(*different, strict=True)), default=0)
    early = {keys[place] for place in split.early}
    both = sum(keys[place] in early for place in split.late)
    if finest < max(len(different) / 2, len(keys) / 10) or both <= max(2, 0.01 * len(split.late)):
        return []
    return [f"{both} of {len(split.late)} later rows stand word for word in the earlier part too."]


def _single(codes: Codes, truth: Numbers, parts: Sequence[tuple[Codes, Codes]]) -> float:
    rates = np.zeros(len(truth))
    for fit, held in parts:
        base, size = truth[fit].mean(), int(codes.max()) + 1
        yes, seen = np.bincount(codes[fit], truth[fit], size), np.bincount(codes[fit], minlength=size)
        rates[held] = ((yes + _SMOOTH * base) / (seen + _SMOOTH))[codes[held]]
    return auc(truth, rates)


def _codes(values: Sequence[object]) -> Codes:
    """A code a value; numbers are cut into bins of equal sizes, and what is missing is a value too."""
    if not is_numeric(values):
        _, codes = np.unique(np.array([category(value) for value in values]), return_inverse=True)
        return codes.astype(np.int64)
    numbers = np.array([number(value) for value in values])
    edges = np.unique(np.nanquantile(numbers, np.linspace(0, 1, _BINS + 1)[1:-1]))
    return np.where(np.isnan(numbers), len(edges) + 1, np.searchsorted(edges, numbers, side="left")).astype(np.int64)
