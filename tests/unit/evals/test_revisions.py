"""Prompts of a folder or a revision."""

from pathlib import Path

import pytest

from core.errors import EvalError
from evals.revisions import code_revision, prompts_of


def test_a_folder_is_itself(tmp_path: Path) -> None:
    with prompts_of(str(tmp_path)) as folder:
        assert folder == tmp_path


def test_a_revision_is_unpacked_and_gone_afterwards() -> None:
    with prompts_of("HEAD") as folder:
        assert (folder / "system.md.j2").is_file()
    assert not folder.exists()


@pytest.mark.parametrize("asked", ["no-such-revision", "--output=x", ""])
def test_what_is_neither_is_told(asked: str) -> None:
    if asked == "":
        asked = "nowhere/at/all"
    with pytest.raises(EvalError, match="neither a folder of prompts nor a git revision"), prompts_of(asked):
        pass


def test_the_codes_revision_is_a_commit() -> None:
    assert code_revision() == "unknown" or int(code_revision().removesuffix("+dirty"), 16) > 0
