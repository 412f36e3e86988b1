"""The classifier: calibrated probabilities of what a message means, from plain arrays.

One linear head an axis over the features of `ngrams`; its scores become probabilities by one scale an axis and one
shift a class (Guo et al., On Calibration of Modern Neural Networks, ICML 2017), learned on families that the head had
not seen. Beside them stands how often the rules are right when they say a label, so that `understanding` can believe
whichever is the more reliable. Stored as `arrays.npz` (no pickle) and `classifier.json`. Serving needs numpy only.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import TrainingError
from core.learning.ngrams import BUCKETS, COLUMNS, Floats, Grams, scaled

FOLDER = Path(__file__).with_name("models") / "understanding"
ARRAYS, ABOUT = "arrays.npz", "classifier.json"
FORM = 1
LARGEST = 20_000_000
LEAST = 0.3
"""A class that is less likely than this is not known, however small the others are; a head may ask for more."""
CONCURRING = 0.05
"""What the rules say is believed only if the classifier does not all but rule it out."""


@dataclass(frozen=True, slots=True)
class Head:
    """One axis: its classes, calibration, and when to believe it.

    `shift` (classes,) and `scale` make probabilities of scores. `threshold`: the classes other than `neutral` need this
    probability together, and the likeliest of them `least`, else the honest answer is that nothing is known.
    `precision`: label -> how often the rules are right when they say so.
    """

    classes: tuple[str, ...]
    neutral: str
    scale: float
    shift: NDArray[np.float64]
    threshold: float
    precision: Mapping[str, float]
    least: float = LEAST

    def believe(self, chances: Floats, ruled: Sequence[str]) -> NDArray[np.intp]:
        """Indices of the classes to believe, for probabilities (n, classes) and the n labels that the rules say.

        The likeliest class but the neutral one, if all but it together reach the threshold, and it alone `least`; the
        rules' label instead where the rules are right more often than that class is likely, and the classifier gives
        their label at least `CONCURRING`.
        """
        neutral = self.classes.index(self.neutral)
        others = chances.copy()
        others[:, neutral] = -1.0
        known = (1 - chances[:, neutral] >= self.threshold) & (others.max(axis=1) >= self.least)
        said = np.where(known, others.argmax(axis=1), neutral)
        reliance = np.array([self.precision.get(label, 0.0) for label in ruled])
        by_rule = np.array([self.classes.index(label) if label in self.classes else neutral for label in ruled])
        rows = np.arange(len(said))
        ruling = (reliance > chances[rows, said]) & (chances[rows, by_rule] >= CONCURRING)
        return np.where(ruling, by_rule, said)

    def believe_one(self, chances: Floats, ruled: str) -> int:
        """The same for one message, without the cost of arrays: probabilities (classes,) and the rules' label."""
        likely, neutral = chances.tolist(), self.classes.index(self.neutral)
        said = max((place for place in range(len(likely)) if place != neutral), key=likely.__getitem__, default=neutral)
        if not (1 - likely[neutral] >= self.threshold and likely[said] >= self.least):
            said = neutral
        by_rule = self.classes.index(ruled) if ruled in self.classes else neutral
        ruling = self.precision.get(ruled, 0.0) > likely[said] and likely[by_rule] >= CONCURRING
        return by_rule if ruling else said


@dataclass(frozen=True, slots=True)
class Classifier:
    """`weights` (COLUMNS, all classes of all heads in order), `bias` (all classes,), `rarity` (COLUMNS,)."""

    heads: Mapping[str, Head]
    weights: Floats
    bias: NDArray[np.float64]
    rarity: Floats
    about: Mapping[str, Any]

    def probabilities(self, found: Grams) -> dict[str, NDArray[np.float64]]:
        """Axis -> probabilities of its classes, in the order of the head; each sums to 1."""
        columns, values = scaled(found, self.rarity)
        scores = values @ self.weights[columns].astype(np.float32) + self.bias
        chances: dict[str, NDArray[np.float64]] = {}
        start = 0
        for axis, head in self.heads.items():
            end = start + len(head.classes)
            chances[axis] = calibrated(scores[start:end], head.scale, head.shift)
            start = end
        return chances


def calibrated(scores: Floats, scale: float, shift: Floats) -> NDArray[np.float64]:
    """Probabilities (…, classes) of scores (…, classes)."""
    powers = np.asarray(scores, np.float64) * scale + shift
    powers = np.exp(powers - powers.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def save(model: Classifier, folder: Path = FOLDER) -> None:
    """Write the two files. Weights are kept as float16."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        folder / ARRAYS,
        weights=model.weights.astype(np.float16),
        bias=model.bias,
        rarity=model.rarity.astype(np.float16),
    )
    heads = {
        axis: {
            "classes": list(head.classes),
            "neutral": head.neutral,
            "scale": round(head.scale, 4),
            "shift": [round(float(value), 4) for value in head.shift],
            "threshold": head.threshold,
            "least": head.least,
            "precision": {label: round(value, 3) for label, value in head.precision.items()},
        }
        for axis, head in model.heads.items()
    }
    about = {"form": FORM, "buckets": BUCKETS, **model.about, "heads": heads}
    (folder / ABOUT).write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def load(folder: Path = FOLDER) -> Classifier:
    """The stored classifier.

    Raises:
        TrainingError: a file is missing, damaged, or of another form; it says what to do.
    """
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        if (folder / ARRAYS).stat().st_size > LARGEST:
            raise ValueError(f"{ARRAYS} is larger than {LARGEST} bytes")
        with (folder / ARRAYS).open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            return _built(about, {name: arrays[name] for name in ("weights", "bias", "rarity")})
    except Exception as error:  # whatever is wrong with the files, the remedy is the same
        reason = f"{type(error).__name__}: {error}"
        raise TrainingError(
            f"{folder} holds no usable classifier ({reason}); run: bot.py train understanding"
        ) from error


def _built(about: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Classifier:
    if (about["form"], about["buckets"]) != (FORM, BUCKETS):
        raise ValueError(f"form {about['form']} with {about['buckets']} buckets, not {FORM} with {BUCKETS}")
    heads = {
        axis: Head(
            classes=tuple(one["classes"]),
            neutral=str(one["neutral"]),
            scale=float(one["scale"]),
            shift=np.array(one["shift"], np.float64),
            threshold=float(one["threshold"]),
            least=float(one.get("least", LEAST)),
            precision={str(label): float(value) for label, value in one["precision"].items()},
        )
        for axis, one in about["heads"].items()
    }
    total = sum(len(head.classes) for head in heads.values())
    shapes = {"weights": (COLUMNS, total), "bias": (total,), "rarity": (COLUMNS,)}
    for name, shape in shapes.items():
        if arrays[name].shape != shape or not np.isfinite(arrays[name]).all():
            raise ValueError(f"{name} must be finite and of shape {shape}, not {arrays[name].shape}")
    rest = {name: value for name, value in about.items() if name not in {"form", "buckets", "heads"}}
    return Classifier(heads, arrays["weights"], arrays["bias"], arrays["rarity"].astype(np.float32), rest)
