"""Tells how one can pay and how much: the methods follow from the configured provider, the price from the course.

Methods are codes ("sandbox", "stripe_card", "telegram_stars"); what is said about each is in `prompts/`. The sandbox is
a test page on which nothing is charged.
"""

from core.context import Context
from core.db import courses
from core.domain.evidence import Fact, FactKind
from core.domain.tools import ToolResult
from tools.tool import Arguments, Tool

METHODS = {"sandbox": ("sandbox",), "stripe": ("stripe_card",), "stars": ("telegram_stars",)}
SOURCE = "settings:payment_provider"


class PaymentOptionsArguments(Arguments):
    """None: the methods are the same for everybody."""


async def payment_options(arguments: PaymentOptionsArguments, context: Context) -> ToolResult:  # noqa: ARG001
    """The methods and the course's price. Missing: unknown_course."""
    if context.course_id is None:
        return ToolResult(missing="no_course")
    async with context.pool.connection() as conn:
        course = await courses.by_id(conn, context.course_id, samples=context.settings.tells_samples)
    if course is None:
        return ToolResult(missing="unknown_course")
    methods = (_method(code) for code in METHODS[context.settings.payment_provider])
    price = course.money("course.price", course.price, course.currency)
    return ToolResult(facts=(*methods, price, *course.marks()))


def _method(code: str) -> Fact:
    return Fact(key="payment.method", kind=FactKind.TEXT, value=code, source=SOURCE)


PAYMENT_OPTIONS = Tool(name="payment_options", arguments=PaymentOptionsArguments, run=payment_options)
