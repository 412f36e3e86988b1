"""Prompts of any folder or git revision: a revision's `prompts/` is unpacked into a folder that is gone afterwards."""

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import EvalError

ROOT = Path(__file__).resolve().parents[1]
PROMPTS = "prompts"


@contextmanager
def prompts_of(asked: str) -> Iterator[Path]:
    """The folder of prompts that was asked for: a path, or what git knows as a commit.

    Raises:
        EvalError: it is neither.
    """
    folder = Path(asked)
    if folder.is_dir():
        yield folder
        return
    packed = _git("archive", "--format=tar", asked, PROMPTS)
    if packed is None:
        raise EvalError(f"{asked!r} is neither a folder of prompts nor a git revision with {PROMPTS}/, such as HEAD~1.")
    with tempfile.TemporaryDirectory(prefix="brenda-prompts-") as unpacked:
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(unpacked, filter="data")
        yield Path(unpacked) / PROMPTS


def code_revision() -> str:
    """The commit of the code, with "+dirty" when files that are not prompts differ from it; "unknown" without git."""
    head = _git("rev-parse", "--short=12", "HEAD")
    if head is None:
        return "unknown"
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", f":!{PROMPTS}")
    return head.decode().strip() + ("+dirty" if changed and changed.strip() else "")


def _git(*arguments: str) -> bytes | None:
    """What git prints; None when it cannot."""
    if any(argument.startswith("-") and argument not in _OPTIONS for argument in arguments):
        return None
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False, timeout=60)  # noqa: S603, S607
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


_OPTIONS = frozenset({"--format=tar", "--short=12", "--porcelain", "--untracked-files=no", "--"})
"""What is asked for by a user may not be read as an option."""
