"""Why a simulated prospect leaves: by a rule that holds or does not, never out of politeness towards Brenda.

A persona and a scenario name the rules that they leave by; those in `EVERYBODY` hold without being named.
"""

from enum import StrEnum


class LeaveRule(StrEnum):
    """A rule by which somebody stops writing. Its value is what stands in a YAML file."""

    UNANSWERED = "unanswered"
    """The same question was asked twice, in two wordings, and neither reply held its answer."""
    PATIENCE = "patience"
    """So many turns in a row brought neither an answer nor what they came for."""
    OVER_BUDGET = "over_budget"
    """The price is above the budget, they said so, and no price within it was told."""
    PRESSURE = "pressure"
    """They had said no, and the reply was an offer, a link to pay, urgency or a closing question."""
    REPEATED = "repeated"
    """A reply word for word as an earlier one."""
    TOO_LONG = "too_long"
    """Two messages longer than they read on a telephone."""
    MANY_QUESTIONS = "many_questions"
    """A reply with three questions or more."""
    IGNORED_OBJECTION = "ignored_objection"
    """They said what held them back, and the reply was a link to pay."""
    NO_HUMAN = "no_human"
    """They asked for a person twice and got none."""
    UNTRUE = "untrue"
    """A price was told that contradicts one told before, with no offer named; or Brenda called herself human."""
    DISTRACTED = "distracted"
    """Something else came up: by chance, the likelier the less urgent it is to them."""


EVERYBODY = (LeaveRule.UNANSWERED, LeaveRule.PATIENCE, LeaveRule.OVER_BUDGET)
