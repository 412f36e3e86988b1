"""HubSpot's failures as ours. What its messages quote (an address, a name) is blanked before it is kept.

Everything that we ask of HubSpot may be asked again, so a call whose end is unknown is simply one that failed.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import urllib3

from core.errors import ServiceError, ServiceRejectedError, ServiceUnavailableError
from core.integrations.patience import asked_seconds
from core.logs import redacted

_WORTH_WAITING = frozenset({408, 409, 423, 425, 429, 477})
"""409 here is a race with somebody else; the next attempt sees what they made."""
_POLICY_SECONDS = {"SECONDLY": 1.0, "TEN_SECONDLY_ROLLING": 10.0, "DAILY": 3600.0}
_ADVICE = {
    401: "the token is not accepted: check HUBSPOT_TOKEN",
    403: "the token may not do this: give the private app the scopes that docs/services.md lists",
    404: "there is no such address: check HUBSPOT_API_URL",
}
_GONE = "OBJECT_NOT_FOUND"
_EXISTING = re.compile(r"Existing ID:\s*(\d+)", re.IGNORECASE)


@contextmanager
def translated() -> Iterator[None]:
    """Turn whatever the official client raises into a ServiceError."""
    try:
        yield
    except ServiceError:
        raise
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise ServiceUnavailableError(f"HubSpot: {type(error).__name__}") from None
    except Exception as error:
        if is_answer(error):
            raise fault_of(error) from None
        # Its deserialiser meets an answer that is none with any of Python's own errors.
        raise ServiceUnavailableError(f"HubSpot answered with what is none: {type(error).__name__}") from None


def is_answer(error: Exception) -> bool:
    """Whether HubSpot's client raised this for an answer of HubSpot; each of its packages has a class of its own."""
    return any(each.__name__ == "ApiException" for each in type(error).__mro__)


def status_of(error: Exception) -> int:
    """The HTTP status; 0 when there was no answer."""
    return int(getattr(error, "status", None) or 0)


def id_of(answer: Any) -> str:
    """The id of the record in an answer.

    Raises:
        ServiceUnavailableError: there is none, so it was not HubSpot that answered.
    """
    found = str(getattr(answer, "id", None))
    if not re.fullmatch(r"[0-9]{1,30}", found):
        raise ServiceUnavailableError("HubSpot answered with no record.")
    return found


def existing_id(error: Exception) -> str | None:
    """The id of the record that is in the way, as a conflict's message names it."""
    found = _EXISTING.search(str(_body(error).get("message", "")))
    return found[1] if found else None


def fault_of(error: Exception) -> ServiceError:
    """Our error for an answer that is a refusal or an outage."""
    status, body = status_of(error), _body(error)
    detail = f"HubSpot: HTTP {status} {_named(body)}".strip()
    deleted_meanwhile = status == 404 and body.get("category") == _GONE
    if status < 300 or status >= 500 or status in _WORTH_WAITING or deleted_meanwhile:
        return ServiceUnavailableError(detail, retry_after=_asked(error, status, body))
    advice = _ADVICE[404] if status < 400 else _ADVICE.get(status)
    return ServiceRejectedError(f"{detail}: {advice or _said(body)}", lasting=advice is not None)


def _asked(error: Exception, status: int, body: Mapping[str, Any]) -> float | None:
    headers = urllib3.HTTPHeaderDict(getattr(error, "headers", None) or {})
    asked = asked_seconds(headers)
    return asked if asked is not None or status != 429 else _POLICY_SECONDS.get(str(body.get("policyName")), 10.0)


def _body(error: Exception) -> dict[str, Any]:
    try:
        body = json.loads(getattr(error, "body", None) or b"")
    except (ValueError, TypeError):
        return {}
    return body if isinstance(body, dict) else {}


def _named(body: Mapping[str, Any]) -> str:
    category = str(body.get("category", ""))
    return f"({category})" if re.fullmatch(r"[A-Z_]{1,60}", category) else ""


def _said(body: Mapping[str, Any]) -> str:
    return redacted(" ".join(str(body.get("message", "the request cannot be read")).split())[:300])
