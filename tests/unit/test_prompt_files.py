import os
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.prompts.prompt_files import PromptFiles, is_leftover, read_files

TEXTS = st.dictionaries(st.text(max_size=6), st.text(max_size=6), max_size=4)


@given(TEXTS, TEXTS)
def test_hash_is_equal_exactly_when_names_and_contents_are(one: dict[str, str], other: dict[str, str]) -> None:
    hashes = [PromptFiles(MappingProxyType(texts)).hash for texts in (one, other)]
    assert (hashes[0] == hashes[1]) == (one == other)


def test_hash_does_not_depend_on_order() -> None:
    there = PromptFiles(MappingProxyType({"a": "1", "b": "2"}))
    back = PromptFiles(MappingProxyType({"b": "2", "a": "1"}))
    assert there.hash == back.hash
    assert len(there.hash) == 64


@pytest.mark.parametrize("name", [".ask.md.j2.swp", "ask.md.j2~", "ask.md.j2.tmp", "x.swp", "#ask#", "4913", ".git"])
def test_what_editors_leave_is_not_seen(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("leftover")
    (tmp_path / "ask.md.j2").write_text("text")
    assert is_leftover(name)
    assert dict(read_files(tmp_path).texts) == {"ask.md.j2": "text"}


def test_leftover_folders_are_not_entered(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config.toml").write_text("not = 'ours'")
    assert read_files(tmp_path).texts == {}


def test_texts_are_read_by_path_with_plain_line_ends(tmp_path: Path) -> None:
    (tmp_path / "name").mkdir()
    (tmp_path / "name" / "ask.md.j2").write_bytes(b"\xef\xbb\xbfuno\r\n---\r\ndos\r\n")
    files = read_files(tmp_path)
    assert dict(files.texts) == {"name/ask.md.j2": "uno\n---\ndos\n"}
    assert files.templates == {"name/ask": "uno\n---\ndos\n"}


def test_bytes_that_are_no_utf8_are_a_fault_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "ask.md.j2").write_bytes(b"uno\ndos \xf1o\n")
    (fault,) = read_files(tmp_path).faults
    assert (fault.file, fault.line) == ("ask.md.j2", 2)
    assert "0xf1" in fault.message
    assert "UTF-8" in fault.message


def test_a_nul_character_is_a_fault_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "ask.md.j2").write_bytes(b"uno\n\n\0")
    (fault,) = read_files(tmp_path).faults
    assert (fault.file, fault.line) == ("ask.md.j2", 3)


def test_a_missing_folder_is_a_fault(tmp_path: Path) -> None:
    (fault,) = read_files(tmp_path / "prompts").faults
    assert fault.file == "prompts"
    assert "does not exist" in fault.message


def test_what_is_no_regular_file_is_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md.j2")
    (tmp_path / "gone.md.j2").symlink_to(tmp_path / "nowhere")
    files = read_files(tmp_path)
    assert files.texts == {}
    assert files.faults == ()
