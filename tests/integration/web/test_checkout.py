"""The checkout page over real HTTP: an honest price, nothing paid without the provider's word, a kind end."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import HttpUrl

from core.db.pool import Pool
from core.domain.promises import Payment
from core.integrations.links import LinkPurpose
from core.integrations.stripe_checkout import StripeCashier
from tests.deals import make_offer, rows
from tests.fakes.stripe_server import KEY, FakeStripe, Trouble
from tests.shops import Shop, shop_on
from tests.sites import Reply, Visitor, make_site, visiting
from tests.worlds import make_course


@dataclass
class Counter:
    """A shop, its site, and somebody with a link."""

    shop: Shop
    visitor: Visitor
    payment: Payment

    @property
    def path(self) -> str:
        return f"/pagar/{self.visitor.site.links.token(LinkPurpose.PAYMENT, self.payment.id)}"

    async def opens(self, below: str = "") -> Reply:
        return await self.visitor.opens(self.path + below)

    async def presses(self, amount: str = "210.00", **fields: str) -> Reply:
        return await self.visitor.sends(self.path, **{"amount": amount, "currency": "USD", **fields})

    async def plays(self, outcome: str) -> Reply:
        return await self.visitor.sends(f"{self.path}/prueba", outcome=outcome)

    async def status(self) -> str:
        return (await self.shop.payment(self.payment.id)).status.value


@asynccontextmanager
async def counter_on(pool: Pool, offer: bool = True, **settings: Any) -> AsyncIterator[Counter]:
    async with shop_on(pool) as shop:
        course = await make_course(pool, name="IA para el trabajo", guarantee="Se devuelve todo.", guarantee_days=15)
        if offer:
            await make_offer(pool, course, max_claims=1)
        payment = await shop.link()
        site = replace(make_site(pool, shop.queue, **settings), clock=shop.clock)
        site = replace(site, links=replace(site.links, clock=shop.clock))
        async with visiting(site) as visitor:
            yield Counter(shop, visitor, payment)


@pytest.fixture
async def counter(empty_database: Pool) -> AsyncIterator[Counter]:
    async with counter_on(empty_database) as counter:
        yield counter


async def test_the_page_says_all_that_somebody_should_know_before_paying(counter: Counter) -> None:
    page = await counter.opens()
    assert page.status == 200
    for words in (
        "IA para el trabajo",
        "210 USD",
        "300 USD",
        "30 % menos",
        "2 de diciembre a las 12:30",
        "15 días. Se devuelve todo.",
        "Academia de ejemplo",
        "privacidad@academia.example",
        "no se cobra a nadie",
        "24 de noviembre",
    ):
        assert words in page.words, words
    assert "No es lo que te dije" not in page.words
    assert "http" not in re.sub(r'href="[^"]*"|xmlns="[^"]*"', "", page.text)


async def test_looking_counts_once_and_holds_nothing_more(counter: Counter) -> None:
    for _ in range(3):
        await counter.opens()
    assert await counter.shop.events(counter.payment) == ["checkout_opened"]
    assert (await counter.status(), await rows(counter.shop.pool, "checkouts")) == ("link_sent", [])


async def test_the_whole_way_in_the_sandbox(counter: Counter) -> None:
    pressed = await counter.presses()
    assert pressed.status == 303
    assert pressed.headers["Location"].endswith("/prueba")
    page = await counter.opens("/prueba")
    assert "no se cobra a nadie" in page.words
    waiting = await counter.opens("/gracias")
    assert "Estamos confirmando" in waiting.words
    assert 'content="3;url=gracias?n=1"' in waiting.text
    assert await counter.status() == "pending"
    assert (await counter.plays("pay")).headers["Location"] == "gracias"
    assert await counter.status() == "paid"
    assert await counter.shop.heard(counter.payment) == ["paid"]
    for below in ("", "/gracias", "/prueba"):
        assert "Tu pago está confirmado" in (await counter.opens(below)).words
    assert (await counter.plays("pay")).status == 303
    assert await counter.shop.heard(counter.payment) == ["paid"]


async def test_a_failure_in_the_sandbox_leads_back_to_another_try(counter: Counter) -> None:
    await counter.presses()
    back = await counter.plays("fail")
    assert back.headers["Location"].endswith(counter.path.rpartition("/")[2])
    assert await counter.status() == "failed"
    assert (await counter.opens("/gracias")).status == 303
    assert "no se completó" in (await counter.opens()).words
    await counter.presses()
    await counter.plays("pay")
    assert await counter.shop.heard(counter.payment) == ["failed", "paid"]


async def test_nothing_is_played_that_was_not_begun(counter: Counter) -> None:
    assert (await counter.plays("pay")).status == 303
    assert (await counter.opens("/prueba")).status == 303
    assert await counter.status() == "link_sent"
    assert (await counter.plays("free")).status == 422


async def test_a_page_that_waits_long_stops_asking(counter: Counter) -> None:
    await counter.presses()
    page = await counter.opens("/gracias?n=20")
    assert "refresh" not in page.text
    assert "No hace falta que esperes" in page.words


async def test_more_than_was_said_is_explained_and_must_be_ticked(counter: Counter) -> None:
    await counter.shop.rows("update offers set ends_at = %s", counter.shop.clock())
    page = await counter.opens()
    assert "No es lo que te dije en el chat" in page.words
    assert "La oferta con la que se calculó ya terminó" in page.words
    assert 'name="accept"' in page.text
    for fields in ({"amount": "300.00"}, {"amount": "210.00", "accept": "yes"}, {"amount": "210.00"}):
        assert (await counter.presses(**fields)).status == 409
    assert await rows(counter.shop.pool, "checkouts") == []
    assert (await counter.presses("300.00", accept="yes")).status == 303
    assert [str(row["amount"]) for row in await rows(counter.shop.pool, "checkouts")] == ["300.00"]


async def test_a_form_cannot_name_a_price(counter: Counter) -> None:
    assert (await counter.presses("99999.00")).status == 303
    assert [str(row["amount"]) for row in await rows(counter.shop.pool, "checkouts")] == ["210.00"]
    assert (await counter.presses("0.01")).status == 409


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": "free"},
        {"amount": "-1"},
        {"amount": "NaN"},
        {"amount": "1e99"},
        {"currency": "usd"},
        {"currency": ""},
    ],
)
async def test_a_malformed_form_is_refused_kindly(counter: Counter, fields: dict[str, str]) -> None:
    assert (await counter.presses(**{"amount": "210.00", **fields})).status == 422
    assert await rows(counter.shop.pool, "checkouts") == []


async def test_less_than_was_said_is_shown_as_such(counter: Counter) -> None:
    await counter.shop.rows("update offers set percent_off = 50")
    page = await counter.opens()
    assert "En el chat te dije 210 USD" in page.words
    assert "150 USD" in page.words
    assert (await counter.presses("150.00")).status == 303


async def test_what_is_over_leads_back_to_the_chat(counter: Counter) -> None:
    good = counter.path
    forged = await counter.visitor.opens(good[:-1] + ("A" if good[-1] != "A" else "B"))
    unknown = await counter.visitor.opens(
        f"/pagar/{counter.visitor.site.links.token(LinkPurpose.PAYMENT, UUID(int=7))}"
    )
    other = await counter.visitor.opens(
        f"/pagar/{counter.visitor.site.links.token(LinkPurpose.DEMO, counter.payment.id)}"
    )
    assert [page.status for page in (forged, unknown, other)] == [404] * 3
    assert forged.words == unknown.words == other.words
    counter.shop.clock.now = counter.payment.expires_at
    late = await counter.opens()
    assert (late.status, (await counter.presses()).status) == (410, 410)
    assert "Volver al chat" in late.words


async def test_whoever_was_erased_has_no_links(counter: Counter) -> None:
    await counter.presses()
    await counter.shop.rows("delete from leads")
    for below in ("", "/gracias", "/prueba"):
        assert (await counter.opens(below)).status == 404
    assert (await counter.plays("pay")).status == 404


async def test_a_paid_link_says_so_also_long_after(counter: Counter) -> None:
    await counter.shop.pays(await counter.shop.begun(counter.payment))
    counter.shop.clock.now = counter.payment.expires_at + timedelta(days=3)
    page = await counter.opens()
    assert (page.status, "Tu pago está confirmado" in page.words) == (200, True)
    assert (await counter.presses()).status == 200


async def test_a_refunded_payment_says_so(counter: Counter) -> None:
    checkout = await counter.shop.begun(counter.payment)
    await counter.shop.pays(checkout)
    await counter.shop.refunds(checkout)
    assert "Devolvimos 210 USD" in (await counter.opens()).words


async def test_a_course_that_is_not_sold_any_more(counter: Counter) -> None:
    await counter.shop.rows("update courses set is_active = false")
    assert "ya no está a la venta" in (await counter.opens()).words
    assert "ya no está a la venta" in (await counter.presses()).words


async def test_on_to_stripe_and_back_again(empty_database: Pool) -> None:
    async with FakeStripe() as fake:
        given: dict[str, Any] = {
            "stripe_api_key": KEY,
            "stripe_webhook_secret": "x",
            "stripe_api_url": HttpUrl(fake.url),
        }
        async with counter_on(empty_database, payment_provider="stripe", **given) as counter:
            fake.clock = counter.shop.clock
            page = await counter.opens()
            assert "Stripe" in page.words
            assert "no se cobra a nadie" not in page.words
            assert "form-action 'self' https:" in page.headers["Content-Security-Policy"]
            fake.troubles = [Trouble(503)] * 3
            busy = await counter.presses()
            assert (busy.status, "No se cobró nada" in busy.words) == (503, True)
            pressed = await counter.presses()
            assert (pressed.status, pressed.headers["Location"]) == (303, fake.newest["url"])
            fake.pays(fake.newest)
            assert "Estamos confirmando" in (await counter.opens("/gracias")).words
            assert await counter.status() == "pending"
            assert (await counter.plays("pay")).status == 303
            assert await counter.status() == "pending"
            counter.shop.cashier = StripeCashier(KEY, fake.url)
            assert (await counter.shop.begun(counter.payment)).reference == fake.newest["id"]


async def test_a_refusal_of_stripe_is_told(empty_database: Pool) -> None:
    async with FakeStripe() as fake:
        given: dict[str, Any] = {"stripe_webhook_secret": "x", "stripe_api_url": HttpUrl(fake.url)}
        async with counter_on(empty_database, payment_provider="stripe", stripe_api_key="wrong", **given) as counter:
            refused = await counter.presses()
    assert (refused.status, "No pudimos abrir el pago" in refused.words) == (502, True)
