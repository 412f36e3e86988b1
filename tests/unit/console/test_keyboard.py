"""Lines of an input."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.console.keyboard import Keyboard, read_lines


def read(content: bytes) -> list[str]:
    """The lines of a pipe into which the content was written."""
    reader, writer = os.pipe()
    try:
        with os.fdopen(writer, "wb", buffering=0) as file:
            file.write(content)
        return list(read_lines(reader))
    finally:
        os.close(reader)


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", []),
        (b"hola", ["hola"]),
        (b"hola\n", ["hola"]),
        (b"uno\r\ndos\n\ntres", ["uno", "dos", "", "tres"]),
        (b"\xff\xfe ma\xc3\xb1ana\n", ["\ufffd\ufffd mañana"]),
        (b"corta\xc3", ["corta\ufffd"]),
        ("\u202eal revés\x00\n".encode(), ["\u202eal revés\x00"]),
        ("separa\u2028no\x0b\x0cno\n".encode(), ["separa\u2028no\x0b\x0cno"]),
    ],
)
def test_lines(content: bytes, lines: list[str]) -> None:
    assert read(content) == lines


@given(st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=20), max_size=8))
def test_what_was_written_as_lines_is_read_as_them(lines: list[str]) -> None:
    assert read("".join(f"{line}\n" for line in lines).encode()) == lines


async def test_a_character_may_arrive_in_pieces_and_a_line_much_later() -> None:
    reader, writer = os.pipe()
    lines = Keyboard(reader).lines()
    try:
        os.write(writer, b"ma\xc3")
        os.write(writer, b"\xb1ana\nresto")
        assert await anext(lines) == "mañana"
        os.close(writer)
        assert [line async for line in lines] == ["resto"]
    finally:
        os.close(reader)


async def test_no_input_has_no_lines() -> None:
    assert [line async for line in Keyboard(None).lines()] == []
    assert not Keyboard(None).is_terminal


async def test_an_input_that_cannot_be_read_has_no_lines() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        assert [line async for line in Keyboard(reader).lines()] == []
    finally:
        os.close(writer)


def test_a_terminal_is_known() -> None:
    master, terminal = os.openpty()
    try:
        assert Keyboard(terminal).is_terminal
    finally:
        os.close(master)
        os.close(terminal)
