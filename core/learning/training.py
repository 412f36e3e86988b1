"""Training a predictor, and judging whether it may serve.

Forests and boosted trees compete by cross-validation within the earlier period, each calibrated on people that it has
not seen. The winner is compared with the base rate: if it is not better on the later period by more than its error, no
feature tells anything, and the base rate is the result. That result replaces what serves now only if it beats it on
the later period on both the Brier score and the log loss by more than its error (a paired bootstrap over people). What
was judged is what serves: nothing is fitted again afterwards.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.learning import scores
from core.learning.encoding import Encoding, learn_encoding
from core.learning.growing import RECIPES, Grown, Recipe, grow
from core.learning.importance import Importance, importance
from core.learning.platt import Curve, fit_curve
from core.learning.scores import Interval, Numbers, Scores
from core.learning.splitting import Examples, Split, folds
from core.learning.trained import Kind, Model, Trained

PARTS = 5
RARE = 10
"""A level of a category needs so many examples to get a column."""

Advance = Callable[[str], None]
"""Called with what is done next."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a training tries. `recipes` run from small to large."""

    recipes: tuple[Recipe, ...] = RECIPES
    parts: int = PARTS
    repeats: int = 10
    seed: int = 0

    @property
    def steps(self) -> int:
        """How often `advance` is called."""
        return len(self.recipes) + len({recipe.kind for recipe in self.recipes}) + 1


@dataclass(frozen=True, slots=True)
class Duel:
    """By how much the result's losses are smaller than a rival's on the later period."""

    rival: str
    brier: Interval
    log_loss: Interval

    @property
    def won(self) -> bool:
        """Better on both by more than the error."""
        return self.brier.low > 0 and self.log_loss.low > 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """A training's result and all its figures. `later` maps each contestant to its scores on the later period;
    `tried` maps each recipe to its cross-validated log loss; `signal` is the gain over the base rate in the log loss,
    earlier (cross-validated) and later.
    """

    trained: Trained
    recipe: str
    later: Mapping[str, Scores]
    tried: Mapping[str, float]
    signal: tuple[Interval, Interval]
    duels: tuple[Duel, ...]
    importances: tuple[Importance, ...]
    counts: Mapping[str, float]
    warnings: tuple[str, ...] = field(default=())

    @property
    def beats_base_rate(self) -> bool:
        return self.trained.model is not None

    @property
    def replaces(self) -> bool:
        """Whether it may serve instead of every rival."""
        return bool(self.duels) and all(duel.won for duel in self.duels)

    def as_data(self) -> dict[str, Any]:
        """The figures as JSON values, without the model."""
        return {
            "recipe": self.recipe,
            "later": {name: each.as_data() for name, each in self.later.items()},
            "tried": dict(self.tried),
            "signal": [each.as_data() for each in self.signal],
            "duels": [
                {"rival": one.rival, "brier": one.brier.as_data(), "log_loss": one.log_loss.as_data(), "won": one.won}
                for one in self.duels
            ],
            "importances": [{"feature": one.feature, "auc": one.auc.as_data()} for one in self.importances],
            "counts": dict(self.counts),
            "warnings": list(self.warnings),
        }


def train(
    examples: Examples, split: Split, rivals: Mapping[str, Numbers], plan: Plan, advance: Advance = lambda _: None
) -> Outcome:
    """Learn from the split's earlier part and judge on its later one.

    `rivals` map names to the chances (all examples,) that they gave; the first one serves now.
    """
    early, late = examples.take(split.early), examples.take(split.late)
    encoding = learn_encoding(early.rows, RARE)
    ground = _Ground(early, encoding, encoding.matrix(early.rows), plan)
    bouts = []
    for recipe in plan.recipes if encoding.width else ():
        advance(recipe.named())
        bouts.append(_bout(ground, recipe))
    finalists = _best_of_each(bouts)
    models: dict[str, Trained] = {}
    for bout in finalists:
        advance(f"fitting {bout.recipe.kind.value}")
        models[bout.recipe.kind.value] = _fitted(ground, bout)
    advance("judging")
    judged = {name: each[split.late] for name, each in rivals.items()}
    return _judge(ground, late=late, split=split, finalists=finalists, models=models, rivals=judged)


@dataclass(frozen=True, slots=True)
class _Ground:
    early: Examples
    encoding: Encoding
    matrix: Numbers
    plan: Plan


@dataclass(frozen=True, slots=True)
class _Bout:
    """A recipe cross-validated: `raw` log-odds and calibrated `chances` of people who were held out."""

    recipe: Recipe
    raw: Numbers
    chances: Numbers
    loss: float


