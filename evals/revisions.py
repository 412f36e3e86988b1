"""Which prompts are played, of any folder or git revision, and which code plays them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from core.errors import EvalError, RevisionError
from core.prompts import prompt_revision

ROOT = Path(__file__).resolve().parents[1]
PROMPTS = "prompts"


@contextmanager
def prompts_of(asked: str) -> Iterator[Path]:
    """The folder of prompts that was asked for: a path, or what git knows as a commit.

    Raises:
        EvalError: it is neither.
    """
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(prompt_revision.prompts_of(asked, ROOT / PROMPTS))
        except RevisionError as error:
            told = f"{asked!r} is neither a folder of prompts nor a git revision with {PROMPTS}/, such as HEAD~1."
            raise EvalError(f"{told} {error}") from error
        yield folder


def code_revision() -> str:
    """The commit of the code, with "+dirty" when files that are not prompts differ from it; "unknown" without git."""
    try:
        head = prompt_revision.git(ROOT, "rev-parse", "--short=12", "HEAD")
        changed = prompt_revision.git(ROOT, "status", "--porcelain", "--untracked-files=no", "--", ".", f":!{PROMPTS}")
    except RevisionError:
        return "unknown"
    return head.decode().strip() + ("+dirty" if changed.strip() else "")
