"""`/pagar/{token}`: what a course costs now, why that is not what was said if it is not, and the way to pay it.

Looking changes nothing but that it was looked at. The price on the page comes from the database; what the form sends
back is only what the person has seen, so that nobody is asked for more than that. None of these pages takes anything
as paid: the sandbox apart, that is for the provider's webhook, and until it comes the page says that it waits. Ways
between them are relative, so that they work under whatever address they were reached by.
"""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from channels.web.checkout_view import Problem, offered, over, waiting
from channels.web.pages import HTML_ERRORS, page
from channels.web.site import Site
from core.db import checkouts, payments, people
from core.domain.checkouts import CheckoutStatus, Due
from core.domain.promises import Payment, PaymentStatus
from core.domain.zones import DEFAULT_ZONE
from core.errors import ExpiredLinkError, ForgedLinkError, PaymentRefusedError, PaymentUnavailableError
from core.integrations.cashiers import configured
from core.prompts.calendar import spoken
from core.world.checkouts import Agreed, AlreadyPaid, Ask, Begun, Checkouts, Unsold
from core.world.purchases import Failure, Purchases, Receipt

MOST_REFRESHES = 20
"""How often the page looks again by itself for a payment's news; about a minute."""

Amount = Annotated[Decimal, Form(gt=0, max_digits=10, decimal_places=2)]
Currency = Annotated[str, Form(pattern=r"^[A-Z]{3}$")]
Yes = Annotated[str, Form(max_length=10)]
Outcome = Annotated[str, Form(pattern=r"^(pay|fail)$")]
Round = Annotated[int, Query(ge=0, le=1000)]


def router(site: Site) -> APIRouter:
    """The checkout, the page that waits for the provider, and the sandbox's page."""
    routes = APIRouter(prefix="/pagar/{token}", default_response_class=HTMLResponse)
    counter = Counter(site)

    @routes.get("", responses=HTML_ERRORS)
    async def look(token: str) -> Response:
        return await counter.look(token)

    @routes.post("", responses=HTML_ERRORS)
    async def begin(token: str, amount: Amount, currency: Currency, accept: Yes = "") -> Response:
        return await counter.begin(token, Agreed(amount, currency, accept == "yes"))

    @routes.get("/gracias", responses=HTML_ERRORS)
    async def thanks(token: str, n: Round = 0) -> Response:
        return await counter.thanks(token, n)

    @routes.get("/prueba", responses=HTML_ERRORS)
    async def sandbox(token: str) -> Response:
        return await counter.sandbox(token)

    @routes.post("/prueba", responses=HTML_ERRORS)
    async def play(token: str, outcome: Outcome) -> Response:
        return await counter.play(token, works=outcome == "pay")

    return routes


