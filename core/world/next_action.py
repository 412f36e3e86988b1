"""The next best action for an advisor: a list of rules over where a lead stands; the first that fits is it.

The rules are data, the words stand in `prompts/messages/desk/`. A rule's empty field fits anything. Nothing here is
ever done by itself: an advisor reads it and decides.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.funnel import Stage
from core.domain.lead_card import LeadCard

HOT = 0.5
"""From this chance on a lead is hot. Of every ten leads about one buys, so this is five times as likely."""


class Action(StrEnum):
    """What an advisor might do next."""

    LEAVE_ALONE = "leave_alone"
    ANSWER_NOW = "answer_now"
    CONTINUE = "continue"
    SETTLE_REFUND = "settle_refund"
    WELCOME = "welcome"
    HELP_PAYING = "help_paying"
    PREPARE_DEMO = "prepare_demo"
    REBOOK_DEMO = "rebook_demo"
    FOLLOW_CHECKOUT = "follow_checkout"
    EASE_PRICE = "ease_price"
    EASE_TIME = "ease_time"
    SHOW_RESULTS = "show_results"
    SHOW_PROOF = "show_proof"
    OFFER_CALL = "offer_call"
    OFFER_DEMO = "offer_demo"
    LET_BRENDA = "let_brenda"


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a lead stands. `booking`: upcoming, missed, cancelled or ""; `payment`: its status or ""."""

    stage: Stage
    objection: str = ""
    intents: tuple[str, ...] = ()
    hot: bool = False
    booking: str = ""
    payment: str = ""
    handoff: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """Fits when each field that is set fits; `intents` when one of them is among the lead's."""

    action: Action
    stages: frozenset[Stage] = frozenset()
    objection: str = ""
    intents: frozenset[str] = frozenset()
    hot: bool | None = None
    booking: str = ""
    payment: frozenset[str] = frozenset()
    handoff: frozenset[str] = frozenset()

    def fits(self, situation: Situation) -> bool:
        """Whether this rule speaks of such a situation."""
        return (
            (not self.stages or situation.stage in self.stages)
            and self.objection in ("", situation.objection)
            and (not self.intents or not self.intents.isdisjoint(situation.intents))
            and self.hot in (None, situation.hot)
            and self.booking in ("", situation.booking)
            and (not self.payment or situation.payment in self.payment)
            and (not self.handoff or situation.handoff in self.handoff)
        )


_REFUSALS = frozenset({"refusal", "stop_request"})
_BUYING = frozenset({"buying_signal", "wants_human"})
RULES = (
    Rule(Action.LEAVE_ALONE, stages=frozenset({Stage.OPTED_OUT})),
    Rule(Action.SETTLE_REFUND, payment=frozenset({"refunded"})),
    Rule(Action.ANSWER_NOW, handoff=frozenset({"open", "waiting"})),
    Rule(Action.CONTINUE, handoff=frozenset({"taken"})),
    Rule(Action.WELCOME, payment=frozenset({"paid"})),
    Rule(Action.WELCOME, stages=frozenset({Stage.CUSTOMER})),
    Rule(Action.LEAVE_ALONE, intents=_REFUSALS),
    Rule(Action.HELP_PAYING, payment=frozenset({"failed"})),
    Rule(Action.PREPARE_DEMO, booking="upcoming"),
    Rule(Action.REBOOK_DEMO, booking="missed"),
    Rule(Action.EASE_PRICE, objection="price"),
    Rule(Action.EASE_TIME, objection="time"),
    Rule(Action.SHOW_RESULTS, objection="value"),
    Rule(Action.SHOW_PROOF, objection="trust"),
    Rule(Action.FOLLOW_CHECKOUT, payment=frozenset({"link_sent", "pending", "expired"})),
    Rule(Action.REBOOK_DEMO, booking="cancelled"),
    Rule(Action.OFFER_CALL, intents=_BUYING),
    Rule(Action.OFFER_CALL, hot=True),
    Rule(Action.OFFER_DEMO, stages=frozenset({Stage.CONVERSATION, Stage.DEMO, Stage.CHECKOUT})),
    Rule(Action.LET_BRENDA),
)
"""In order of precedence; the last fits anything."""


def next_action(situation: Situation) -> Action:
    """What the first rule that fits says."""
    return next(rule.action for rule in RULES if rule.fits(situation))


def situation_of(card: LeadCard, now: datetime) -> Situation:
    """Where the lead of a card stands at a moment. Only what was said last counts."""
    return Situation(
        stage=card.stage,
        objection=card.latest_objection,
        intents=_since_refusal(card.intents),
        hot=card.score is not None and card.score.score >= HOT,
        booking=_booking(card, now),
        payment=_payment(card),
        handoff=card.handoff.status.value if card.handoff else "",
    )


def _since_refusal(intents: tuple[str, ...]) -> tuple[str, ...]:
    """What was meant last, the newest first: a refusal, or what came after one. Nothing before it counts any more."""
    place = next((at for at, intent in enumerate(intents) if intent in _REFUSALS), len(intents))
    return intents[: max(place, 1)]


def _booking(card: LeadCard, now: datetime) -> str:
    if card.booking is None:
        return ""
    if card.booking.status == "booked":
        return "upcoming" if card.booking.ends_at > now else ""
    return card.booking.status if card.booking.status in ("missed", "cancelled") else ""


def _payment(card: LeadCard) -> str:
    if card.payment is None:
        return ""
    return "refunded" if card.payment.refunded else card.payment.status
