"""Signatures of the form `t=TIMESTAMP,v1=HEX`: HMAC-SHA256 over "TIMESTAMP.BODY", as Stripe and Calendly send them.

Both document the same construction. The moment is part of what is signed, so that a request that was overheard is of
no use some minutes later; one that claims to come from the future is refused as well.
"""

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

from core.errors import SignatureError

TOLERANCE = timedelta(seconds=300)
SKEW = timedelta(seconds=30)
"""How far the sender's clock may be ahead of ours."""
_MOMENT = re.compile(r"[0-9]{1,12}")


def sign(body: bytes, secret: str, at: datetime) -> str:
    """The header's value for a body, as the vendor makes it."""
    moment = str(int(at.timestamp()))
    return f"t={moment},v1={_digest(moment, body, secret)}"


def verify(header: str | None, body: bytes, secret: str, now: datetime) -> None:
    """Accept the body, or raise. A header may hold several `v1`, while a secret is being replaced.

    Raises:
        SignatureError: missing, malformed, not made with this secret, too old, or from the future.
    """
    moment, given = _parts(header or "")
    expected = _digest(moment, body, secret).encode()
    if sum(hmac.compare_digest(expected, one.encode()) for one in given) == 0:
        raise SignatureError("It was not made with this secret.")
    check_moment(moment, now)


def check_moment(moment: str, now: datetime) -> None:
    """Refuse what was signed too long ago, or in the future. `moment` is in digits, seconds since 1970.

    Raises:
        SignatureError: outside of what is tolerated.
    """
    if not _MOMENT.fullmatch(moment):
        raise SignatureError("Its timestamp is not a number of seconds.")
    try:
        signed = datetime.fromtimestamp(int(moment), UTC)
    except (ValueError, OverflowError, OSError):
        raise SignatureError("Its timestamp is no moment.") from None
    if signed < now - TOLERANCE:
        raise SignatureError("It is too old.")
    if signed > now + SKEW:
        raise SignatureError("It claims to come from the future.")


def _parts(header: str) -> tuple[str, list[str]]:
    pairs = [part.strip().partition("=") for part in header.split(",")]
    moments = [value for name, _, value in pairs if name == "t"]
    given = [value for name, _, value in pairs if name == "v1"]
    if len(moments) != 1 or not given:
        raise SignatureError("It should look like t=1700000000,v1=…")
    return moments[0], given


def _digest(moment: str, body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), moment.encode("utf-8", "replace") + b"." + body, hashlib.sha256).hexdigest()
