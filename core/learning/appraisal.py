"""Appraisal: how well a reading of utterances agrees with their labels, axis by axis.

Macro-F1 weighs every class alike. The calibration error is the mean distance between stated probability and share of
right answers over ten equally wide bins (Naeini et al., AAAI 2015). False alarms are messages without an objection in
which one was seen: counted in ordinary chat, and apart from it in the hard negatives, which were written to tempt.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.domain.perception import Perception
from core.learning.utterances import AXES, Utterance, tempting

BINS = 10
F1_TARGET = 0.85
ALARM_TARGET = 0.02


@dataclass(frozen=True, slots=True)
class Appraisal:
    """One axis. `confusion` counts (label, reading); `calibration_error` is over the readings that came with a
    probability; None when none did. `false_alarms` are those of ordinary chat, `tempted` those
    of hard negatives, as shares of the messages without an objection there.
    """

    axis: str
    macro_f1: float
    accuracy: float
    calibration_error: float | None
    false_alarms: float
    tempted: float
    f1: dict[str, float]
    confusion: Counter[tuple[str, str]]


def appraise(rows: Sequence[Utterance], readings: Sequence[Perception]) -> list[Appraisal]:
    """Compare readings with labels; both (n,), n at least 1."""
    return [_axis(axis, rows, readings) for axis in AXES]


def readings(rows: Sequence[Utterance], reader: Callable[[str], Perception]) -> list[Perception]:
    """What a reader makes of each utterance."""
    return [reader(row.text) for row in rows]


def _axis(axis: str, rows: Sequence[Utterance], read: Sequence[Perception]) -> Appraisal:
    truth = [row.labels[axis] for row in rows]
    said = [str(getattr(one, axis)) for one in read]
    confusion = Counter(zip(truth, said, strict=True))
    f1 = {label: _f1(label, confusion) for label in sorted({*truth})}
    sure = [getattr(one.confidence, axis) for one in read]
    return Appraisal(
        axis=axis,
        macro_f1=sum(f1.values()) / len(f1),
        accuracy=sum(one == other for one, other in zip(truth, said, strict=True)) / len(truth),
        calibration_error=_error(sure, [label == value for label, value in zip(truth, said, strict=True)]),
        false_alarms=_alarms([not tempting(row.family) for row in rows], truth, said),
        tempted=_alarms([tempting(row.family) for row in rows], truth, said),
        f1=f1,
        confusion=confusion,
    )


def _alarms(asked: Sequence[bool], truth: Sequence[str], said: Sequence[str]) -> float:
    """Among the rows asked for that have no objection, the share in which one was seen."""
    seen = [
        value != "none" for wanted, label, value in zip(asked, truth, said, strict=True) if wanted and label == "none"
    ]
    return sum(seen) / max(len(seen), 1)


def _f1(label: str, confusion: Counter[tuple[str, str]]) -> float:
    of_label = sum(count for (truth, _), count in confusion.items() if truth == label)
    as_label = sum(count for (_, said), count in confusion.items() if said == label)
    return 2 * confusion[label, label] / (of_label + as_label)


def _error(sure: Sequence[float | None], right: Sequence[bool]) -> float | None:
    stated = [(chance, hit) for chance, hit in zip(sure, right, strict=True) if chance is not None]
    distance = [0.0] * BINS
    for chance, hit in stated:
        distance[min(int(chance * BINS), BINS - 1)] += chance - hit
    return sum(map(abs, distance)) / len(stated) if stated else None
