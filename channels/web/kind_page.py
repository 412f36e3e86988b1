"""The kind page: what a person sees instead of an error, with a way back to the chat.

A link that we never made, one that belongs to nobody any more and a page that does not exist read word for word the
same, so that nobody learns from an answer whether a person is known here.
"""

from enum import StrEnum

from fastapi.responses import HTMLResponse

from channels.web.pages import page
from channels.web.site import Site
from core.errors import ExpiredLinkError, LinkError


class Why(StrEnum):
    """What happened, as far as the person is told; `prompts/pages/kind.html.j2` has the words."""

    LOST = "lost"
    EXPIRED = "expired"
    INPUT = "input"
    BUSY = "busy"
    FILE = "file"
    FAULT = "fault"

    @property
    def status(self) -> int:
        """The HTTP status that goes with it."""
        return _STATUS[self]


_STATUS = {Why.LOST: 404, Why.EXPIRED: 410, Why.INPUT: 422, Why.BUSY: 503, Why.FILE: 503, Why.FAULT: 500}
_RETRY_SECONDS = "60"


def kind_page(site: Site, why: Why, status: int | None = None) -> HTMLResponse:
    """The page for what happened; `status` when it is another one than usual."""
    answer = page(site, "kind", status or why.status, why=why.value)
    if why in (Why.BUSY, Why.FILE):
        answer.headers["Retry-After"] = _RETRY_SECONDS
    return answer


def link_page(site: Site, error: LinkError) -> HTMLResponse:
    """The page for a link that does not open."""
    return kind_page(site, Why.EXPIRED if isinstance(error, ExpiredLinkError) else Why.LOST)
