"""Sticky assignment to the arms of experiments.

The arm is a pure function of the experiment's seed and the lead, hashed as `hashing` says: the same in every process
and on every machine, and independent between experiments. It is stored when the person is first exposed; from then on
the stored arm counts, so that changing the weights moves nobody who has seen an arm. Who has not been exposed yet has
seen nothing, and is placed by the weights of the moment at which they will be.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from core.db.meetings import Enrolment
from core.domain.experiments import Trial
from core.learning.hashing import bucket_of, bucket_ranges, choose_variation, in_namespace

CONTROL = "control"


@dataclass(frozen=True, slots=True)
class Placement:
    """A person's arm, and the running experiment that gave it; empty when none did."""

    arm: str
    experiment: str = ""


def bucket(seed: str, lead: UUID) -> float:
    """A number in [0, 1) in steps of 0.0001, uniform over leads."""
    found = bucket_of(seed, str(lead))
    assert found is not None  # noqa: S101 - the default version is known
    return found


def assign(seed: str, lead: UUID, weights: Mapping[str, float]) -> str:
    """The arm whose share of [0, 1) holds the lead's bucket. Shares follow the weights, in the mapping's order.

    Raises:
        ValueError: no arm, a negative weight, or weights that sum to zero.
    """
    return take_part(Trial("", seed, dict(weights)), lead) or [arm for arm, weight in weights.items() if weight > 0][-1]


def take_part(trial: Trial, lead: UUID) -> str | None:
    """The lead's arm in an experiment; None when its coverage or namespace leaves them out.

    Raises:
        ValueError: as `assign`.
    """
    total = sum(trial.arms.values())
    if not trial.arms or total <= 0 or min(trial.arms.values()) < 0:
        raise ValueError(f"arms need non-negative weights with a positive sum, not {trial.arms}")
    if trial.namespace and not in_namespace(str(lead), trial.namespace):
        return None
    shares = [weight / total for weight in trial.arms.values()]
    chosen = choose_variation(bucket(trial.seed, lead), bucket_ranges(len(shares), trial.coverage, shares))
    return list(trial.arms)[chosen] if chosen >= 0 else None


def place(lead: UUID, enrolment: Enrolment) -> Placement:
    """The arm that the lead was first exposed to; else a running experiment's; else what new people get.

    Running experiments own disjoint people (`experiments.start` sees to it), so their order decides nothing.
    """
    if enrolment.arm:
        return Placement(enrolment.arm, enrolment.experiment)
    for trial in enrolment.running:
        if arm := take_part(trial, lead):
            return Placement(arm, trial.experiment)
    return Placement(enrolment.default or CONTROL)
