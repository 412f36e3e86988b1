"""Teaching: how the classifier is learned from labelled utterances.

A linear support vector machine an axis (scikit-learn's LinearSVC, classes balanced). Everything that is decided beside
its weights (calibration, thresholds, how far the rules are to be believed) is decided on scores of families that the
weights had not seen, in folds by family; then the weights are learned from all of them. Deterministic. scikit-learn and
scipy are imported here only, when they are used.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.perception import Perception
from core.errors import TrainingError
from core.learning.classifier import LEAST, Classifier, Head, calibrated
from core.learning.ngrams import BUCKETS, COLUMNS, Floats, Grams, grams, scaled
from core.learning.rules import Reading, judge, read
from core.learning.understanding import combine, weigh
from core.learning.utterances import AXES, Utterance, fold_of, tempting

FOLDS = 5
PENALTY = 0.3
STRICTER = {"objection": 0.2}
"""Axes whose weights are held smaller: their ideas differ most from one family to the next."""
NEUTRAL = {
    "intent": "general_question",
    "objection": "none",
    "sentiment": "neutral",
    "emotion": "neutral",
    "language": "es",
}
THRESHOLDS = tuple(round(0.02 * step, 2) for step in range(5, 49))
MOST_FALSE_ALARMS = 0.02
"""A threshold of the objection head may raise an alarm on at most this share of ordinary messages without one. Hard
negatives are not ordinary: they are there to be learned from."""
TRUSTED = 0.95
"""The rules are believed against the classifier only where they are right at least this often."""
SURER = {"objection": 0.5}
"""Axes on which a class must be likelier than `classifier.LEAST`: one objection, not any of two."""
_SEED = 20261122
_NEAR_ENOUGH = 1e-2
"""How nearly the best weights are found: a hundredth of it takes half as long again and reads no better."""

Tick = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Lesson:
    """An utterance made ready: what the rules make of it, and its features."""

    utterance: Utterance
    reading: Reading
    ruled: Perception
    grams: Grams


def prepare(rows: Sequence[Utterance]) -> list[Lesson]:
    """Read each utterance by the rules and count its features."""
    lessons: list[Lesson] = []
    for row in rows:
        reading = read(row.text)
        ruled = judge(reading)
        lessons.append(Lesson(row, reading, ruled, grams(reading, ruled)))
    return lessons


def among(lessons: Sequence[Lesson], rows: Sequence[Utterance]) -> list[Lesson]:
    """Those lessons that are of these very rows, in the order of the lessons."""
    wanted = {id(row) for row in rows}
    return [lesson for lesson in lessons if id(lesson.utterance) in wanted]


def steps(folds: int = FOLDS) -> int:
    """How often `teach` ticks."""
    return (folds + 1) * len(AXES)


def teach(lessons: Sequence[Lesson], folds: int = FOLDS, tick: Tick = lambda: None) -> Classifier:
    """Learn a classifier.

    Raises:
        TrainingError: too few families, or an axis on which every utterance has the same label.
    """
    fold = np.array([fold_of(lesson.utterance.family, folds) for lesson in lessons])
    if len(set(fold.tolist())) < 2:
        raise TrainingError(f"There are {len(lessons)} utterances in too few families; a dozen families is the least.")
    classes = {axis: _classes(lessons, axis) for axis in AXES}
    unseen = {axis: np.zeros((len(lessons), len(names))) for axis, names in classes.items()}
    for number in sorted(set(fold.tolist())):
        learners = [lesson for lesson, place in zip(lessons, fold, strict=True) if place != number]
        others = [lesson for lesson, place in zip(lessons, fold, strict=True) if place == number]
        rarity = _rarity(learners)
        known, new = _matrix(learners, rarity), _matrix(others, rarity)
        for axis, names in classes.items():
            weights, bias = _fit(known, learners, axis, names)
            unseen[axis][fold == number] = new @ weights + bias
            tick()
    heads = {axis: _head(lessons, axis, names, unseen[axis]) for axis, names in classes.items()}
    return _whole(lessons, heads, tick)


def _whole(lessons: Sequence[Lesson], heads: Mapping[str, Head], tick: Tick) -> Classifier:
    rarity = _rarity(lessons)
    matrix = _matrix(lessons, rarity)
    parts: list[tuple[Floats, Floats]] = []
    for axis, head in heads.items():
        parts.append(_fit(matrix, lessons, axis, head.classes))
        tick()
    return Classifier(
        heads=heads,
        weights=np.hstack([weights for weights, _ in parts]).astype(np.float16),
        bias=np.concatenate([bias for _, bias in parts]),
        rarity=rarity.astype(np.float16).astype(np.float32),
        about={"utterances": len(lessons), "families": len({lesson.utterance.family for lesson in lessons})},
    )


def _classes(lessons: Sequence[Lesson], axis: str) -> tuple[str, ...]:
    present = {lesson.utterance.labels[axis] for lesson in lessons}
    if len(present) < 2:
        raise TrainingError(f"Every utterance has the {axis} {', '.join(present)}; two different ones are the least.")
    return tuple(member.value for member in AXES[axis] if member.value in present)


def _rarity(lessons: Sequence[Lesson]) -> Floats:
    """Smoothed inverse document frequency of each column, at least 1."""
    seen = np.zeros(COLUMNS)
    for lesson in lessons:
        for counts in lesson.grams:
            seen[list(counts)] += 1
    return np.asarray(np.log((1 + len(lessons)) / (1 + seen)).clip(0) + 1, np.float32)


def _matrix(lessons: Sequence[Lesson], rarity: Floats) -> Any:
    """Sparse features (lessons, COLUMNS)."""
    from scipy.sparse import csr_matrix

    rows = [scaled(lesson.grams, rarity) for lesson in lessons]
    ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    cells = (np.concatenate([values for _, values in rows]), np.concatenate([columns for columns, _ in rows]), ends)
    return csr_matrix(cells, shape=(len(rows), COLUMNS), dtype=np.float64)


def _fit(matrix: Any, lessons: Sequence[Lesson], axis: str, classes: Sequence[str]) -> tuple[Floats, Floats]:
    """Weights (COLUMNS, classes) and bias (classes,). A class that does not occur scores lowest."""
    from sklearn.svm import LinearSVC

    truth = np.array([lesson.utterance.labels[axis] for lesson in lessons])
    if axis != "sentiment":
        matrix = matrix.copy()
        matrix.data[matrix.indices >= BUCKETS] = 0.0
    penalty = STRICTER.get(axis, PENALTY)
    model = LinearSVC(C=penalty, class_weight="balanced", random_state=_SEED, tol=_NEAR_ENOUGH).fit(matrix, truth)
    scores, bias = (model.coef_, model.intercept_)
    if len(model.classes_) == 2:
        scores, bias = np.vstack([-scores, scores]), np.concatenate([-bias, bias])
    weights, shifts = np.zeros((COLUMNS, len(classes))), np.full(len(classes), -2.0)
    for place, name in enumerate(model.classes_):
        weights[:, classes.index(str(name))] = scores[place]
        shifts[classes.index(str(name))] = bias[place]
    return weights, shifts


def _head(lessons: Sequence[Lesson], axis: str, classes: tuple[str, ...], scores: Floats) -> Head:
    truth = np.array([classes.index(lesson.utterance.labels[axis]) for lesson in lessons])
    scale, shift = _calibration(scores, truth)
    chances = calibrated(scores, scale, shift)
    neutral = NEUTRAL[axis] if NEUTRAL[axis] in classes else classes[0]
    draft = Head(classes, neutral, scale, shift, 0.0, _precision(lessons, axis), SURER.get(axis, LEAST))
    ruled = [str(getattr(lesson.ruled, axis)) for lesson in lessons]
    calm = (truth == classes.index(neutral)) & ~np.array([tempting(lesson.utterance.family) for lesson in lessons])
    return replace(draft, threshold=_threshold(draft, chances, truth, ruled, calm if axis == "objection" else None))


def _calibration(scores: Floats, truth: NDArray[np.intp]) -> tuple[float, NDArray[np.float64]]:
    """The scale and shift (classes,) under which the log loss of unseen scores is least."""
    from scipy.optimize import minimize

    size = scores.shape[1]
    wanted = np.eye(size)[truth]

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        chances = calibrated(scores, values[0], values[1:])
        slopes = (chances - wanted) / len(truth)
        cost = -np.log(chances[np.arange(len(truth)), truth].clip(1e-12)).mean() + 1e-4 * float(values[1:] @ values[1:])
        return float(cost), np.array([(slopes * scores).sum(), *(slopes.sum(axis=0) + 2e-4 * values[1:])])

    found = minimize(loss, np.array([2.0, *np.zeros(size)]), jac=True, method="L-BFGS-B").x
    return float(found[0]), np.asarray(found[1:], np.float64)


def _threshold(
    draft: Head, chances: Floats, truth: NDArray[np.intp], ruled: Sequence[str], calm: NDArray[np.bool_] | None
) -> float:
    """The threshold of the best macro-F1 with the rules' help; among those with few enough false alarms on the messages
    that are `calm` (n,), if these are given.
    """
    scored: list[tuple[float, float]] = []
    for threshold in THRESHOLDS:
        head = replace(draft, threshold=threshold)
        said = head.believe(chances, ruled)
        alarms = float((said != truth)[calm].mean()) if calm is not None and calm.any() else 0.0
        if alarms <= MOST_FALSE_ALARMS or threshold == THRESHOLDS[-1]:
            scored.append((_macro_f1(truth, said), -threshold))
    return -max(scored)[1]


def _macro_f1(truth: NDArray[np.intp], said: NDArray[np.intp]) -> float:
    scores: list[float] = []
    for label in np.unique(truth):
        both = ((truth == label) & (said == label)).sum()
        scores.append(2 * both / max(((truth == label).sum() + (said == label).sum()), 1))
    return float(np.mean(scores))


def _precision(lessons: Sequence[Lesson], axis: str) -> dict[str, float]:
    """How often the rules are right (Laplace's estimate) when they say a label, for the labels that earn trust."""
    said: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for lesson in lessons:
        label = str(getattr(lesson.ruled, axis))
        said[label] += 1
        right[label] += label == lesson.utterance.labels[axis]
    share = {label: (right[label] + 1) / (said[label] + 2) for label in sorted(said) if label != NEUTRAL[axis]}
    return {label: value for label, value in share.items() if value >= TRUSTED}


def compared(lessons: Sequence[Lesson], model: Classifier) -> dict[str, list[Perception]]:
    """What the rules alone, the classifier alone and both together make of the same utterances."""
    alone = replace(model, heads={axis: replace(head, precision={}) for axis, head in model.heads.items()})
    return {
        "rules alone": [lesson.ruled for lesson in lessons],
        "classifier alone": [weigh(lesson.ruled, alone, lesson.grams) for lesson in lessons],
        "both together": [combine(lesson.reading, lesson.ruled, model, lesson.grams) for lesson in lessons],
    }
