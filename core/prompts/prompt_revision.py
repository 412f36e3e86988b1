"""Prompts as git knows them: a revision of a folder is unpacked into another one that is gone afterwards.

Git is asked about the folder itself, so a folder of prompts may lie anywhere in a repository, or be one of its own.
What a person typed is never read as an option of git's.
"""

import io
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import RevisionError

_MISLEADING = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""What git's own hooks set; it would lead to another repository than the folder's."""


@contextmanager
def prompts_of(asked: str, folder: Path) -> Iterator[Path]:
    """The prompts that were asked for: another folder, or what `folder` was at a commit that git knows.

    Raises:
        RevisionError: it is neither; says what is missing, and what would be right.
    """
    if asked and Path(asked).is_dir():
        yield Path(asked)
        return
    packed = _packed(asked, folder)
    with tempfile.TemporaryDirectory(prefix="brenda-prompts-") as unpacked:
        try:
            with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
                archive.extractall(unpacked, filter="data")
        except (tarfile.TarError, OSError) as error:
            raise RevisionError(f"{asked!r} cannot be unpacked: {error}.") from error
        yield Path(unpacked)


def git(folder: Path, *arguments: str) -> bytes:
    """What git prints when it runs in a folder.

    Raises:
        RevisionError: there is no git, or it failed; says what it said.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _MISLEADING}
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=60, env=environment)  # noqa: S603
    except FileNotFoundError:
        raise RevisionError("git is not installed here.") from None
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise RevisionError(f"git could not be run: {error}.") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise RevisionError(f"git says: {said[0] if said else f'exit code {done.returncode}'}.")
    return done.stdout


def _packed(asked: str, folder: Path) -> bytes:
    """The folder as a tar archive, as it was at a revision."""
    if not folder.is_dir():
        raise RevisionError(f"There is no folder {folder}, so there is no history of it either.")
    prefix = _prefix(folder)
    commit = _commit(asked, folder)
    tree = f"{commit}:{prefix}"
    try:
        return git(folder, "-C", _top(folder), "archive", "--format=tar", tree)
    except RevisionError:
        raise RevisionError(f"At {asked!r} there was no {prefix or 'tree'} in the repository {_top(folder)}.") from None


def _prefix(folder: Path) -> str:
    """Where the folder lies in its repository: "prompts", or "" for the repository itself."""
    try:
        return _line(git(folder, "rev-parse", "--show-prefix")).rstrip("/")
    except RevisionError as error:
        if "not a git repository" not in str(error):
            raise
        raise RevisionError(f"{folder} is in no git repository; name another folder of prompts instead.") from None


def _top(folder: Path) -> str:
    return _line(git(folder, "rev-parse", "--show-toplevel"))


def _commit(asked: str, folder: Path) -> str:
    unknown = f"{asked!r} is neither a folder of prompts nor a git revision such as HEAD~1, main or 4d63840."
    if not asked or asked.startswith("-"):
        raise RevisionError(unknown)
    try:
        return _line(git(folder, "rev-parse", "--verify", "--quiet", f"{asked}^{{commit}}"))
    except RevisionError:
        raise RevisionError(unknown) from None


def _line(printed: bytes) -> str:
    return os.fsdecode(printed).rstrip("\n")
