"""The folder of media: files that may be sent, each named by a path relative to the folder.

Paths come from rows, which admins edit; one that leads out of the folder, by dots or by a symbolic link, is treated
as a file that is not there.
"""

from pathlib import Path

import structlog

log = structlog.get_logger(__name__)


def locate(folder: Path, path: str, row: str) -> Path | None:
    """The file's absolute path, or None when there is no such file inside the folder.

    What is missing is logged as an error that names the row ("free_resources:3"), so that somebody can put it right.
    """
    found = inside(folder, path)
    if found is None:
        log.error("media_file_missing", row=row, path=path, folder=str(folder))
    return found


def inside(folder: Path, path: str) -> Path | None:
    """The file's absolute path, or None; whose fault it is that there is none is for the caller to say."""
    try:
        root = folder.resolve()
        file = (root / path).resolve()
        return file if file.is_relative_to(root) and file.is_file() else None
    except (OSError, ValueError, RuntimeError):
        return None
