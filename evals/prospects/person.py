"""Somebody in one scenario: the plan's wishes, and the persona's nature where the plan leaves it open."""

from dataclasses import dataclass

from core.domain.perception import Objection
from evals.leave_rule import EVERYBODY, LeaveRule
from evals.persona import Persona
from evals.prospect import Habit, ProspectPlan
from evals.prospects.wordings import Wordings

LEAST_PATIENCE, MORE_PATIENCE = 2, 5
"""Turns without progress that the most and (added) the least hurried person bears."""


@dataclass(frozen=True, slots=True)
class Person:
    """What does not change while they write. `budget` in USD; `patience` in turns; `trust` and `urgency` 0 to 1."""

    persona: Persona
    plan: ProspectPlan
    words: Wordings
    objects: tuple[Objection, ...]
    budget: float | None
    patience: int
    trust: float
    urgency: float
    leaves_when: frozenset[LeaveRule]

    @classmethod
    def of(cls, plan: ProspectPlan, persona: Persona) -> "Person":
        """The person; whatever the plan names goes before what the persona is like."""
        usual = LEAST_PATIENCE + round(MORE_PATIENCE * persona.patience)
        return cls(
            persona=persona,
            plan=plan,
            words=Wordings.of(persona),
            objects=persona.objects if plan.objects is None else plan.objects,
            budget=persona.budget if plan.budget is None else plan.budget,
            patience=usual if plan.patience is None else plan.patience,
            trust=persona.trust if plan.trust is None else plan.trust,
            urgency=persona.urgency if plan.urgency is None else plan.urgency,
            leaves_when=frozenset((*EVERYBODY, *persona.leaves_when, *plan.leaves_when)),
        )

    def likes_to(self, habit: Habit) -> bool:
        """Whether the plan gives them a habit."""
        return habit in self.plan.likes_to

    def affords(self, price: float) -> bool:
        """Whether a price in USD is within the budget."""
        return self.budget is None or price <= self.budget
