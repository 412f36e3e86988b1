"""Invoices in Stars against a fake Bot API: what is asked, and what each failure means."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from core.domain.checkouts import Charge
from core.errors import PaymentRefusedError, PaymentUnavailableError
from core.integrations.cashier import Order, TillState
from core.integrations.stars_cashier import StarsCashier
from tests.fakes.telegram_records import Fault
from tests.fakes.telegram_server import FakeTelegram

ORDER = Order(
    payment_id=UUID(int=7),
    attempt=2,
    charge=Charge(500, "XTR"),
    title="IA para profesionales que tienen un nombre de curso largo",
    description="",
    lead="lead",
    course="curso",
    offer="",
    page="http://127.0.0.1/pagar/x",
    expires_at=datetime(2026, 11, 22, tzinfo=UTC),
)


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


@pytest.fixture
def cashier(fake: FakeTelegram) -> StarsCashier:
    return StarsCashier(fake.token, fake.url, Decimal(77))


async def test_an_invoice_names_the_try_and_nothing_of_the_person(cashier: StarsCashier, fake: FakeTelegram) -> None:
    till = await cashier.open(ORDER)
    [invoice] = fake.invoices
    assert (till.url, invoice["payload"]) == ("https://t.me/$invoice1", f"{UUID(int=7)}:2")
    assert (invoice["currency"], len(invoice["title"])) == ("XTR", 32)
    assert "lead" not in str(invoice)


@pytest.mark.parametrize(
    "fault",
    [Fault(status=500), Fault(drop=True), Fault(status=429, retry_after=5), Fault(status=502, body="<html>")],
    ids=["500", "drop", "429", "no json"],
)
async def test_telegram_out_of_reach(cashier: StarsCashier, fake: FakeTelegram, fault: Fault) -> None:
    fake.fail("createInvoiceLink", fault)
    with pytest.raises(PaymentUnavailableError) as refused:
        await cashier.open(ORDER)
    assert fake.token not in str(refused.value) + repr(refused.value.__cause__)


async def test_what_telegram_refuses(cashier: StarsCashier, fake: FakeTelegram) -> None:
    with pytest.raises(PaymentRefusedError, match="TOTAL_AMOUNT_INVALID"):
        await cashier.open(replace(ORDER, charge=Charge(0, "XTR")))
    with pytest.raises(PaymentRefusedError, match="Unauthorized"):
        await replace(cashier, token="1:wrong").open(ORDER)


async def test_stars_are_given_back(cashier: StarsCashier, fake: FakeTelegram) -> None:
    await cashier.refund(7, "charge-1")
    assert fake.called("refundStarPayment") == [{"user_id": "7", "telegram_payment_charge_id": "charge-1"}]


async def test_what_is_over_is_refused_elsewhere(cashier: StarsCashier) -> None:
    assert (await cashier.look("x")).state is (await cashier.shut("x")).state is TillState.OVER
