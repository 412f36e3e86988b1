"""Sticky assignment to the arms of an experiment.

The arm is a pure function of the experiment's seed and the lead (SHA-256, so that it is the same in every process and
on every machine, and independent between experiments). It is stored when the person is first exposed; from then on the
stored arm counts, so that changing the weights moves nobody.
"""

import hashlib
from collections.abc import Mapping
from uuid import UUID


def bucket(seed: str, lead: UUID) -> float:
    """A number in [0, 1), uniform over leads."""
    digest = hashlib.sha256(f"{seed}:{lead}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def assign(seed: str, lead: UUID, weights: Mapping[str, float]) -> str:
    """The arm whose share of [0, 1) holds the lead's bucket. Shares follow the weights, in the mapping's order.

    Raises:
        ValueError: no arm, a negative weight, or weights that sum to zero.
    """
    total = sum(weights.values())
    if not weights or total <= 0 or min(weights.values()) < 0:
        raise ValueError(f"arms need non-negative weights with a positive sum, not {dict(weights)}")
    place, edge = bucket(seed, lead) * total, 0.0
    for arm, weight in weights.items():
        edge += weight
        if place < edge:
            return arm
    return [arm for arm, weight in weights.items() if weight > 0][-1]
