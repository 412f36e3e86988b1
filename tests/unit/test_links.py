from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.errors import ExpiredLinkError, ForgedLinkError
from core.integrations.links import LinkPurpose, LinkSigner

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = 3600
PURPOSES = st.sampled_from(LinkPurpose)


@dataclass
class MovedClock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def signer(clock: Callable[[], datetime] = lambda: START, secret: str = "s" * 32) -> LinkSigner:
    return LinkSigner(secret, "https://brenda.example", clock)


@given(PURPOSES, st.uuids())
def test_own_token_opens_its_row(purpose: LinkPurpose, row: UUID) -> None:
    token = signer().token(purpose, row)
    assert signer().verify(purpose, token, HOUR) == (row, START)
    assert token.isascii()
    assert len(token) <= 90


@given(PURPOSES, st.uuids(), st.data())
def test_any_changed_character_is_refused(purpose: LinkPurpose, row: UUID, data: st.DataObject) -> None:
    token = signer().token(purpose, row)
    position = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters().filter(lambda character: character != token[position]))
    with pytest.raises(ForgedLinkError):
        signer().verify(purpose, token[:position] + other + token[position + 1 :], HOUR)


def test_no_other_letter_of_base64_passes_at_any_place() -> None:
    token = signer().token(LinkPurpose.DEMO, UUID(int=7))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=.+/ !\n"
    for position in range(len(token)):
        for other in set(alphabet) - {token[position]}:
            with pytest.raises(ForgedLinkError):
                signer().verify(LinkPurpose.DEMO, token[:position] + other + token[position + 1 :], HOUR)


@given(st.uuids(), st.data())
def test_added_or_missing_characters_are_refused(row: UUID, data: st.DataObject) -> None:
    token = signer().token(LinkPurpose.PAYMENT, row)
    position = data.draw(st.integers(0, len(token)))
    removed = data.draw(st.integers(0, 3))
    added = data.draw(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("!=.\n ")), max_size=4))
    changed = token[:position] + added + token[position + removed :]
    assume(changed != token)
    with pytest.raises(ForgedLinkError):
        signer().verify(LinkPurpose.PAYMENT, changed, HOUR)


@given(st.text())
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(ForgedLinkError):
        signer().verify(LinkPurpose.DEMO, text, HOUR)


@pytest.mark.parametrize(
    "text", ["", ".", "..", "\0", "\ud800", "a.b.c", "x" * 20_000, "../../etc/passwd", "' or 1=1 --"]
)
def test_rubbish_is_refused(text: str) -> None:
    with pytest.raises(ForgedLinkError):
        signer().verify(LinkPurpose.RESOURCE, text, HOUR)


@given(PURPOSES, PURPOSES, st.uuids())
def test_purposes_do_not_mix(made_for: LinkPurpose, used_for: LinkPurpose, row: UUID) -> None:
    assume(made_for != used_for)
    with pytest.raises(ForgedLinkError):
        signer().verify(used_for, signer().token(made_for, row), HOUR)


@given(PURPOSES, st.uuids())
def test_another_secret_opens_nothing(purpose: LinkPurpose, row: UUID) -> None:
    with pytest.raises(ForgedLinkError):
        signer(secret="t" * 32).verify(purpose, signer().token(purpose, row), HOUR)


@given(st.integers(1, 90 * 24 * HOUR))
def test_expires_exactly(age: int) -> None:
    clock = MovedClock()
    token = signer(clock).token(LinkPurpose.DEMO, UUID(int=1))
    clock.move(age)
    assert signer(clock).verify(LinkPurpose.DEMO, token, age) == (UUID(int=1), START)
    clock.move(1)
    with pytest.raises(ExpiredLinkError):
        signer(clock).verify(LinkPurpose.DEMO, token, age)


@given(st.integers(1, 90 * 24 * HOUR))
def test_token_from_the_future_is_forged_not_expired(ahead: int) -> None:
    clock = MovedClock()
    clock.move(ahead)
    token = signer(clock).token(LinkPurpose.DEMO, UUID(int=1))
    clock.move(-ahead)
    with pytest.raises(ForgedLinkError, match="future"):
        signer(clock).verify(LinkPurpose.DEMO, token, HOUR)


@given(PURPOSES, st.uuids())
def test_address_holds_purpose_and_token(purpose: LinkPurpose, row: UUID) -> None:
    address = signer().url(purpose, row)
    assert address == f"https://brenda.example/{purpose.value}/{signer().token(purpose, row)}"


def test_secret_is_not_shown() -> None:
    assert "ssss" not in repr(signer())
    assert "ssss" not in str(signer())
