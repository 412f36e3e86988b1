"""Prompts of a real git repository."""

import subprocess
from pathlib import Path

import pytest

from core.errors import RevisionError
from core.prompts.prompt_revision import git, prompts_of


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """A folder of prompts below the top of a repository with two commits; "one" and "two" is what they hold."""
    folder = tmp_path / "shop" / "words"
    folder.mkdir(parents=True)
    _git(tmp_path / "shop", "init", "--initial-branch=main")
    for text in ("one", "two"):
        (folder / "hello.md.j2").write_text(text)
        (tmp_path / "shop" / "other.txt").write_text(text)
        _git(tmp_path / "shop", "add", ".")
        _git(tmp_path / "shop", "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-m", text)
    return folder


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("asked", "text"), [("HEAD", "two"), ("HEAD~1", "one"), ("main", "two"), ("HEAD^{/one}", "one")]
)
def test_a_revision_is_unpacked_and_gone_afterwards(words: Path, asked: str, text: str) -> None:
    with prompts_of(asked, words) as folder:
        assert [path.name for path in folder.iterdir()] == ["hello.md.j2"]
        assert (folder / "hello.md.j2").read_text() == text
    assert not folder.exists()


def test_a_folder_that_is_a_repository_of_its_own_is_unpacked_whole(words: Path) -> None:
    with prompts_of("HEAD", words.parent) as folder:
        assert {path.name for path in folder.iterdir()} == {"words", "other.txt"}


def test_another_folder_is_itself(words: Path, tmp_path: Path) -> None:
    with prompts_of(str(tmp_path), words) as folder:
        assert folder == tmp_path


@pytest.mark.parametrize("asked", ["nope", "", "--output=x", "HEAD~99", "HEAD:words", "a\0b", "no/such/folder"])
def test_what_is_neither_is_told(words: Path, asked: str) -> None:
    with pytest.raises(RevisionError, match="neither a folder of prompts nor a git revision"), prompts_of(asked, words):
        pass


def test_a_revision_before_the_folder_was_there_is_told(words: Path) -> None:
    (words.parent / "later").mkdir()
    with (
        pytest.raises(RevisionError, match=r"At 'HEAD~1' there was no later"),
        prompts_of("HEAD~1", words.parent / "later"),
    ):
        pass


def test_a_folder_without_a_repository_is_told(tmp_path: Path) -> None:
    with pytest.raises(RevisionError, match="is in no git repository"), prompts_of("HEAD", tmp_path):
        pass


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RevisionError, match="There is no folder"), prompts_of("HEAD", tmp_path / "nowhere"):
        pass


def test_where_there_is_no_git_that_is_told(words: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RevisionError, match="git is not installed"), prompts_of("HEAD", words):
        pass


def test_a_hooks_environment_leads_nowhere_else(words: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    with prompts_of("HEAD", words) as folder:
        assert (folder / "hello.md.j2").read_text() == "two"


def test_what_git_refuses_is_said_in_its_words(words: Path) -> None:
    with pytest.raises(RevisionError, match="git says: "):
        git(words, "no-such-command")
