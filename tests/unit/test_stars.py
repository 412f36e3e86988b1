from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.world.stars import payload_of


@given(st.uuids(), st.integers(0, 99_999_999))
def test_a_payload_of_ours_is_read_back(payment: UUID, attempt: int) -> None:
    assert payload_of(f"{payment}:{attempt}") == (payment, attempt)


@given(st.text(max_size=200))
def test_any_other_text_is_none_of_ours(text: str) -> None:
    named = payload_of(text)
    assert named is None or isinstance(named[0], UUID)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "x:1",
        f"{UUID(int=7)}",
        f"{UUID(int=7)}:",
        f"{UUID(int=7)}:-1",
        f"{UUID(int=7)}:²",
        f"{UUID(int=7)}:{'9' * 40}",
    ],
)
def test_what_only_looks_like_one_of_ours(text: str) -> None:
    assert payload_of(text) is None
