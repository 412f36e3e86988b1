"""The data behind buttons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.telegram.callbacks import MOST_BYTES, STALE, ButtonSigner

SIGNER = ButtonSigner(b"a secret of the tests")
ACTIONS = st.from_regex(r"[a-z][a-z0-9_.:-]{0,48}", fullmatch=True)
CHATS = st.integers(min_value=-(10**13), max_value=10**13).map(str)


@given(CHATS, ACTIONS)
def test_an_action_comes_back_and_fits(chat: str, action: str) -> None:
    data = SIGNER.pack(chat, action)
    assert len(data.encode()) <= MOST_BYTES
    assert SIGNER.read(chat, data) == action


@given(CHATS, ACTIONS, ACTIONS)
def test_the_signature_of_one_action_is_not_good_for_another(chat: str, action: str, other: str) -> None:
    forged = SIGNER.pack(chat, action).removesuffix(action) + other
    assert SIGNER.read(chat, forged) == (action if action == other else STALE)


@given(CHATS, ACTIONS)
def test_a_button_of_another_chat_or_key_is_stale(chat: str, action: str) -> None:
    data = SIGNER.pack(chat, action)
    assert SIGNER.read(chat + "1", data) == STALE
    assert ButtonSigner(b"another secret").read(chat, data) == STALE


@given(st.text(max_size=80))
def test_whatever_else_comes_is_stale(data: str) -> None:
    assert SIGNER.read("7", data) == STALE


@pytest.mark.parametrize("data", ["", "consent.accept", "b0|x|consent.accept", "b1||consent.accept", "b1|x|y|z"])
def test_old_and_broken_forms_are_stale(data: str) -> None:
    assert SIGNER.read("7", data) == STALE


@pytest.mark.parametrize("action", ["", "a|b", "x" * 60, "ñ" * 30])
def test_an_action_that_cannot_travel_is_refused(action: str) -> None:
    with pytest.raises(ValueError, match=r"button|Separator|too long"):
        SIGNER.pack("7", action)


def test_the_key_does_not_show() -> None:
    assert "secret" not in repr(SIGNER)
