"""Requests are read: labels become presses, tags and invisible characters go, and trouble is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.intake import MOST_CHARS, read_request
from core.domain.messages import Input, InputKind
from core.domain.turn import TurnRequest


def request(*inputs: Input) -> TurnRequest:
    return TurnRequest(turn_id="t", channel="console", chat="c", inputs=inputs)


def text(words: str) -> Input:
    return Input(kind=InputKind.TEXT, text=words)


@pytest.mark.parametrize(
    ("given_input", "words", "trouble"),
    [
        (text("hola"), "hola", ""),
        (text("#CURSO_X #CAMPAÑA_Y hola"), "hola", ""),
        (text(""), "", "empty"),
        (text(" \u200b\x00 "), "", "empty"),
        (text("\u202eabc\u2066"), "abc", ""),
        (text("👍👍"), "👍👍", "emoji_only"),
        (text("x" * 20_000), "x" * MOST_CHARS, "too_long"),
        (text("???"), "???", "unreadable"),
        (Input(kind=InputKind.VOICE), "", "voice"),
        (Input(kind=InputKind.PHOTO), "", "photo"),
        (Input(kind=InputKind.PHOTO, text="¿esto sirve?"), "¿esto sirve?", ""),
        (Input(kind=InputKind.STICKER, text="👍"), "👍", "sticker"),
    ],
)
def test_reading(given_input: Input, words: str, trouble: str) -> None:
    _, intake = read_request(request(given_input), {})
    assert (intake.words, intake.trouble) == (words, trouble)


def test_a_typed_label_is_a_press() -> None:
    read, intake = read_request(request(text(" ACEPTO ")), {"acepto": "consent.accept"})
    assert (read.inputs[0].kind, read.inputs[0].action) == (InputKind.BUTTON, "consent.accept")
    assert intake.words.strip() == "ACEPTO"


@pytest.mark.parametrize(("words", "is_press"), [("Acepto.", True), ("acepto!", True), ("acepto todo", False)])
def test_a_label_counts_as_a_whole_and_whatever_ends_it(words: str, is_press: bool) -> None:
    read, _ = read_request(request(text(words)), {"acepto": "consent.accept"})
    assert (read.inputs[0].kind is InputKind.BUTTON) is is_press


def test_three_quick_messages_are_one() -> None:
    _, intake = read_request(request(text("hola"), text("una duda"), text("¿cuánto cuesta?")), {})
    assert intake.words == "hola\nuna duda\n¿cuánto cuesta?"


@given(st.text())
def test_any_text_is_read(words: str) -> None:
    _, intake = read_request(request(text(words)), {})
    assert "\x00" not in intake.words
    assert intake.trouble or intake.words
