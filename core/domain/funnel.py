"""The funnel: where a prospect stands, and the milestones that are counted once per person."""

from enum import StrEnum


class Stage(StrEnum):
    """A node of the state machine. A stage moves by a button, a tool call, a webhook or a deadline, never by prose."""

    CONTACT = "contact"
    CONSENT = "consent"
    NAME = "name"
    PRESENTATION = "presentation"
    CONVERSATION = "conversation"
    DEMO = "demo"
    CHECKOUT = "checkout"
    CUSTOMER = "customer"
    HANDOFF = "handoff"
    OPTED_OUT = "opted_out"


class Milestone(StrEnum):
    """The analytics funnel. Each is an event that is written once per lead."""

    INITIAL_CONTACT = "initial_contact"
    PRIVACY_ACCEPTED = "privacy_accepted"
    NAME_PROVIDED = "name_provided"
    COURSE_PRESENTED = "course_presented"
    AI_ENGAGED = "ai_engaged"
    DEMO_REQUESTED = "demo_requested"
    PURCHASE_COMPLETED = "purchase_completed"
