"""Pages: a template of `prompts/pages/` in, an HTML answer out, with a policy that lets it load nothing from elsewhere.

Style and script may only stand in the page itself, under a nonce that is new for each answer (`site.nonce` in the
template), so that what a person wrote can never run even if a template forgot to escape it.
"""

import secrets
from typing import Any

from fastapi.responses import HTMLResponse

from channels.web.site import Site

HTML_ERRORS: dict[int | str, dict[str, Any]] = {status: {"content": {"text/html": {}}} for status in (404, 410)}
"""For the OpenAPI description of a page behind a link."""


def page(
    site: Site, name: str, /, status: int = 200, *, form_targets: tuple[str, ...] = (), **variables: object
) -> HTMLResponse:
    """Render `prompts/pages/NAME.html.j2`; it gets `site` (company, contact, chat_url, privacy_url, nonce) as well.

    `form_targets` are origins ("https://checkout.stripe.com") to which a form of this page may lead by a redirect.

    Raises:
        PromptError: the template is not there, or lacks a variable.
    """
    nonce = secrets.token_urlsafe(16)
    text = site.prompts().render(f"pages/{name}.html", site=_words(site, nonce), **variables)
    return HTMLResponse(text, status, {"Content-Security-Policy": _policy(nonce, form_targets)})


def _words(site: Site, nonce: str) -> dict[str, str | None]:
    return {
        "company": site.settings.company,
        "contact": site.settings.contact,
        "chat_url": site.chat_url(),
        "privacy_url": f"{site.links.base}/privacidad",
        "nonce": nonce,
    }


def _policy(nonce: str, form_targets: tuple[str, ...]) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            "img-src 'self' data:",
            f"style-src 'nonce-{nonce}'",
            f"script-src 'nonce-{nonce}'",
            "connect-src 'self'",
            " ".join(("form-action 'self'", *form_targets)),
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )
