"""SendGrid's scheme: ECDSA over timestamp and raw body, checked with the public key as SendGrid shows it."""

import base64
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SettingsError, SignatureError
from core.integrations.sendgrid_signature import read_key, verify

NOW = datetime.fromtimestamp(1_700_000_000, UTC)
PRIVATE = ec.generate_private_key(ec.SECP256R1())


def shown(key: PublicKeyTypes) -> str:
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


KEY = shown(PRIVATE.public_key())


def signed(body: bytes, moment: str = "1700000000") -> str:
    return base64.b64encode(PRIVATE.sign(moment.encode() + body, ec.ECDSA(SHA256()))).decode()


@given(st.binary(max_size=64))
def test_what_was_signed_is_accepted_and_nothing_else(body: bytes) -> None:
    verify(signed(body), "1700000000", body, KEY, NOW)
    for other in (body + b"x", b"1" + body):
        with pytest.raises(SignatureError):
            verify(signed(body), "1700000000", other, KEY, NOW)


@pytest.mark.parametrize("moment", ["1699999699", "1700000031", "", "x", "17000000000000"])
def test_the_moment_is_part_of_what_is_signed_and_must_be_near(moment: str) -> None:
    with pytest.raises(SignatureError):
        verify(signed(b"body", moment), moment, b"body", KEY, NOW)


def test_a_moment_cannot_be_moved_into_the_body() -> None:
    with pytest.raises(SignatureError):
        verify(signed(b"0body", "170000000"), "1700000000", b"0body", KEY, NOW)


@given(st.one_of(st.none(), st.text(max_size=100)), st.one_of(st.none(), st.text(max_size=20)))
def test_no_text_is_taken_for_a_signature_and_none_breaks_it(signature: str | None, moment: str | None) -> None:
    with pytest.raises(SignatureError):
        verify(signature, moment, b"body", KEY, NOW)


OTHER_KIND = shown(rsa.generate_private_key(65537, 2048).public_key())


@pytest.mark.parametrize("key", ["", "no base64!", "aGVsbG8=", OTHER_KIND])
def test_a_key_that_is_none_is_named(key: str) -> None:
    with pytest.raises(SettingsError, match="SENDGRID_WEBHOOK_KEY"):
        read_key(key)
