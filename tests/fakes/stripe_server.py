"""A fake Stripe: a real HTTP server on loopback with Checkout Sessions, and the events that Stripe would send of them.

Requests are form-encoded with brackets, as Stripe documents, and what Stripe refuses is refused: a wrong key, a session
that would live too short, an idempotency key that comes back with other parameters, expiring what is complete. People
act by methods (`fake.pays(session)`), each of which gives the events that come of it, as dictionaries; a test signs and
posts them in whatever order it likes. Each entry of `troubles` is used up by one request.
"""

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from aiohttp import web

KEY = "sk_test_for_tests"
Thing = dict[str, Any]


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with one request. `drop` closes the connection: before anything is done, or `after`."""

    status: int = 0
    code: str = "api_error"
    drop: bool = False
    after: bool = False


@dataclass
class FakeStripe:
    """`async with FakeStripe() as fake: fake.url`. `clock` is Stripe's own."""

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    url: str = ""
    sessions: dict[str, Thing] = field(default_factory=dict)
    requests: list[tuple[str, Thing]] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self._numbers = itertools.count(1)
        self._keys: dict[str, tuple[Thing, Thing]] = {}
        app = web.Application()
        app.router.add_post("/v1/checkout/sessions", self._create)
        app.router.add_get("/v1/checkout/sessions/{id}", self._retrieve)
        app.router.add_post("/v1/checkout/sessions/{id}/expire", self._expire)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def newest(self) -> Thing:
        """The session that was made last."""
        return list(self.sessions.values())[-1]

    # What people do, and the events that come of it.

    def pays(self, session: Thing, email: str = "ana@correo.example") -> Thing:
        """Pay by card: the session is complete at once."""
        session |= {"status": "complete", "payment_status": "paid", "payment_intent": f"pi_{session['id']}"}
        session["customer_details"] = {"email": email}
        return self.event("checkout.session.completed", session)

    def promises(self, session: Thing) -> Thing:
        """Do one's part of a way of paying that takes days."""
        session |= {"status": "complete", "payment_status": "unpaid", "payment_intent": f"pi_{session['id']}"}
        return self.event("checkout.session.completed", session)

    def bank_pays(self, session: Thing) -> Thing:
        """The money came after days."""
        session["payment_status"] = "paid"
        return self.event("checkout.session.async_payment_succeeded", session)

    def bank_refuses(self, session: Thing) -> Thing:
        """The money did not come after days."""
        return self.event("checkout.session.async_payment_failed", session)

    def is_declined(self, session: Thing) -> Thing:
        """A card is declined; another one may be tried on the same page."""
        intent = self.intent(session) | {
            "last_payment_error": {"code": "card_declined", "decline_code": "do_not_honor"}
        }
        return self.event("payment_intent.payment_failed", intent)

    def leaves(self, session: Thing) -> Thing:
        """The session's time is over."""
        if session["status"] == "open":
            session["status"] = "expired"
        return self.event("checkout.session.expired", session)

    def refunds(self, session: Thing, units: int | None = None) -> Thing:
        """Somebody gives money back in Stripe's dashboard; `units` is all of it by now."""
        whole = session["amount_total"]
        charge = {
            "id": f"ch_{session['id']}",
            "object": "charge",
            "amount": whole,
            "amount_refunded": whole if units is None else units,
            "refunded": units is None or units >= whole,
            "currency": session["currency"],
            "payment_intent": f"pi_{session['id']}",
            "metadata": self.intent(session)["metadata"],
        }
        return self.event("charge.refunded", charge)

    def disputes(self, session: Thing) -> Thing:
        """A bank asks for the money back."""
        dispute = {
            "id": f"dp_{session['id']}",
            "object": "dispute",
            "amount": session["amount_total"],
            "currency": session["currency"],
            "payment_intent": f"pi_{session['id']}",
            "reason": "fraudulent",
            "metadata": {},
        }
        return self.event("charge.dispute.created", dispute)

    def intent(self, session: Thing) -> Thing:
        """The payment intent behind a session."""
        return {
            "id": f"pi_{session['id']}",
            "object": "payment_intent",
            "amount": session["amount_total"],
            "currency": session["currency"],
            "metadata": session["_intent_metadata"],
        }

    def event(self, kind: str, thing: Thing) -> Thing:
        """An event as Stripe sends it; the thing as it is at this moment."""
        shown = {key: value for key, value in thing.items() if not key.startswith("_")}
        return {
            "id": f"evt_{next(self._numbers)}",
            "object": "event",
            "type": kind,
            "created": int(self.clock().timestamp()),
            "livemode": False,
            "data": {"object": shown},
        }

    # The server.

    async def _create(self, request: web.Request) -> web.Response:
        fields = _nested(await request.post())
        return await self._answer(request, "create", fields, lambda: self._begin(request, fields))

    async def _retrieve(self, request: web.Request) -> web.Response:
        return await self._answer(request, "retrieve", {}, lambda: self._find(request))

    async def _expire(self, request: web.Request) -> web.Response:
        return await self._answer(request, "expire", {}, lambda: self._end(self._find(request)))

    async def _answer(self, request: web.Request, name: str, fields: Thing, act: Callable[[], Thing]) -> web.Response:
        self.requests.append((name, fields))
        trouble = self.troubles.pop(0) if self.troubles else None
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return _error(401, "invalid_request_error", "Invalid API Key provided")
        if trouble and not trouble.after:
            return self._fail(request, trouble)
        try:
            thing = act()
        except ValueError as refused:
            return _error(400, "invalid_request_error", str(refused))
        except KeyError:
            return _error(404, "resource_missing", "No such checkout.session")
        if trouble:
            return self._fail(request, trouble)
        return web.json_response({key: value for key, value in thing.items() if not key.startswith("_")})

    def _fail(self, request: web.Request, trouble: Trouble) -> web.Response:
        if trouble.drop and request.transport:
            request.transport.abort()
            raise ConnectionResetError
        return _error(trouble.status, trouble.code, "Something went wrong on our side.")

    def _begin(self, request: web.Request, fields: Thing) -> Thing:
        key = request.headers.get("Idempotency-Key", "")
        if key in self._keys:
            before, session = self._keys[key]
            if before != fields:
                raise ValueError("Keys for idempotent requests can only be used with the same parameters.")
            return session
        session = self._session(fields)
        self.sessions[session["id"]] = session
        self._keys[key] = (fields, session)
        return session

    def _session(self, fields: Thing) -> Thing:
        for name in ("mode", "success_url", "line_items"):
            if name not in fields:
                raise ValueError(f"Missing required param: {name}.")
        seconds = int(fields["expires_at"]) - self.clock().timestamp()
        if not 30 * 60 <= seconds <= 24 * 3600:
            raise ValueError(
                "The `expires_at` timestamp must be 30 minutes to 24 hours from Checkout Session creation."
            )
        price = fields["line_items"]["0"]["price_data"]
        number = f"cs_test_{next(self._numbers)}"
        return {
            "id": number,
            "object": "checkout.session",
            "status": "open",
            "payment_status": "unpaid",
            "url": f"https://checkout.stripe.example/c/pay/{number}",
            "amount_total": int(price["unit_amount"]) * int(fields["line_items"]["0"]["quantity"]),
            "currency": price["currency"],
            "client_reference_id": fields.get("client_reference_id"),
            "metadata": fields.get("metadata", {}),
            "expires_at": int(fields["expires_at"]),
            "payment_intent": None,
            "customer_details": None,
            "_intent_metadata": fields.get("payment_intent_data", {}).get("metadata", {}),
        }

    def _find(self, request: web.Request) -> Thing:
        return self.sessions[request.match_info["id"]]

    def _end(self, session: Thing) -> Thing:
        if session["status"] != "open":
            raise ValueError("Only Checkout Sessions with a status in [open] can be expired.")
        session["status"] = "expired"
        return session


def _nested(fields: Any) -> Thing:
    """Brackets as dictionaries: "a[b][0]" is a.b.0."""
    found: Thing = {}
    for name, value in fields.items():
        *path, last = re.findall(r"[^\[\]]+", name)
        place = found
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return found


def _error(status: int, code: str, message: str) -> web.Response:
    kind = "invalid_request_error" if status < 500 else "api_error"
    return web.json_response({"error": {"type": kind, "code": code, "message": message}}, status=status)
