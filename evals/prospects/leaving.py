"""The rules by which somebody leaves, each as a question to what they remember and have just read.

Which of them hold for a person is theirs (`LeaveRule`, with what each means). They are looked at in the order below,
and the first that holds is the reason that is written down.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from evals.leave_rule import LeaveRule
from evals.prospects.agenda import Act, Kind
from evals.prospects.memory import Memory
from evals.prospects.person import Person
from evals.prospects.sight import Look

TRIES = 2
MANY = 3
DISTRACTION = 0.08
"""Chance of something else coming up, per turn, for whom nothing is urgent."""


@dataclass(frozen=True, slots=True)
class Moment:
    """After a reply: what was tried last (`act`, with its tries), and whether it was met."""

    person: Person
    memory: Memory
    look: Look
    act: Act | None
    met: bool
    draws: random.Random


def reason_to_leave(moment: Moment) -> LeaveRule | None:
    """The first rule of this person's that holds."""
    here = moment.person.leaves_when
    return next((rule for rule, holds in RULES.items() if rule in here and holds(moment)), None)


def _pressure(moment: Moment) -> bool:
    return moment.memory.refused and (moment.look.link_to("pay") or moment.look.holds("pressure"))


def _unanswered(moment: Moment) -> bool:
    act = moment.act
    return act is not None and act.kind is Kind.ASK and not moment.met and act.tries >= TRIES


def _over_budget(moment: Moment) -> bool:
    act, price = moment.act, moment.memory.price
    told_so = act is not None and act.kind is Kind.OVER_BUDGET
    return told_so and (price is None or not moment.person.affords(price))


def _no_human(moment: Moment) -> bool:
    act = moment.act
    return act is not None and act.name == "human" and not moment.met and act.tries >= TRIES


def _ignored(moment: Moment) -> bool:
    act = moment.act
    return act is not None and act.kind is Kind.OBJECT and moment.look.link_to("pay")


def _distracted(moment: Moment) -> bool:
    return moment.draws.random() < DISTRACTION * (1 - moment.person.urgency)


RULES: dict[LeaveRule, Callable[[Moment], bool]] = {
    LeaveRule.PRESSURE: _pressure,
    LeaveRule.UNTRUE: lambda moment: moment.memory.raised or moment.memory.claimed_human,
    LeaveRule.OVER_BUDGET: _over_budget,
    LeaveRule.UNANSWERED: _unanswered,
    LeaveRule.NO_HUMAN: _no_human,
    LeaveRule.IGNORED_OBJECTION: _ignored,
    LeaveRule.REPEATED: lambda moment: moment.memory.repeated,
    LeaveRule.TOO_LONG: lambda moment: moment.memory.long_ones >= TRIES,
    LeaveRule.MANY_QUESTIONS: lambda moment: moment.look.questions >= MANY,
    LeaveRule.PATIENCE: lambda moment: moment.memory.without > moment.person.patience,
    LeaveRule.DISTRACTED: _distracted,
}
