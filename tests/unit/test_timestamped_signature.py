"""The scheme of Stripe and Calendly: vectors computed by hand, and what may never be accepted."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe import SignatureVerificationError, WebhookSignature

from core.errors import SignatureError
from core.integrations.timestamped_signature import SKEW, TOLERANCE, sign, verify

NOW = datetime.fromtimestamp(1_700_000_000, UTC)
SECRET = "whsec_test_secret"
BODY = b'{"id":"evt_1"}'


def by_hand(moment: str, body: bytes, secret: str) -> str:
    """The documented construction, written out: HMAC-SHA256 of timestamp, dot, body; in hexadecimal."""
    return hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def test_what_the_vendor_documents_is_accepted() -> None:
    verify(f"t=1700000000,v1={by_hand('1700000000', BODY, SECRET)}", BODY, SECRET, NOW)


@given(st.text(max_size=64), st.from_regex(r"whsec_[A-Za-z0-9]{4,40}", fullmatch=True))
def test_stripes_own_library_makes_and_takes_the_same(body: str, secret: str) -> None:
    made = WebhookSignature._compute_signature(f"1700000000.{body}", secret)
    verify(f"t=1700000000,v1={made}", body.encode(), secret, NOW)
    WebhookSignature.verify_header(body, sign(body.encode(), secret, NOW), secret)
    with pytest.raises(SignatureVerificationError):
        WebhookSignature.verify_header(body + "x", sign(body.encode(), secret, NOW), secret)


def test_a_secret_that_is_being_replaced_and_an_older_scheme_do_not_disturb() -> None:
    right = by_hand("1700000000", BODY, SECRET)
    old = by_hand("1700000000", BODY, "old secret")
    verify(f"t=1700000000,v1={old},v1={right},v0=ab", BODY, SECRET, NOW)
    with pytest.raises(SignatureError):
        verify(f"t=1700000000,v0={right}", BODY, SECRET, NOW)


@given(st.binary(max_size=64), st.text(min_size=1, max_size=20), st.integers(-300, 30))
def test_every_body_that_was_signed_in_time_is_accepted(body: bytes, secret: str, offset: int) -> None:
    verify(sign(body, secret, NOW + timedelta(seconds=offset)), body, secret, NOW)


@given(st.binary(max_size=64), st.binary(max_size=64), st.text(max_size=10), st.text(max_size=10))
def test_another_body_or_another_secret_is_refused(body: bytes, other: bytes, secret: str, guess: str) -> None:
    header = sign(body, secret, NOW)
    if other != body:
        with pytest.raises(SignatureError):
            verify(header, other, secret, NOW)
    if by_hand("", b"", guess) != by_hand("", b"", secret):  # NULs at the end of a key change nothing
        with pytest.raises(SignatureError):
            verify(header, body, guess, NOW)


@given(st.text(max_size=80))
def test_no_text_is_taken_for_a_signature_and_none_breaks_it(header: str) -> None:
    with pytest.raises(SignatureError):
        verify(header, BODY, SECRET, NOW)


@pytest.mark.parametrize("offset", [-TOLERANCE - timedelta(seconds=1), SKEW + timedelta(seconds=1)])
def test_too_old_and_from_the_future_are_refused(offset: timedelta) -> None:
    with pytest.raises(SignatureError):
        verify(sign(BODY, SECRET, NOW + offset), BODY, SECRET, NOW)


@pytest.mark.parametrize("moment", ["", "-1", "1e9", "999999999999999", "١٧٠٠٠٠٠٠٠٠", "999999999999"])
def test_a_moment_that_is_none_is_refused_even_when_it_is_signed(moment: str) -> None:
    with pytest.raises(SignatureError):
        verify(f"t={moment},v1={by_hand(moment, BODY, SECRET)}", BODY, SECRET, NOW)
