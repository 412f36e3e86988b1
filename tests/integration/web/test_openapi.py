"""Whatever is sent to a documented address, nothing breaks: schemathesis makes it up from the app's own description."""

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
import requests
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings

from core.db.pool import Pool
from tests.integration.web.test_webhooks import CONFIGURED
from tests.sites import visitor_on

if TYPE_CHECKING:
    from schemathesis import Case

CASES = 12
OURS = 500
"""From here on it is our fault. /readyz says 503 by design."""


def attack(base: str) -> tuple[set[str], list[str]]:
    """Which operations were tried, and what went wrong. Blocks, so it runs in a thread of its own."""
    # Its import takes a second, which other workers would spend too.
    import schemathesis
    from schemathesis.core.result import Ok

    schema = schemathesis.openapi.from_url(f"{base}/openapi.json")
    tried, faults = set[str](), list[str]()
    with requests.Session() as session:
        session.trust_env = False
        for found in schema.get_all_operations():
            assert isinstance(found, Ok), found
            operation = found.ok()
            tried.add(f"{operation.method.upper()} {operation.path}")

            @given(case=operation.as_strategy())
            @hypothesis_settings(
                max_examples=CASES,
                deadline=None,
                phases=[Phase.generate],
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            def send(case: "Case[Any]") -> None:
                answer = case.call(base_url=base, session=session, allow_redirects=False)
                if answer.status_code >= OURS and case.path != "/readyz":
                    faults.append(f"{answer.status_code} {case.as_curl_command()}")

            send()
    return tried, faults


@pytest.mark.filterwarnings("ignore::Warning:schemathesis.*")
async def test_nothing_that_can_be_sent_breaks_the_app(empty_database: Pool) -> None:
    async with visitor_on(empty_database, **CONFIGURED) as visitor:
        tried, faults = await asyncio.to_thread(attack, visitor.base)
    assert faults == []
    assert {"GET /privacidad", "GET /r/{token}", "GET /preview/{token}", "POST /webhooks/{provider}"} <= tried
    assert {"POST /telegram/{secret}", "GET /healthz", "GET /readyz", "GET /metrics"} <= tried
