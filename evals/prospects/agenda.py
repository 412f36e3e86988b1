"""What somebody means to do, in the order in which they will: ask, object, want, end.

People bring up what holds them back somewhere between their questions and their wish, and not all say goodbye.
"""

import random
from dataclasses import dataclass
from enum import StrEnum

from evals.prospect import Habit
from evals.prospects.person import Person

INSISTS_BELOW = 0.5
"""Who trusts less than this says their objection twice."""
PRICE_FIRST = 0.35
"""Share of people who put a wish before all questions when it is urgent to them."""


class Kind(StrEnum):
    """Kinds of acts."""

    GREET = "greet"
    CHAT = "small_talk"
    ASK = "ask"
    OBJECT = "object"
    OVER_BUDGET = "over_budget"
    WANT = "want"
    OPEN = "opens"
    DO = "does"
    WAIT = "waits"
    BACK = "back"
    REFUSE = "say_no"
    INSIST_NO = "after_no"
    THANK = "thanks"
    POSTPONE = "think_about_it"
    GO = "go"


@dataclass(slots=True)
class Act:
    """One thing to do. `tries`: how often it was done; `most`: how often it is done before it is given up."""

    kind: Kind
    name: str = ""
    tries: int = 0
    most: int = 1

    @property
    def words(self) -> str:
        """The key of its wordings."""
        return f"{self.kind}.{self.name}" if self.name else str(self.kind)


def agenda(person: Person, draws: random.Random) -> list[Act]:
    """The acts of one conversation."""
    plan, asks = person.plan, [Act(Kind.ASK, topic, most=2) for topic in _spoken(person, "ask", person.plan.asks)]
    insists = 2 if person.trust < INSISTS_BELOW else 1
    doubts = [Act(Kind.OBJECT, one.value, most=insists) for one in person.objects if one.value != "none"]
    wish = _wish(person)
    hurried = wish and draws.random() < PRICE_FIRST * person.urgency
    middle = [*wish, *asks, *doubts] if hurried else [*_mixed(asks, doubts, draws), *wish]
    opening = [Act(Kind.GREET)] if person.likes_to(Habit.GREET) and person.words.has("greet") else []
    chat = [Act(Kind.CHAT)] if plan.wants == "nothing" else []
    return [*opening, *chat, *middle, *_farewell(person, draws)]


def _spoken(person: Person, group: str, names: tuple[str, ...]) -> list[str]:
    """What there are words for: who writes in English asks only what the English file holds."""
    return [name for name in names if person.words.has(f"{group}.{name}")]


def _wish(person: Person) -> list[Act]:
    wants = person.plan.wants
    if wants in ("information", "nothing") or not person.words.has(f"want.{wants}"):
        return []
    return [Act(Kind.WANT, wants, most=2)]


def _mixed(asks: list[Act], doubts: list[Act], draws: random.Random) -> list[Act]:
    """Doubts come after the first question, each at a place of its own."""
    acts = list(asks)
    for doubt in doubts:
        acts.insert(draws.randint(min(1, len(acts)), len(acts)), doubt)
    return acts


def _farewell(person: Person, draws: random.Random) -> list[Act]:
    again = [Act(Kind.WAIT), Act(Kind.BACK), Act(Kind.ASK, "price", most=2)] if person.likes_to(Habit.COME_BACK) else []
    if person.likes_to(Habit.SAY_NO):
        return [Act(Kind.REFUSE), *again]
    if person.plan.wants in ("buy", "demo", "human"):
        return again
    ends = [Act(Kind.THANK), Act(Kind.POSTPONE), Act(Kind.GO)]
    end = ends[0] if person.likes_to(Habit.THANK) else draws.choice(ends)
    return [*([] if end.kind is Kind.GO else [end]), *again]
