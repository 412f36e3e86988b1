"""Any table as examples: a CSV file with a column that tells the outcome.

Every fault is told with the name of its column and what would be right. Columns that cannot be features (one value
only, a different text in each row) are left out by name.
"""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from core.errors import TrainingError
from core.learning.encoding import Row
from core.learning.scores import Codes, Numbers
from core.learning.splitting import Examples

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "select", "-"})
"""Texts that stand for a missing value, in lower case."""
YES = frozenset({"1", "yes", "y", "true", "t", "si", "sí", "sim", "won", "paid", "converted", "bought", "positive"})
NO = frozenset({"0", "0.0", "no", "n", "false", "f", "não", "nao", "lost", "negative"})
_LEAST_ROWS = 40
_MOST_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for. `positive` is the target's value that counts as the outcome; empty guesses it."""

    target: str
    group: str = ""
    time: str = ""
    positive: str = ""
    drop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` are the raw texts by name, also of columns that are no features; `notes` say what was left out."""

    examples: Examples
    columns: dict[str, list[str | None]]
    positive: str
    notes: tuple[str, ...]
    timed: bool


def read_table(path: Path, wish: Wish) -> Table:
    """Read a file.

    Raises:
        TrainingError: the file or a column is not as it should be.
    """
    header, rows = _read(path)
    for name in (wish.target, *filter(None, (wish.group, wish.time)), *wish.drop):
        if name not in header:
            raise TrainingError(f"{path}: there is no column {name!r}; it has {', '.join(map(repr, header))}.")
    columns = {name: [_cell(row[place]) for row in rows] for place, name in enumerate(header)}
    answers = columns.pop(wish.target)
    known = [place for place, answer in enumerate(answers) if answer is not None]
    notes = [] if len(known) == len(rows) else [f"{len(rows) - len(known)} rows without {wish.target!r} are left out."]
    positive = _positive(wish, [answers[place] or "" for place in known])
    columns = {name: [cells[place] for place in known] for name, cells in columns.items()}
    truth = np.array([float(answers[place] == positive) for place in known])
    people = _people(columns, wish.group, len(known))
    at = _moments(path, columns, wish.time, len(known))
    for name in {wish.group, wish.time, *wish.drop} & set(columns):
        del columns[name]
    kept, left_out = _features(columns)
    values = {name: _typed(cells) for name, cells in kept.items()}
    features: tuple[Row, ...] = tuple(
        {name: cells[place] for name, cells in values.items()} for place in range(len(known))
    )
    return Table(Examples(features, truth, people, at), columns, positive, (*notes, *left_out), bool(wish.time))


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise TrainingError(
                f"{path}: should be smaller than {_MOST_BYTES // 1_000_000} MB; take a sample of its rows."
            )
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingError(f"{path}: should be a text file in UTF-8 ({error}).") from None
    if "\x00" in text:
        raise TrainingError(f"{path}: holds NUL characters; it should be text with one row a line.")
    first = text.partition("\n")[0]
    delimiter = max(",;\t|", key=first.count)
    try:
        header, *rows = [row for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter) if any(row)]
    except (csv.Error, ValueError) as error:
        raise TrainingError(f"{path}: cannot be read as rows and columns ({error}).") from None
    _check(path, header, rows)
    return [name.strip() for name in header], rows


def _check(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    doubled = [name for name, count in Counter(name.strip() for name in header).items() if count > 1]
    if doubled:
        raise TrainingError(f"{path}: several columns have the same name: {', '.join(map(repr, doubled))}.")
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise TrainingError(f"{path}: row {number} has {len(row)} cells and the header {len(header)}.")
    if len(rows) < _LEAST_ROWS:
        raise TrainingError(f"{path}: has {len(rows)} rows; at least {_LEAST_ROWS} are needed.")


def _cell(text: str) -> str | None:
    stripped = text.strip()
    return None if stripped.lower() in MISSING else stripped


def _positive(wish: Wish, answers: Sequence[str]) -> str:
    """The target's value that counts as the outcome."""
    values = sorted(set(answers))
    if len(values) != 2:
        shown = ", ".join(map(repr, values[:6])) + (", …" if len(values) > 6 else "")
        raise TrainingError(f"The target {wish.target!r} should have two values, not {len(values)}: {shown}.")
    if wish.positive:
        if wish.positive not in values:
            raise TrainingError(
                f"{wish.positive!r} is no value of {wish.target!r}; it has {values[0]!r} and {values[1]!r}."
            )
        return wish.positive
    sure = [value for value in values if value.lower() in YES] or [
        value for value in values if not any(other.lower() in NO for other in (value,))
    ]
    if len(sure) == 1:
        return sure[0]
    raise TrainingError(
        f"Which value of {wish.target!r} is the outcome, {values[0]!r} or {values[1]!r}? Say it with --positive."
    )


def _people(columns: dict[str, list[str | None]], group: str, size: int) -> Codes:
    """A code a person; a row without one is a person of its own."""
    if not group:
        return np.arange(size)
    names = [cell if cell is not None else f"\x00{place}" for place, cell in enumerate(columns[group])]
    _, codes = np.unique(np.array(names), return_inverse=True)
    return codes.astype(np.int64)


def _moments(path: Path, columns: dict[str, list[str | None]], time: str, size: int) -> Numbers:
    if not time:
        return np.arange(size, dtype=np.float64)
    found = [_moment(cell) for cell in columns[time]]
    for number, (moment, cell) in enumerate(zip(found, columns[time], strict=True), start=2):
        if moment is None:
            raise TrainingError(
                f"{path}: {cell!r} in column {time!r}, row {number}, should be a number or an ISO 8601 date."
            )
    return np.array(found, dtype=np.float64)


def _moment(cell: str | None) -> float | None:
    if cell is None:
        return None
    if (number := _number(cell)) is not None:
        return number
    try:
        read = datetime.fromisoformat(cell)
    except ValueError:
        return None
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


def _features(columns: dict[str, list[str | None]]) -> tuple[dict[str, list[str | None]], list[str]]:
    kept, notes = {}, []
    for name, cells in columns.items():
        there = [cell for cell in cells if cell is not None]
        different = len(set(there))
        if different + (len(there) < len(cells)) < 2:
            notes.append(f"{name!r} is left out: it never changes.")
        elif different == len(there) and len(there) > len(cells) / 2 and (_is_id(name) or not _numeric(there)):
            notes.append(f"{name!r} is left out: it is different in each row, like a name or a number of the row.")
        elif not _numeric(there) and different > 30 and different > len(there) / 3:
            notes.append(f"{name!r} is left out: {different} different texts are too many to learn from.")
        else:
            kept[name] = cells
    return kept, notes


def _typed(cells: list[str | None]) -> list[float | str | None]:
    """Numbers where the whole column holds numbers, else texts."""
    if _numeric([cell for cell in cells if cell is not None]):
        return [None if cell is None else _number(cell) for cell in cells]
    return list(cells)


def _numeric(cells: Sequence[str]) -> bool:
    return bool(cells) and all(_number(cell) is not None for cell in cells)


def _number(cell: str) -> float | None:
    """A finite number, also written with a per cent sign or thousands; else None."""
    plain = cell.rstrip("%")
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", plain):
        return None
    found = float(plain)
    return found if np.isfinite(found) else None


def _is_id(name: str) -> bool:
    return bool(
        re.search(
            r"(^|[^a-z])(id|uuid|number|no|index|key|row|unnamed)([^a-z]|$)|(?<=[a-z])(Id|ID)$|^$", name, re.IGNORECASE
        )
    )
