"""Stripe as somebody else built it: localstripe, a public server of Stripe's API, and its own signed webhooks.

It has no Checkout Sessions, so it shows what it can: that the official client talks with it on the path that our
cashier uses, and that events which nobody here signed are verified, stored, and done or left alone.
"""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from stripe import StripeClient
from stripe._http_client import AIOHTTPClient

from core.db.pool import Pool
from core.domain.clock import system_clock
from core.world.stripe_events import StripeEvents
from core.world.webhook_events import WebhookDesk
from tests.shops import Shop, shop_on
from tests.sites import make_site, visiting
from tests.worlds import make_course

SECRET, KEY = "whsec_of_localstripe", "sk_test_12345"
_PLACES = (shutil.which("localstripe"), str(Path.home() / ".local" / "bin" / "localstripe"))
LOCALSTRIPE = next((place for place in _PLACES if place and Path(place).exists()), None)
pytestmark = pytest.mark.skipif(
    LOCALSTRIPE is None, reason="localstripe is not installed; .ci/run installs it (uv tool install localstripe)"
)


@dataclass
class Peer:
    """localstripe at `url`, sending its events to a site on the shop's database."""

    url: str
    shop: Shop

    @asynccontextmanager
    async def client(self) -> AsyncIterator[StripeClient]:
        http = AIOHTTPClient(timeout=10)
        addresses: Any = {"api": self.url}
        try:
            yield StripeClient(KEY, base_addresses=addresses, http_client=http)
        finally:
            await http.close_async()  # type: ignore[no-untyped-call]

    async def stored(self, kind: str, seconds: float = 30) -> dict[str, Any]:
        """The event of this kind, as soon as it is stored."""
        async with asyncio.timeout(seconds):
            # The database does not tell when something changed.
            while not (rows := await self.shop.rows("select * from webhook_events where kind = %s", kind)):
                await asyncio.sleep(0.05)
        return rows[0]

    async def works(self) -> None:
        handlers = {"stripe": StripeEvents(self.shop.purchases, self.shop.clock)}
        desk = WebhookDesk(self.shop.pool, handlers, self.shop.clock, lambda: None)
        for row in await self.shop.rows("select id from webhook_events where status = 'pending'"):
            await desk.process(row["id"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def _localstripe() -> AsyncIterator[str]:
    port = _free_port()
    process = await asyncio.create_subprocess_exec(
        str(LOCALSTRIPE),
        *("--port", str(port), "--from-scratch"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await _listening(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


async def _listening(port: int, seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


@pytest.fixture
async def peer(empty_database: Pool) -> AsyncIterator[Peer]:
    async with shop_on(empty_database) as shop, _localstripe() as url:
        shop.clock.now = system_clock()
        site = replace(make_site(empty_database, shop.queue, stripe_webhook_secret=SECRET), clock=system_clock)
        async with visiting(site) as visitor, aiohttp.ClientSession() as session:
            hook = {"url": f"{visitor.base}/webhooks/stripe", "secret": SECRET}
            async with session.post(f"{url}/_config/webhooks/brenda", data=hook) as answer:
                assert answer.status == 200
            yield Peer(url, shop)


async def test_a_customer_there_is_an_event_here_that_is_left_alone(peer: Peer) -> None:
    async with peer.client() as client:
        customer = await client.v1.customers.create_async({"email": "ana@correo.example"})
    event = await peer.stored("customer.created")
    assert event["payload"]["data"]["object"]["id"] == customer.id
    await peer.works()
    assert (await peer.stored("customer.created"))["status"] == "ignored"


async def test_a_card_that_is_declined_there_is_told_in_the_chat_here(peer: Peer) -> None:
    await make_course(peer.shop.pool)
    payment = await peer.shop.link()
    checkout = await peer.shop.begun(payment)
    metadata = {"payment": str(payment.id), "attempt": str(checkout.attempt)}
    async with peer.client() as client:
        customer = await client.v1.customers.create_async({"email": "ana@correo.example"})
        intent = await client.v1.payment_intents.create_async(
            {
                "amount": checkout.units,
                "currency": "usd",
                "customer": customer.id,
                "payment_method": "pm_card_chargeCustomerFail",
                "metadata": metadata,
            }
        )
        assert intent.metadata["payment"] == metadata["payment"]
        await _decline(client, intent.id)
    await peer.stored("payment_intent.payment_failed")
    await peer.works()
    assert (await peer.stored("payment_intent.payment_failed"))["status"] == "done"
    assert await peer.shop.heard(payment) == ["failed"]
    assert (await peer.shop.payment(payment.id)).status == "pending"


async def _decline(client: StripeClient, intent: str) -> None:
    """Confirm with a card that is always declined, which the client reports as an error."""
    from stripe import CardError

    with pytest.raises(CardError):
        await client.v1.payment_intents.confirm_async(intent)
