"""Signed links: opaque, expiring, single-purpose.

A token carries nothing but the random id of a row (never a lead, a price or an offer) and the moment of signing. The
purpose is the salt of the signature, so that a token for a demo opens no checkout. Signing is itsdangerous' timed
HMAC-SHA1 construction with a SHA-256 digest; the clock is passed in.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from itsdangerous import BadData, BadSignature, SignatureExpired, TimestampSigner

from core.domain.clock import Clock
from core.errors import ExpiredLinkError, ForgedLinkError


class LinkPurpose(StrEnum):
    """What a link opens; the value is the path of its page."""

    DEMO = "demo"
    PAYMENT = "pagar"
    RESOURCE = "r"
    PREVIEW = "preview"
    EMAIL = "correo"


class _ClockedSigner(TimestampSigner):
    """A timestamp signer whose time is passed in."""

    def __init__(self, secret: str, purpose: LinkPurpose, clock: Clock) -> None:
        super().__init__(secret, salt=f"brenda.link.{purpose}", key_derivation="hmac", digest_method=hashlib.sha256)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock().timestamp())

    def check_form(self, token: str) -> None:
        """Refuse another spelling of a signature: base64 leaves bits over and skips foreign characters.

        Raises:
            BadSignature: the signature is not written as we write it.
        """
        signed, _, signature = token.encode().rpartition(self.sep)
        if not hmac.compare_digest(signature, self.get_signature(signed)):
            raise BadSignature("The signature does not match.")


@dataclass(frozen=True, slots=True)
class LinkSigner:
    """Makes and verifies links. `base` is the public address without a trailing slash."""

    secret: str = field(repr=False)
    base: str
    clock: Clock

    def url(self, purpose: LinkPurpose, row: UUID) -> str:
        """The address of the page for this row."""
        return f"{self.base}/{purpose}/{self.token(purpose, row)}"

    def token(self, purpose: LinkPurpose, row: UUID) -> str:
        """An opaque token of about 70 URL-safe characters."""
        return _ClockedSigner(self.secret, purpose, self.clock).sign(row.hex).decode()

    def verify(self, purpose: LinkPurpose, token: str, max_age_seconds: int) -> tuple[UUID, datetime]:
        """The row's id and the moment of signing (aware UTC).

        Raises:
            ForgedLinkError: the token was not made by us, or for another purpose, or in the future.
            ExpiredLinkError: it was made more than `max_age_seconds` ago.
        """
        try:
            signer = _ClockedSigner(self.secret, purpose, self.clock)
            signer.check_form(token)
            row, signed = signer.unsign(token, max_age=max_age_seconds, return_timestamp=True)
            return UUID(hex=row.decode()), signed
        except SignatureExpired as error:
            if error.date_signed and error.date_signed > self.clock():
                raise ForgedLinkError("It claims to come from the future.") from None
            raise ExpiredLinkError("Ask for a new one in the chat.") from None
        except (BadData, ValueError, UnicodeError):
            raise ForgedLinkError("Ask for a new one in the chat.") from None
