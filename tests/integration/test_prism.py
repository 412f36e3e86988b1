"""What we send to Stripe and SendGrid, judged by Prism over the descriptions that both publish."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from aiohttp import ClientSession

from core.domain.checkouts import Charge
from core.domain.mail import Mail
from core.errors import ServiceRejectedError
from core.integrations.cashier import Order, TillState
from core.integrations.sendgrid import SendGrid
from core.integrations.stripe_checkout import StripeCashier
from tests.descriptions import published
from tests.prism import as_json, json_door, prism

SESSIONS = "/v1/checkout/sessions"
STRIPE = (SESSIONS, f"{SESSIONS}/{{session}}", f"{SESSIONS}/{{session}}/expire")
ORDER = Order(
    payment_id=UUID(int=7),
    attempt=2,
    charge=Charge(24_900, "USD"),
    title="Inteligencia artificial para tu trabajo",
    description="Ocho semanas, en vivo",
    lead="12",
    course="ia",
    offer="",
    page="https://brenda.example/pagar/abc",
    expires_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
)
MAIL = Mail(
    to="ana@correo.example",
    name="Ana Ñandú",
    subject="Tu curso",
    text="Hola, ¿qué tal?",
    html="<p>Hola</p>",
    template="welcome/hello",
    marketing=True,
    unsubscribe_url="https://brenda.example/correo/abc",
)
RECEIPT = MAIL.model_copy(update={"template": "receipt", "marketing": False, "unsubscribe_url": None})


@dataclass(frozen=True)
class Stripe:
    """The cashier before Prism, every body that it sent, and Prism's own address."""

    cashier: StripeCashier
    sent: list[Any]
    prism: str

    async def judges(self, body: dict[str, Any]) -> int:
        """The status that a body gets which we did not send so."""
        headers = {"Authorization": "Bearer sk_test_prism"}
        async with ClientSession(headers=headers) as session, session.post(self.prism + SESSIONS, json=body) as answer:
            return answer.status


@pytest.fixture(scope="module")
async def stripe(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stripe]:
    description, sent = as_json(published("stripe.com", STRIPE)), list[Any]()
    async with (
        prism(description, tmp_path_factory.mktemp("stripe")) as behind,
        json_door(description, behind, sent) as url,
    ):
        yield Stripe(StripeCashier("sk_test_prism", url), sent, behind)


@pytest.fixture(scope="module")
async def sendgrid(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SendGrid]:
    description = published("sendgrid.com", ("/mail/send",), below="/v3")
    async with prism(description, tmp_path_factory.mktemp("sendgrid")) as url:
        account = SendGrid("SG.prism", url, "hola@academia.example", "Academia", "equipo@academia.example")
        yield account
        await account.aclose()


@pytest.mark.parametrize(
    "order", [ORDER, replace(ORDER, description="", offer="enero", charge=Charge(5_000, "JPY"))], ids=["usd", "jpy"]
)
async def test_stripe_takes_our_checkout_session_and_gives_its_page(stripe: Stripe, order: Order) -> None:
    till = await stripe.cashier.open(order)
    assert (till.reference, till.url) == ("string", "string")
    sent = stripe.sent[-1]
    assert sent["line_items"][0]["price_data"]["unit_amount"] == order.charge.units
    assert sent["payment_intent_data"]["metadata"] == sent["metadata"]


async def test_stripe_is_asked_how_a_session_stands_and_to_shut_it(stripe: Stripe) -> None:
    assert (await stripe.cashier.look("cs_test_1")).state in TillState
    assert (await stripe.cashier.shut("cs_test_1")).state in TillState


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body.pop("success_url") and body.update(sucess_url="https://brenda.example"),
        lambda body: body.update(mode="pay"),
        lambda body: body.update(locale="es_MX"),
        lambda body: body.update(payment_method_types=["cards"]),
        lambda body: body["line_items"][0].update(quantity="one"),
        lambda body: body["line_items"][0]["price_data"].pop("currency"),
        lambda body: body["line_items"][0]["price_data"].update(unit_amount="249.00"),
        lambda body: body["line_items"][0]["price_data"]["product_data"].update(name="x" * 5_001),
        lambda body: body["payment_intent_data"].update(metadata="payment"),
    ],
    ids=["name", "mode", "locale", "method", "quantity", "currency", "amount", "title", "metadata"],
)
async def test_stripe_refuses_the_same_session_once_it_is_spoiled(
    stripe: Stripe, spoil: Callable[[dict[str, Any]], object]
) -> None:
    await stripe.cashier.open(ORDER)
    body = stripe.sent[-1]
    assert await stripe.judges(body) == 200
    spoil(body)
    assert await stripe.judges(body) == 422


@pytest.mark.parametrize(
    "mail", [MAIL, RECEIPT, MAIL.model_copy(update={"name": None})], ids=["marketing", "receipt", "nameless"]
)
async def test_sendgrid_takes_our_e_mail(sendgrid: SendGrid, mail: Mail) -> None:
    await sendgrid.send(mail, "12")


@pytest.mark.parametrize(
    "change",
    [{"to": "ana@correo"}, {"subject": ""}, {"text": ""}],
    ids=["address", "subject", "text"],
)
async def test_sendgrid_refuses_our_e_mail_once_it_is_spoiled(sendgrid: SendGrid, change: dict[str, str]) -> None:
    with pytest.raises(ServiceRejectedError, match="HTTP 400"):
        await sendgrid.send(MAIL.model_copy(update=change), "12")
