"""A typed line on the console: a number, a label, a command, or words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.console.typed import chosen, read_line
from core.domain.messages import Button, InputKind

BUTTONS = (Button(label="Acepto", action="consent.accept"), Button(label="Abrir", url="http://127.0.0.1/demo/x"))


@pytest.mark.parametrize(
    ("line", "kind", "action"),
    [
        ("1", InputKind.BUTTON, "consent.accept"),
        ("acepto", InputKind.BUTTON, "consent.accept"),
        ("2", InputKind.TEXT, ""),
        ("3", InputKind.TEXT, ""),
        ("/start ABC", InputKind.COMMAND, "start"),
        ("/privacy", InputKind.COMMAND, "privacidad"),
        ("/devolver", InputKind.ADVISOR, "devolver"),
        ("/", InputKind.TEXT, ""),
        ("hola", InputKind.TEXT, ""),
        ("", InputKind.TEXT, ""),
    ],
)
def test_lines(line: str, kind: InputKind, action: str) -> None:
    read = read_line(line, BUTTONS)
    assert (read.kind, read.action) == (kind, action)


@pytest.mark.parametrize(
    ("line", "place"),
    [("1", 0), (" 2 ", 1), ("ABRIR", 1), ("0", None), ("3", None), ("0001", None), ("²", None), ("", None)],
)
def test_a_line_chooses_a_button_by_its_number_or_label(line: str, place: int | None) -> None:
    assert chosen(line, BUTTONS) == (None if place is None else BUTTONS[place])


@given(st.text())
def test_any_line_is_an_input(line: str) -> None:
    assert "\x00" not in read_line(line, BUTTONS).text
