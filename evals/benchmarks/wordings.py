"""Predicting an outcome from what a person wrote, judged without peeking.

Three readers each give log-odds: a regularised logistic regression and a complement naive Bayes (Rennie et al., ICML
2003) over words, word pairs and triples with punctuation as words of its own, and the product's boosted trees over its
conversation features. Which of them are put together is chosen, and the sum is calibrated, by cross-validation inside
each fold's training part (nested; Varma & Simon, BMC Bioinformatics 7, 2006), with whole people on one side.

The readers themselves (which words, how strongly regularised, which blends are offered) were settled with this corpus
in sight; blind is only what is chosen and fitted within the folds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.learning import scores
from core.learning.encoding import learn_encoding
from core.learning.growing import RECIPES, grow
from core.learning.platt import Curve, fit_curve, log_odds
from core.learning.scores import Codes, Numbers
from core.learning.splitting import Examples, folds

READERS = ("words", "bayes", "talk")
BLENDS = (("words",), ("talk",), ("words", "bayes"), ("words", "bayes", "talk"))
"""What may be put together. Naive Bayes alone is not offered: it ranks as well, but its chances are less honest
(Domingos & Pazzani, Machine Learning 29, 1997), and the log loss of a few hundred people does not always notice."""
_WORD = r"[\w']+|[$?!.]"
_TREES = RECIPES[2]


@dataclass(frozen=True, slots=True)
class Material:
    """Texts beside the examples whose rows are the conversation features."""

    texts: tuple[str, ...]
    examples: Examples

    def take(self, chosen: Codes) -> "Material":
        return Material(tuple(self.texts[place] for place in chosen), self.examples.take(chosen))


@dataclass(frozen=True, slots=True)
class Judged:
    """Chances of held-out people. `alone` are each reader's raw log-odds, `chosen` the blend of each fold."""

    chances: Numbers
    alone: dict[str, Numbers]
    chosen: tuple[tuple[str, ...], ...]


def judge(material: Material, outer: int, inner: int, seed: int, advance: Callable[[], None]) -> Judged:
    """Cross-validate the whole procedure; every choice is made anew in each of the `outer` folds."""
    size = len(material.texts)
    chances, alone = np.zeros(size), {name: np.zeros(size) for name in READERS}
    chosen = []
    for fit, held in folds(material.examples, outer, seed):
        blend = _choose(material.take(fit), inner, seed)
        read = _read(material.take(fit), material.take(held), seed)
        for name in READERS:
            alone[name][held] = read[name]
        chances[held] = blend.curve.chances(blend.sum(read))
        chosen.append(blend.names)
        advance()
    return Judged(chances, alone, tuple(chosen))


@dataclass(frozen=True, slots=True)
class _Blend:
    """Readers whose log-odds are brought to one scale (`middle`, `spread`) and averaged."""

    names: tuple[str, ...]
    scale: dict[str, tuple[float, float]]
    curve: Curve

    def sum(self, read: dict[str, Numbers]) -> Numbers:
        return _mean(self.names, self.scale, read)


def _choose(material: Material, parts: int, seed: int) -> _Blend:
    """The blend of least log loss on people held out within the training part."""
    truth = material.examples.truth
    read = {name: np.zeros(len(truth)) for name in READERS}
    sides = folds(material.examples, parts, seed + 1)
    for fit, held in sides:
        for name, raw in _read(material.take(fit), material.take(held), seed).items():
            read[name][held] = raw
    scale = {name: (float(raw.mean()), float(raw.std()) or 1.0) for name, raw in read.items()}
    losses = {names: _loss(_mean(names, scale, read), truth, sides) for names in BLENDS}
    best = min(losses, key=lambda names: losses[names])
    return _Blend(best, scale, fit_curve(_mean(best, scale, read), truth))


def _mean(names: tuple[str, ...], scale: dict[str, tuple[float, float]], read: dict[str, Numbers]) -> Numbers:
    parts = [(read[name] - scale[name][0]) / scale[name][1] for name in names]
    return np.asarray(np.mean(parts, axis=0))


def _loss(raw: Numbers, truth: Numbers, sides: Sequence[tuple[Codes, Codes]]) -> float:
    """The log loss of a curve that was fitted on the other people."""
    chances = np.zeros(len(truth))
    for fit, held in sides:
        chances[held] = fit_curve(raw[fit], truth[fit]).chances(raw[held])
    return float(scores.log_loss(truth, chances).mean())


def _read(fit: Material, held: Material, seed: int) -> dict[str, Numbers]:
    """Each reader's log-odds of the held-out people."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    words: Any = TfidfVectorizer(ngram_range=(1, 3), min_df=2, sublinear_tf=True, token_pattern=_WORD)
    known, unknown = words.fit_transform(fit.texts), words.transform(held.texts)
    truth = fit.examples.truth.astype(np.int64)
    encoding = learn_encoding(fit.examples.rows, 10)
    trees = grow(_TREES, encoding.matrix(fit.examples.rows), fit.examples.truth, seed)
    return {
        "words": np.asarray(_linear().fit(known, truth).decision_function(unknown)),
        "bayes": log_odds(np.asarray(_bayes().fit(known, truth).predict_proba(unknown)[:, 1])),
        "talk": trees.raw(encoding.matrix(held.examples.rows)),
    }


def _linear() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=0.5, max_iter=1000)


def _bayes() -> Any:
    from sklearn.naive_bayes import ComplementNB

    return ComplementNB(alpha=1.0)