class Counter:
    """The checkout's desk: a link in, a page out."""

    def __init__(self, site: Site) -> None:
        self.site = site
        cashier = configured(site.settings)
        samples = site.settings.tells_samples
        self.checkouts = Checkouts(site.pool, site.queue, cashier, site.clock, samples)

    async def look(self, token: str, problem: Problem = Problem.NONE, status: int = 200) -> Response:
        """The page on which somebody decides."""
        payment, due = await self._find(token)
        if payment.was_paid or due is None or due.already_paid:
            return self._over(payment, due)
        self._must_be_open(payment)
        await self.checkouts.opened(payment)
        if problem is Problem.NONE and payment.status is PaymentStatus.FAILED:
            problem = Problem.FAILED
        return await self._offer(payment, due, problem, status)

    async def begin(self, token: str, agreed: Agreed) -> Response:
        """On to the provider, or back to the page when there is something to be said first."""
        payment, _ = await self._find(token)
        try:
            begun = await self.checkouts.begin(payment.id, f"{self.site.links.base}/pagar/{token}", agreed)
        except PaymentUnavailableError:
            return await self.look(token, Problem.UNAVAILABLE, 503)
        except PaymentRefusedError:
            return await self.look(token, Problem.REFUSED, 502)
        match begun:
            case Begun(checkout, url):
                return RedirectResponse(f"{token}/prueba" if checkout.provider == "sandbox" else url, 303)
            case Ask():
                return await self.look(token, Problem.ACCEPT, 409)
            case AlreadyPaid() | Unsold():
                return await self.look(token)

    async def thanks(self, token: str, n: int) -> Response:
        """Where the provider sends somebody back to. It confirms nothing that has not been confirmed."""
        payment, due = await self._find(token)
        if payment.was_paid or payment.status is PaymentStatus.FAILED:
            return self._over(payment, due) if payment.was_paid else _to_checkout(token)
        again = f"gracias?n={n + 1}" if n < MOST_REFRESHES else ""
        return page(self.site, "checkout/confirming", view=waiting(due, again))

    async def sandbox(self, token: str) -> Response:
        """The sandbox's own page, in place of a provider's."""
        payment, due = await self._find(token)
        if payment.was_paid or due is None:
            return self._over(payment, due)
        if await self._open_play(payment) is None:
            return _to_checkout(token)
        return page(self.site, "checkout/sandbox", view=waiting(due, payment=payment))

    async def play(self, token: str, works: bool) -> Response:
        """What a provider's webhook would tell, told by a button."""
        payment, _ = await self._find(token)
        attempt = await self._open_play(payment)
        if attempt is None:
            return _to_checkout(token)
        purchases, now = Purchases(self.site.queue, self.site.prompts), self.site.clock()
        async with self.site.pool.connection() as conn, conn.transaction():
            checkout = await checkouts.attempt(conn, payment.id, attempt)
            if works and checkout:
                reference = f"sandbox:{payment.id}:{attempt}"
                await purchases.complete(conn, Receipt(payment.id, attempt, reference, checkout.charge, now))
            else:
                await purchases.fail(conn, Failure(payment.id, attempt, "sandbox", final=True, at=now))
        self.site.spoken()
        return RedirectResponse("gracias", 303) if works else _to_checkout(token)

    async def _find(self, token: str) -> tuple[Payment, Due | None]:
        """The payment of a link and what it costs now. Whoever was erased has no links any more."""
        async with self.site.pool.connection() as conn:
            payment = await payments.of_link(conn, token, self.site.links)
            if payment.lead_id is None:
                raise ForgedLinkError("Ask for a new one in the chat.")
            return payment, await self.checkouts.look(conn, payment)

    async def _open_play(self, payment: Payment) -> int | None:
        """The number of the try that is open in the sandbox; only where the sandbox is what is configured."""
        if self.checkouts.cashier.name != "sandbox":
            return None
        async with self.site.pool.connection() as conn:
            last = await checkouts.latest(conn, payment.id)
        playing = last is not None and last.provider == "sandbox" and last.status is CheckoutStatus.OPEN
        return last.attempt if last and playing and last.expires_at > self.site.clock() else None

    def _must_be_open(self, payment: Payment) -> None:
        if self.site.clock() >= payment.expires_at or payment.status is PaymentStatus.EXPIRED:
            raise ExpiredLinkError("Ask for a new one in the chat.")

    async def _offer(self, payment: Payment, due: Due, problem: Problem, status: int) -> HTMLResponse:
        async with self.site.pool.connection() as conn:
            lead = await people.by_id(conn, payment.lead_id) if payment.lead_id else None
        cashier = self.checkouts.cashier
        zone = lead.timezone if lead and lead.timezone else DEFAULT_ZONE
        view = offered(payment, due, cashier, lambda moment: spoken(self.site.prompts(), moment, zone))
        agreed = {"amount": f"{due.amount:.2f}", "currency": due.currency}
        targets = cashier.form_targets
        return page(
            self.site, "checkout/offer", status, form_targets=targets, view=view, agreed=agreed, problem=problem.value
        )

    def _over(self, payment: Payment, due: Due | None) -> HTMLResponse:
        return page(self.site, "checkout/over", view=over(payment, due))


def _to_checkout(token: str) -> RedirectResponse:
    """From one of the pages below it."""
    return RedirectResponse(f"../{token}", 303)
