"""`/favicon.ico`: browsers ask for it by themselves; there is none, and that is no fault worth a line in a log."""

from fastapi import APIRouter, Response

from channels.web.site import Site


def router(_: Site) -> APIRouter:
    """The one address."""
    routes = APIRouter()

    @routes.get("/favicon.ico", status_code=204, response_class=Response, include_in_schema=False)
    async def icon() -> Response:
        return Response(status_code=204, headers={"Cache-Control": "public, max-age=86400"})

    return routes