def _bout(ground: _Ground, recipe: Recipe) -> _Bout:
    truth, plan = ground.early.truth, ground.plan
    parts = folds(ground.early, plan.parts, plan.seed)
    raw = np.zeros(len(truth))
    for fit, held in parts:
        raw[held] = grow(recipe, ground.matrix[fit], truth[fit], plan.seed).raw(ground.matrix[held])
    chances = np.zeros(len(truth))
    for fit, held in parts:
        chances[held] = fit_curve(raw[fit], truth[fit]).chances(raw[held])
    return _Bout(recipe, raw, chances, float(scores.log_loss(truth, chances).mean()))


def _best_of_each(bouts: list[_Bout]) -> list[_Bout]:
    """The best recipe of each kind, the best kind first."""
    best: dict[Kind, _Bout] = {}
    for bout in sorted(bouts, key=lambda each: each.loss):
        best.setdefault(bout.recipe.kind, bout)
    return list(best.values())


def _fitted(ground: _Ground, bout: _Bout) -> Trained:
    """Grown on the whole earlier part; the curve was fitted to people that the trees had not seen."""
    truth = ground.early.truth
    grown: Grown = grow(bout.recipe, ground.matrix, truth, ground.plan.seed)
    trees, start = grown.export(ground.matrix[:500])
    curve: Curve = fit_curve(bout.raw, truth)
    return Trained(float(truth.mean()), Model(bout.recipe.kind, ground.encoding, trees, start, curve))


def _judge(
    ground: _Ground,
    *,
    late: Examples,
    split: Split,
    finalists: list[_Bout],
    models: Mapping[str, Trained],
    rivals: Mapping[str, Numbers],
) -> Outcome:
    early, plan = ground.early, ground.plan
    base = Trained(float(early.truth.mean()))
    chances = {name: each.chances(late.rows) for name, each in models.items()}
    flat = base.chances(late.rows)
    winner = finalists[0] if finalists else None
    signal = _signal(early, late=late, winner=winner, chances=chances, flat=flat, seed=plan.seed)
    told = winner is not None and signal[0].value > 0 and signal[1].low > 0
    result = models[winner.recipe.kind.value] if winner and told else base
    found = chances[winner.recipe.kind.value] if winner and told else flat
    contestants = {**chances, Kind.BASE_RATE.value: flat, **rivals}
    return Outcome(
        trained=result,
        recipe=winner.recipe.named() if winner and told else Kind.BASE_RATE.value,
        later={name: scores.score(late.truth, each, late.people, plan.seed) for name, each in contestants.items()},
        tried={bout.recipe.named(): bout.loss for bout in finalists},
        signal=signal,
        duels=tuple(_duel(name, late, found, each, plan.seed) for name, each in rivals.items()),
        importances=importance(models[winner.recipe.kind.value], late, plan.repeats, plan.seed) if winner else (),
        counts=_counts(early, late, split),
    )


def _signal(
    early: Examples,
    *,
    late: Examples,
    winner: _Bout | None,
    chances: Mapping[str, Numbers],
    flat: Numbers,
    seed: int,
) -> tuple[Interval, Interval]:
    """The gain over the base rate in the log loss."""
    if winner is None:
        return Interval(0, 0, 0), Interval(0, 0, 0)
    rates = np.full(len(early), early.truth.mean())
    losses = scores.log_loss(early.truth, winner.chances), scores.log_loss(early.truth, rates)
    later = chances[winner.recipe.kind.value]
    late_losses = scores.log_loss(late.truth, later), scores.log_loss(late.truth, flat)
    return scores.beyond(*losses, early.people, seed), scores.beyond(*late_losses, late.people, seed)


def _duel(name: str, late: Examples, ours: Numbers, theirs: Numbers, seed: int) -> Duel:
    gains = [
        scores.beyond(loss(late.truth, ours), loss(late.truth, theirs), late.people, seed)
        for loss in (scores.brier, scores.log_loss)
    ]
    return Duel(name, *gains)


def _counts(early: Examples, late: Examples, split: Split) -> dict[str, float]:
    return {
        "early_examples": len(early),
        "early_people": int(early.people.max()) + 1,
        "early_rate": float(early.truth.mean()),
        "late_examples": len(late),
        "late_people": int(late.people.max()) + 1,
        "late_rate": float(late.truth.mean()),
        "left_out_open": split.open,
        "left_out_returning": split.returning,
    }
