"""`/telegram/{secret}`: the door at which Telegram's updates arrive; what they mean is its channel's affair."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from channels.web.site import Site

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (the name of a header)
_ANSWERS: dict[int | str, dict[str, Any]] = {
    status: {"content": {"text/plain": {}}} for status in (200, 400, 401, 404, 413, 500)
}


def router(site: Site) -> APIRouter:
    """The one address. 404 unless Telegram's channel runs in this process and receives by webhook."""
    routes = APIRouter()

    @routes.post("/telegram/{secret}", response_class=PlainTextResponse, responses=_ANSWERS)
    async def post(secret: str, request: Request) -> PlainTextResponse:
        take = site.telegram()
        if take is None:
            return PlainTextResponse("No updates are taken here.", 404)
        status, text = await take(secret, request.headers.get(SECRET_HEADER, ""), await request.body())
        return PlainTextResponse(text, status)

    return routes
