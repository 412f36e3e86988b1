"""SendGrid's v3 mail API, by aiohttp. One call an e-mail; nothing is retried here, the outbox does that.

SendGrid knows no idempotency key. So a call that may have arrived (it was sent, and no answer came) is told apart from
one that certainly did not, because a second try might be a second e-mail.
"""

import json
import re
import ssl
import time
from collections.abc import Mapping
from typing import Any

import aiohttp
import certifi

from core.domain.mail import Mail
from core.errors import ServiceError, ServiceRejectedError, ServiceUnavailableError, ServiceUnclearError
from core.integrations.patience import asked_seconds

_TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=5)
_WORTH_WAITING = frozenset({408, 425, 429})
_ADVICE = {
    401: "the key is not accepted: check SENDGRID_API_KEY",
    403: 'the key may not send: it needs "Mail Send", and EMAIL_FROM must be a verified sender',
    406: "check SENDGRID_API_URL",
    404: "check SENDGRID_API_URL",
}


class SendGrid:
    """One account. `sender` is the address and `company` the name that e-mails come from, `reply_to` where replies go.

    Belongs to the event loop in which it first sends.
    """

    def __init__(self, key: str, url: str, sender: str, company: str, reply_to: str) -> None:
        self._key, self._url = key, f"{url.rstrip('/')}/v3/mail/send"
        self._sender, self._company, self._reply_to = sender, company, reply_to
        self._session: aiohttp.ClientSession | None = None

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def send(self, mail: Mail, reference: str) -> str:
        """Send an e-mail; SendGrid's id of it. `reference` comes back with every event about it.

        Raises:
            ServiceUnavailableError: it was certainly not taken.
            ServiceUnclearError: it may have been taken.
            ServiceRejectedError: it never will be.
        """
        body = json.dumps(self._body(mail, reference), ensure_ascii=False).encode(errors="replace")
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        try:
            async with self._connect().post(self._url, data=body, headers=headers, allow_redirects=False) as response:
                content = await response.read()
        except aiohttp.ClientConnectorError as error:
            raise ServiceUnavailableError(f"SendGrid: {type(error).__name__}") from None
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise ServiceUnclearError(f"SendGrid: {type(error).__name__} before an answer came") from None
        if response.status != 202:
            raise _fault(response.status, response.headers, content)
        return response.headers.get("X-Message-Id", "")

    def _connect(self) -> aiohttp.ClientSession:
        if self._session is None:
            trust = ssl.create_default_context(cafile=certifi.where())
            connector = aiohttp.TCPConnector(ssl=trust)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=_TIMEOUT, cookie_jar=aiohttp.DummyCookieJar(), trust_env=True
            )
        return self._session

    def _body(self, mail: Mail, reference: str) -> dict[str, Any]:
        recipient = {"email": mail.to} | ({"name": mail.name} if mail.name else {})
        body: dict[str, Any] = {
            "personalizations": [{"to": [recipient], "custom_args": {"outbox": reference}}],
            "from": {"email": self._sender, "name": self._company},
            "reply_to": {"email": self._reply_to},
            "subject": mail.subject,
            "content": [{"type": "text/plain", "value": mail.text}, {"type": "text/html", "value": mail.html}],
            "categories": [mail.template],
        }
        if mail.unsubscribe_url:
            body["headers"] = {
                "List-Unsubscribe": f"<{mail.unsubscribe_url}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            }
        if not mail.marketing:
            body["tracking_settings"] = {
                "click_tracking": {"enable": False},
                "open_tracking": {"enable": False},
            }
        return body


def _fault(status: int, headers: Mapping[str, str], content: bytes) -> ServiceError:
    detail = f"SendGrid: HTTP {status}"
    if status >= 500 or status in _WORTH_WAITING:
        return ServiceUnavailableError(detail, retry_after=_wait(headers) if status == 429 else asked_seconds(headers))
    if status < 400:
        return ServiceRejectedError(f"{detail}: {_ADVICE[404]}", lasting=True)
    advice = _ADVICE.get(status) or f"refused{_fields(content)}"
    return ServiceRejectedError(f"{detail}: {advice}", lasting=status in _ADVICE)


def _wait(headers: Mapping[str, str]) -> float:
    """Seconds until the limit is lifted: `X-RateLimit-Reset` is a moment in seconds since 1970."""
    asked = asked_seconds(headers)
    if asked is not None:
        return asked
    reset = headers.get("X-RateLimit-Reset", "")
    return min(max(0.0, float(reset) - time.time()), 3600.0) if reset.isascii() and reset.isdigit() else 10.0


def _fields(content: bytes) -> str:
    """The fields that were wrong; SendGrid's messages may quote an address, so they are not kept."""
    try:
        fields = [str(error.get("field") or "") for error in json.loads(content)["errors"]]
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    named = [field for field in fields if re.fullmatch(r"[A-Za-z0-9_.\[\]]{1,80}", field)]
    return f" for {', '.join(named[:5])}" if named else ""
