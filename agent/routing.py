"""Routing: one pure function from where a chat stands and what reached it to the node that answers.

A signal is read from the kind of the input (a button, a command, a webhook's event, a deadline) and, for free text,
only from the two readings that must be obeyed at once: a request to stop, and nothing else. What a model writes never
reaches this module; what it *calls* does, through `advance`.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal, cast

from core.domain.funnel import Stage
from core.domain.messages import Input, InputKind
from core.domain.perception import Intent, Perception
from core.domain.tools import ToolCall

Destination = Literal[
    "contact",
    "consent",
    "name",
    "presentation",
    "conversation",
    "demo",
    "checkout",
    "customer",
    "handoff",
    "opted_out",
    "duties",
]
"""Every node that may answer first: the ten stages, and the duties of the platform and the law."""

PLAIN = frozenset(
    {InputKind.TEXT, InputKind.EDITED, InputKind.VOICE, InputKind.PHOTO, InputKind.STICKER, InputKind.FILE}
)
TICKS = ("marketing.", "learning.", "erase.")


class Signal(StrEnum):
    """What an input asks of the state machine."""

    MESSAGE = "message"
    START = "start"
    STOP = "stop"
    HUMAN = "human"
    DUTY = "duty"
    PAID = "paid"
    UNPAID = "unpaid"
    REFUNDED = "refunded"
    BOOKING = "booking"
    HANDBACK = "handback"
    TAKEN = "taken"
    UNANSWERED = "unanswered"
    CONSENT = "consent"
    COURSE = "course"
    STALE = "stale"


_PAYMENTS = {"paid": Signal.PAID, "failed": Signal.UNPAID, "refunded": Signal.REFUNDED}
_ABOUT_HANDOFFS = {"take": Signal.TAKEN, "unanswered": Signal.UNANSWERED}
"""What an advisor or a deadline does beside ending a hand-off: somebody takes the chat, or nobody came to do so."""


def read_signal(given: Input, perception: Perception) -> Signal:
    """The signal of one input; the perception counts only for free text."""
    match given.kind:
        case InputKind.PAYMENT:
            return _PAYMENTS.get(given.action, Signal.STALE)
        case InputKind.BOOKING:
            return Signal.BOOKING
        case InputKind.ADVISOR | InputKind.DEADLINE:
            return _ABOUT_HANDOFFS.get(given.action, Signal.HANDBACK)
        case InputKind.COMMAND:
            return _command(given.action)
        case InputKind.BUTTON:
            return _button(given.action)
        case _:
            return Signal.STOP if perception.intent is Intent.STOP_REQUEST else Signal.MESSAGE


def _command(name: str) -> Signal:
    named = {"start": Signal.START, "baja": Signal.STOP, "asesor": Signal.HUMAN}
    return named.get(name, Signal.DUTY)


def _button(action: str) -> Signal:
    if action.startswith(TICKS):
        return Signal.DUTY
    if action.startswith("consent."):
        return Signal.CONSENT
    if action.startswith("course."):
        return Signal.COURSE
    if action == "ask.advisor":
        return Signal.HUMAN
    return Signal.MESSAGE if action.startswith("ask.") else Signal.STALE


_HEEDED = {
    Signal.HANDBACK: frozenset({Stage.HANDOFF}),
    Signal.TAKEN: frozenset(Stage) - {Stage.OPTED_OUT},
    Signal.UNANSWERED: frozenset(Stage) - {Stage.OPTED_OUT, Stage.HANDOFF},
}
"""The stages in which what advisors and deadlines do still concerns the person; elsewhere it is passed over."""


def route(stage: Stage, signal: Signal) -> Destination:
    """The node that answers `signal` in `stage`. Total: every pair has an answer.

    First contact has a node of its own whatever is asked: nobody is answered before they know that she is an AI.
    """
    if destination := _routed_by_world(stage, signal):
        return destination
    if stage is Stage.CONTACT:
        return "contact"
    if signal is Signal.STOP:
        return "opted_out"
    if signal in (Signal.DUTY, Signal.STALE):
        return "duties"
    return _routed_by_stage(stage, signal)


_TOLD_BY_WORLD: dict[Signal, Destination] = {
    Signal.PAID: "customer",
    Signal.REFUNDED: "customer",
    Signal.UNPAID: "checkout",
    Signal.BOOKING: "demo",
}
"""What is told wherever the person stands."""


def _routed_by_world(stage: Stage, signal: Signal) -> Destination | None:
    """Where something goes that no prospect did; None for what they did themselves."""
    if told := _TOLD_BY_WORLD.get(signal):
        return told
    match signal:
        case Signal.HANDBACK | Signal.TAKEN | Signal.UNANSWERED:
            return "handoff" if stage in _HEEDED[signal] else "duties"
        case _:
            return None


def _routed_by_stage(stage: Stage, signal: Signal) -> Destination:
    if stage is Stage.HANDOFF or signal is Signal.HUMAN:
        return "handoff"
    if stage is Stage.OPTED_OUT:
        return "opted_out"
    if signal is Signal.CONSENT:
        return "consent" if stage is Stage.CONSENT else "duties"
    if signal is Signal.START:
        return "contact"
    if signal is Signal.COURSE and stage not in (Stage.CONSENT, Stage.NAME):
        return "presentation"
    return cast(Destination, stage.value)


TALKING = frozenset({Stage.CONVERSATION, Stage.DEMO, Stage.CHECKOUT})
BESIDE = frozenset({"update_profile", "schedule_follow_up"})


def advance(stage: Stage, calls: Iterable[ToolCall]) -> Stage:
    """The stage after a turn in which these tools were called: the only way by which a model moves a prospect.

    A call that found nothing (`missing`) moves nothing. A customer stays a customer, but for a hand-off.
    """
    done = {call.name for call in calls if not call.missing}
    if "contact_advisor" in done:
        return Stage.HANDOFF
    if stage not in TALKING:
        return stage
    if "create_payment_link" in done:
        return Stage.CHECKOUT
    if "create_demo_link" in done:
        return Stage.DEMO
    return Stage.CONVERSATION if done - BESIDE else stage
