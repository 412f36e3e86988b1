"""The methods follow from the provider, the price from the course; nothing else is offered."""

import pytest

from core.db.pool import Pool
from tests.worlds import make_context, make_course, make_settings, sources, valued
from tools.payment_options import PaymentOptionsArguments, payment_options

ACCOUNTS = {
    "stripe_api_key": "sk_test_x",
    "stripe_webhook_secret": "whsec_x",
    "stars_per_unit": "77",
    "telegram_bot_token": "987654321:fake-token-for-tests-on-loopback",
}


@pytest.mark.parametrize(
    ("provider", "method"), [("sandbox", "sandbox"), ("stripe", "stripe_card"), ("stars", "telegram_stars")]
)
async def test_the_provider_decides_the_method(empty_database: Pool, provider: str, method: str) -> None:
    course_id = await make_course(empty_database, price="249.50", currency="MXN")
    context = await make_context(empty_database, settings=make_settings(payment_provider=provider, **ACCOUNTS))
    result = await payment_options(PaymentOptionsArguments(), context)
    assert valued(result) == {"payment.method": [method], "course.price": ["249.50"]}
    assert sources(result, "course.price") == [f"courses:{course_id}"]
    assert [fact.unit for fact in result.facts] == ["", "MXN"]


async def test_without_a_course_nothing_can_be_paid(empty_database: Pool) -> None:
    context = await make_context(empty_database)
    assert (await payment_options(PaymentOptionsArguments(), context)).missing == "no_course"
    gone = await make_context(empty_database, course_id=10**12)
    assert (await payment_options(PaymentOptionsArguments(), gone)).missing == "unknown_course"
