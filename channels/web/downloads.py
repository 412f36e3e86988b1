"""`/r/{token}`: a free file; `/preview/{token}`: a look inside the course, with its file below.

A file comes from the folder of media, or by a redirect to an address that Supabase Storage signs for a moment. HEAD
asks whether a link opens and leaves no trace; every GET is noted, once a day and file.
"""

import mimetypes
from pathlib import Path, PurePosixPath
from typing import Any

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from channels.web.kind_page import Why, kind_page
from channels.web.pages import HTML_ERRORS, page
from channels.web.site import Site
from core.db import shared_links
from core.domain.plain_text import plain
from core.domain.shared_links import SharedFile, SharedKind
from core.errors import StorageError
from core.integrations.media import locate
from core.integrations.storage import SupabaseStorage, storage_of
from core.world import downloads

log = structlog.get_logger(__name__)

SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/webp"})
"""Types that a browser may show in its place; everything else is saved."""
TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".md": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
}
"""Named here because a machine's own table of types may lack them."""
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", "content": {"application/octet-stream": {}}},
    206: {"description": "The part of the file that was asked for."},
    302: {"description": "The file's address at Supabase Storage."},
    400: {"description": "A range that cannot be read.", "content": {"text/plain": {}}},
    416: {"description": "A range beyond the file.", "content": {"text/plain": {}}},
    503: {"description": "The storage does not answer.", "content": {"text/html": {}}},
    **HTML_ERRORS,
}


def router(site: Site) -> APIRouter:
    """The resource, the preview's page, and the preview's file."""
    routes, shelf = APIRouter(), _Shelf(site, storage_of(site.settings))

    @routes.get("/r/{token}", response_class=FileResponse, responses=_FILE)
    @routes.head("/r/{token}", include_in_schema=False)
    async def resource(token: str, request: Request) -> Response:
        return await shelf.hand_out(SharedKind.RESOURCE, token, request.method == "GET")

    @routes.get("/preview/{token}", responses=HTML_ERRORS)
    async def preview(token: str) -> Response:
        file = await shelf.look_up(SharedKind.PREVIEW, token)
        return page(site, "preview", course=file, token=token, has_file=file.path is not None)

    @routes.get("/preview/{token}/archivo", response_class=FileResponse, responses=_FILE)
    @routes.head("/preview/{token}/archivo", include_in_schema=False)
    async def preview_file(token: str, request: Request) -> Response:
        return await shelf.hand_out(SharedKind.PREVIEW, token, request.method == "GET")

    return routes


class _Shelf:
    """Where files are handed out."""

    def __init__(self, site: Site, storage: SupabaseStorage | None) -> None:
        self._site, self._storage = site, storage

    async def look_up(self, kind: SharedKind, token: str) -> SharedFile:
        """What a link leads to; raises what `shared_links.open_link` raises."""
        site = self._site
        hours, samples = site.settings.link_hours, site.settings.tells_samples
        async with site.pool.connection() as conn:
            return await shared_links.open_link(
                conn, token, kind, site.links, hours=hours, samples=samples, now=site.clock()
            )

    async def hand_out(self, kind: SharedKind, token: str, counts: bool) -> Response:
        """The file, or the page that says it is not available now; only what was really handed out is noted."""
        file = await self.look_up(kind, token)
        answer = await self._answer(file)
        if answer is None:
            return kind_page(self._site, Why.FILE)
        if counts:
            await self._note(file)
        return answer

    async def _answer(self, file: SharedFile) -> Response | None:
        if not file.path:
            return None
        found = (
            locate(self._site.settings.media_dir, file.path, f"{file.table}:{file.id}") if not self._storage else None
        )
        if found is not None:
            return _from_disk(file, found)
        return await self._signed(file, self._storage) if self._storage else None

    async def _signed(self, file: SharedFile, storage: SupabaseStorage) -> Response | None:
        path = file.path or ""
        try:
            address = await storage.signed_url(path, None if _type_of(path) in SHOWN else saved_as(file.title, path))
        except StorageError as error:
            log.error("file_not_signed", row=f"{file.table}:{file.id}", reason=str(error))
            return None
        return RedirectResponse(address, 302)

    async def _note(self, file: SharedFile) -> None:
        site = self._site
        async with site.pool.connection() as conn, conn.transaction():
            new = await downloads.opened(conn, site.queue, file, site.clock())
        if new:
            site.spoken()


def _from_disk(file: SharedFile, found: Path) -> Response:
    kind = _type_of(found.name)
    return FileResponse(
        found,
        media_type=kind,
        filename=saved_as(file.title, found.name),
        content_disposition_type="inline" if kind in SHOWN else "attachment",
    )


def saved_as(title: str, path: str) -> str:
    """The name under which a file is saved: its title in words, with the ending of its path.

    >>> saved_as("Guía: ¿por dónde empiezo?", "resources/a/guia.pdf")
    'Guía por dónde empiezo.pdf'
    """
    kept = "".join(character if character.isalnum() or character in " -_()" else " " for character in title)
    return f"{plain(kept, 80) or 'archivo'}{PurePosixPath(path).suffix.lower()}"


def _type_of(path: str) -> str:
    suffix = PurePosixPath(path).suffix.lower()
    return TYPES.get(suffix) or mimetypes.guess_type(f"x{suffix}")[0] or "application/octet-stream"
