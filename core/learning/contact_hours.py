"""At which hour of their own day a person answers, learned from little by leaning on people like them.

A person is a histogram over the 24 local hours: in how many different hours (a date and an hour) they wrote. It is
drawn towards the people of the same country and the same source, and those towards everybody, and everybody towards an
even day: a Dirichlet-multinomial at each level. How strongly is not chosen but estimated: the concentration under which
people differ from their group as they do, by Minka's fixed point for the Dirichlet-multinomial with its mean held
("Estimating a Dirichlet distribution", 2000, section 4.2). Hours are on a circle, and half of what is seen at an hour
counts for its neighbours. Nothing here is random.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

HOURS = 24
Numbers = NDArray[np.float64]
Histogram = tuple[float, ...]
"""A count or a share for each local hour, 0 to 23."""

EMPTY: Histogram = (0.0,) * HOURS
WEAKEST, STRONGEST = 2.0, 500.0
"""Bounds of a concentration, in observations: what is drawn towards is worth at least and at most so many."""
USUAL = 30.0
"""The concentration where too few people are known to estimate it."""
FEWEST = 8
"""People with at least two observations, from whom a concentration is estimated."""
ENOUGH = 2000
"""People beyond whom a concentration gains nothing; they are taken evenly from all."""
ROUNDS = 200


class Habits(BaseModel):
    """What was learned: histograms by group ("country:MX", "source:instagram"), everybody's, and the concentrations of
    a person around their groups, and of a group around everybody. Holds nothing of any one person.
    """

    model_config = ConfigDict(frozen=True)

    overall: Histogram = EMPTY
    groups: Mapping[str, Histogram] = {}
    personal: float = USUAL
    grouped: float = USUAL
    people: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """One person's histogram and groups."""

    hours: Histogram
    groups: tuple[str, ...]


def groups_of(country: str | None, source: str | None) -> tuple[str, ...]:
    """The names of the groups of somebody from this country (an ISO code) and source."""
    named = (("country", country), ("source", source))
    return tuple(f"{kind}:{name}" for kind, name in named if name)


def histogram(moments: Iterable[datetime], place: ZoneInfo) -> Histogram:
    """In how many different hours somebody wrote, by the hour of that zone's clock. Moments are aware."""
    slots = {moment.astimezone(place).replace(minute=0, second=0, microsecond=0) for moment in moments}
    return tuple(float(sum(slot.hour == hour for slot in slots)) for hour in range(HOURS))


def learn_habits(people: Sequence[Person], smallest_group: int = 5) -> Habits:
    """Habits of these people; a group of fewer than `smallest_group` is left out, for it would tell of persons."""
    named = sorted({name for person in people for name in person.groups})
    members = {name: [person.hours for person in people if name in person.groups] for name in named}
    groups = {name: _sum(hours) for name, hours in members.items() if len(hours) >= smallest_group}
    overall = _sum([person.hours for person in people])
    base = _shrunk(overall, _even(), USUAL)
    grouped = concentration(list(groups.values()), [base] * len(groups))
    so_far = Habits(overall=overall, groups=groups, grouped=grouped, people=len(people))
    means = [_expected_of_groups(person.groups, so_far) for person in people]
    return so_far.model_copy(update={"personal": concentration([person.hours for person in people], means)})


def expected(own: Histogram, groups: Sequence[str], habits: Habits) -> Histogram:
    """The share of a person's answers that is to be expected at each hour; sums to 1, and none is 0."""
    return _shrunk(own, _expected_of_groups(groups, habits), habits.personal)


def best_moment(moments: Sequence[datetime], place: ZoneInfo, shares: Histogram) -> datetime:
    """The moment at whose local hour an answer is likeliest; of equals the first. There must be one."""
    return max(moments, key=lambda moment: shares[moment.astimezone(place).hour])


def concentration(counts: Sequence[Histogram], means: Sequence[Histogram]) -> float:
    """How many observations a person's mean is worth, from how people scatter around their means."""
    seen = [(row, mean) for row, mean in zip(counts, means, strict=True) if sum(row) >= 2]
    if len(seen) < FEWEST:
        return USUAL
    seen = seen[:: -(-len(seen) // ENOUGH)]
    table, mean = (np.array(part) for part in zip(*seen, strict=True))
    totals, filled = table.sum(axis=1), table > 0  # what nobody did adds nothing
    return _fixed_point(table[filled], mean[filled], totals)


def _fixed_point(table: Numbers, mean: Numbers, totals: Numbers) -> float:
    from scipy.special import digamma  # takes long to import, and is needed once a day

    value = USUAL
    for _ in range(ROUNDS):
        up = float(mean @ (digamma(table + value * mean) - digamma(value * mean)))
        down = float(np.sum(digamma(totals + value) - digamma(value)))
        better = min(max(value * up / down, WEAKEST), STRONGEST)
        if abs(better - value) < 1e-6 * value:
            break
        value = better
    return value


def _expected_of_groups(groups: Sequence[str], habits: Habits) -> Histogram:
    """The mean over the person's groups that are known; everybody's when none is."""
    base = _shrunk(habits.overall, _even(), USUAL)
    known = [_shrunk(habits.groups[name], base, habits.grouped) for name in groups if name in habits.groups]
    return tuple(sum(hour) / len(known) for hour in zip(*known, strict=True)) if known else base


def _shrunk(counts: Histogram, towards: Histogram, strength: float) -> Histogram:
    """The posterior mean of a Dirichlet-multinomial with this prior mean and concentration."""
    spread = _spread(counts)
    total = sum(spread) + strength
    return tuple((count + strength * share) / total for count, share in zip(spread, towards, strict=True))


def _spread(counts: Histogram) -> Histogram:
    """Each count, half of it given to its neighbours on the circle."""
    return tuple(counts[hour] / 2 + (counts[hour - 1] + counts[(hour + 1) % HOURS]) / 4 for hour in range(HOURS))


def _even() -> Histogram:
    return (1 / HOURS,) * HOURS


def _sum(rows: Sequence[Histogram]) -> Histogram:
    return tuple(sum(hour) for hour in zip(*rows, strict=True)) if rows else EMPTY
