"""The files that Brenda sends: found below the media folder, uploaded once, then named by Telegram's file_id.

A file is known by its path and the SHA-256 digest of its content, so an edited file is uploaded anew. Forgetting or
not finding an id costs one more upload and nothing else; therefore trouble with the database is never passed on.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path

import psycopg
import structlog

from channels.telegram import CHANNEL
from core.db import channel_files
from core.db.pool import Pool

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file that exists. `name` is the path as the message gives it."""

    name: str
    path: Path
    digest: str


@dataclass(frozen=True, slots=True)
class FileShelf:
    """`folder` is the media folder; nothing outside of it is ever sent."""

    pool: Pool
    folder: Path

    async def locate(self, name: str) -> LocalFile | None:
        """The file, or None (and a logged error) when it is missing, empty or not below the folder."""
        found = await asyncio.to_thread(_locate, self.folder, name)
        if found is None:
            log.error("media_file_missing", path=name, folder=str(self.folder))
        return found

    async def known(self, file: LocalFile) -> str | None:
        """Telegram's id of this file, if it was uploaded before."""
        try:
            async with self.pool.connection() as conn:
                return await channel_files.find(conn, CHANNEL, file.name, file.digest)
        except psycopg.Error as error:
            log.warning("file_id_not_read", path=file.name, error=type(error).__name__)
            return None

    async def keep(self, file: LocalFile, file_id: str) -> None:
        """Remember an upload."""
        try:
            async with self.pool.connection() as conn:
                await channel_files.keep(conn, CHANNEL, file.name, file.digest, file_id)
        except psycopg.Error as error:
            log.warning("file_id_not_kept", path=file.name, error=type(error).__name__)


def _locate(folder: Path, name: str) -> LocalFile | None:
    root = folder.resolve()
    try:
        path = (root / name).resolve()
        if not path.is_relative_to(root):
            return None
        content = path.read_bytes()
    except (OSError, ValueError):
        return None
    return LocalFile(name, path, hashlib.sha256(content).hexdigest()) if content else None
