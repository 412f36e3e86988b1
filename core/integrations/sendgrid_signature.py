"""SendGrid's signed event webhook: ECDSA with SHA-256 over the timestamp's digits followed by the raw body.

The public key comes from SendGrid's settings as base64 of its DER form (P-256); the signature is base64 of DER.
"""

import base64
import binascii
from datetime import datetime

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from core.errors import SettingsError, SignatureError
from core.integrations.timestamped_signature import check_moment

SIGNATURE_HEADER = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP_HEADER = "X-Twilio-Email-Event-Webhook-Timestamp"


def verify(signature: str | None, timestamp: str | None, body: bytes, public_key: str, now: datetime) -> None:
    """Accept the body, or raise.

    Raises:
        SignatureError: missing, malformed, not made with the key's other half, too old, or from the future.
        SettingsError: the public key is none.
    """
    moment = timestamp or ""
    key = read_key(public_key)
    try:
        key.verify(
            base64.b64decode(signature or "", validate=True),
            moment.encode("utf-8", "replace") + body,
            ECDSA(SHA256()),
        )
    except (InvalidSignature, binascii.Error, ValueError):
        raise SignatureError("It was not made with this key.") from None
    check_moment(moment, now)


def read_key(public_key: str) -> EllipticCurvePublicKey:
    """The key from its base64 form.

    Raises:
        SettingsError: it is not the base64 of an elliptic curve's public key.
    """
    try:
        key = load_der_public_key(base64.b64decode(public_key, validate=True))
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        raise SettingsError("SENDGRID_WEBHOOK_KEY: should be the verification key that SendGrid shows.") from None
    if not isinstance(key, EllipticCurvePublicKey):
        raise SettingsError("SENDGRID_WEBHOOK_KEY: should be an elliptic curve's public key, as SendGrid shows it.")
    return key
