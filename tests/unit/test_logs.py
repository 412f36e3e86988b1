"""Nothing personal and no secret reaches a log."""

import pytest

from core.logs import redacted


@pytest.mark.parametrize(
    "secret",
    [
        "123456789:AAabcdefghijklmnopqrstuvwx",
        "sk-abcdefghijklmnop",
        "ana.perez@correo.example",
        "+5215512345678",
        "987654321",
    ],
)
def test_it_is_blanked(secret: str) -> None:
    assert secret not in redacted(f"failed for {secret}, again")


def test_the_password_of_an_address_is_blanked() -> None:
    assert redacted("postgresql://user:secret@host:5432/name") == "postgresql://[…]host:5432/name"


def test_ordinary_words_stay() -> None:
    assert redacted("turn_given_up attempts=6 port 5432") == "turn_given_up attempts=6 port 5432"
