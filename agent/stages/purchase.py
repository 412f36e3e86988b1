"""What is said when the world tells of a payment: it came, it failed, it went back.

The words are fixed and rest on the payment's row as it is now, not on what the news said when they were sent: news may
be late, and somebody whose money went back meanwhile is not congratulated.
"""

from dataclasses import replace
from uuid import UUID

from agent.routing import TALKING
from agent.state import Draft, Scratch
from agent.voice import label_of, say
from core.context import Context
from core.db import courses, payments
from core.domain.catalog import Course
from core.domain.funnel import Milestone, Stage
from core.domain.messages import Button, Outgoing
from core.domain.money import written_money
from core.domain.promises import Payment, PaymentStatus
from core.domain.turn import Event
from core.integrations.links import LinkPurpose
from tools.create_payment_link import CREATE_PAYMENT_LINK, LABEL
from tools.link_button import link_button

SILENT = frozenset({Stage.CONTACT, Stage.CONSENT, Stage.NAME, Stage.OPTED_OUT})
"""Where a payment that failed is not spoken of: the page has said it, and this person asked for nothing here."""


async def paid(context: Context, scratch: Scratch) -> tuple[Draft, Stage]:
    """Thanks and the first steps, and the stage that comes of it."""
    payment, course = await _told(context, scratch)
    draft = scratch.draft.noting(Event(kind=Milestone.PURCHASE_COMPLETED, once=True))
    if payment and payment.status is PaymentStatus.REFUNDED:
        return draft, _stage(scratch)
    return draft.saying(_thanks(context, payment, course), _first_steps(context, course)), Stage.CUSTOMER


async def refunded(context: Context, scratch: Scratch) -> tuple[Draft, Stage]:
    """That money went back, and the stage that comes of it: who has nothing paid any more is no customer."""
    payment, course = await _told(context, scratch)
    if payment is None or not payment.refunded_amount:
        return scratch.draft, _stage(scratch)
    whole = payment.status is PaymentStatus.REFUNDED
    message = say(
        context,
        "customer/refunded",
        name=context.lead.name or "",
        course_name=course.name if course else "",
        amount=written_money(payment.refunded_amount, payment.currency),
        whole=whole,
        sandbox=payment.provider == "sandbox",
        stars=payment.provider == "stars",
    )
    async with context.pool.connection() as conn:
        gone = whole and not await payments.has_other_paid(conn, payment)
    stage = _stage(scratch)
    return scratch.draft.saying(message), Stage.CONVERSATION if gone and stage is Stage.CUSTOMER else stage


async def failed(context: Context, scratch: Scratch) -> Draft:
    """That it failed, and a link to try again, but none to who is under age; nothing when it was paid meanwhile."""
    payment, course = await _told(context, scratch)
    if payment is None or payment.was_paid or scratch.draft.stage in SILENT:
        return scratch.draft
    amount = written_money(payment.amount, payment.currency)
    button, amount = (None, amount) if scratch.talk.minor else await _again(context, payment)
    message = say(
        context,
        "customer/failed",
        name=context.lead.name or "",
        course_name=course.name if course else "",
        amount=amount,
        link=button.url if button else "",
    )
    message = message.model_copy(update={"buttons": (*_or_none(button), *_advisor(context))})
    stage = Stage.CHECKOUT if button and scratch.draft.stage in TALKING else scratch.draft.stage
    return replace(scratch.draft.saying(message), stage=stage)


async def _again(context: Context, payment: Payment) -> tuple[Button | None, str]:
    """The link that is still open, else a new one over what it costs now; no button when there is nothing to sell."""
    amount = written_money(payment.amount, payment.currency)
    if payment.status is not PaymentStatus.FAILED and context.now < payment.expires_at:
        return link_button(context, LinkPurpose.PAYMENT, payment.id, payment.created_at, LABEL), amount
    about = replace(context, course_id=payment.course_id)
    made = await CREATE_PAYMENT_LINK.run(CREATE_PAYMENT_LINK.arguments(), about)
    told = {fact.key: fact for fact in made.facts}
    if not made.buttons or "payment.amount" not in told:
        return None, amount
    return made.buttons[0], f"{told['payment.amount'].value.removesuffix('.00')} {told['payment.amount'].unit}"


async def _told(context: Context, scratch: Scratch) -> tuple[Payment | None, Course | None]:
    """The payment that the news are about, if it is this person's, and its course; else the course of the talk."""
    number = _number(scratch.request.inputs[0].data.get("payment"))
    samples = context.settings.tells_samples
    async with context.pool.connection() as conn:
        payment = await payments.by_id(conn, number) if number else None
        mine = payment if payment and payment.lead_id == context.lead.id else None
        course_id = mine.course_id if mine else context.course_id
        return mine, await courses.by_id(conn, course_id, samples) if course_id else None


def _number(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


def _stage(scratch: Scratch) -> Stage:
    """Where the talk stands, or goes on after a hand-off."""
    if scratch.draft.stage is Stage.HANDOFF:
        return Stage(scratch.talk.resume) if scratch.talk.resume else Stage.CONVERSATION
    return scratch.draft.stage


def _thanks(context: Context, payment: Payment | None, course: Course | None) -> Outgoing:
    return say(
        context,
        "customer/paid",
        name=context.lead.name or "",
        course_name=course.name if course else "",
        amount=written_money(payment.amount, payment.currency) if payment else "",
        sandbox=payment is not None and payment.provider == "sandbox",
    )


def _first_steps(context: Context, course: Course | None) -> Outgoing:
    starts = course.starts_on if course and course.starts_on and course.starts_on >= context.now.date() else None
    return say(
        context,
        "customer/onboarding",
        modality=course.modality if course else "",
        starts={"day": starts.day, "month": starts.month} if starts else None,
        guarantee_days=course.guarantee_days if course else 0,
        email=bool(context.lead.profile.email),
        contact=context.settings.contact,
    ).model_copy(update={"buttons": _buttons(context, "ask.syllabus", "ask.advisor")})


def _or_none(button: Button | None) -> tuple[Button, ...]:
    return (button,) if button else ()


def _advisor(context: Context) -> tuple[Button, ...]:
    return _buttons(context, "ask.advisor")


def _buttons(context: Context, *actions: str) -> tuple[Button, ...]:
    return tuple(Button(label=label_of(context.prompts, action) or action, action=action) for action in actions)
