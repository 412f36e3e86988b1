"""Keyboards."""

from hypothesis import given
from hypothesis import strategies as st

from channels.telegram.callbacks import ButtonSigner
from channels.telegram.keyboard import ROW_BUTTONS, keyboard
from core.domain.messages import Button
from tests.fakes.telegram_limits import checked_buttons

SIGNER = ButtonSigner(b"a secret of the tests")
BUTTON = st.builds(Button, label=st.text(max_size=40), action=st.text(max_size=80))


@given(st.lists(BUTTON, max_size=12))
def test_telegram_takes_every_keyboard(buttons: list[Button]) -> None:
    made = keyboard(buttons, "7", SIGNER)
    if made is None:
        return
    flat = checked_buttons(made.model_dump(exclude_none=True))
    assert 0 < len(flat) <= len(buttons)
    assert all(len(button["callback_data"].encode()) <= 64 for button in flat)
    assert all(1 <= len(row) <= ROW_BUTTONS for row in made.inline_keyboard)


def test_short_labels_share_a_row_and_long_ones_do_not() -> None:
    labels = ["Acepto", "No acepto", "Leer el aviso completo de privacidad"]
    made = keyboard([Button(label=label, action="x") for label in labels], "7", SIGNER)
    assert made
    assert [[button.text for button in row] for row in made.inline_keyboard] == [labels[:2], labels[2:]]


def test_a_button_that_cannot_travel_is_left_out() -> None:
    good = Button(label="Demo", url="https://a.example/demo")
    made = keyboard([Button(label="Sin acción"), Button(label="Larga", action="x" * 90), good], "7", SIGNER)
    assert made
    assert [button.url for row in made.inline_keyboard for button in row] == ["https://a.example/demo"]
