"""The data behind a button: an action, signed for one chat, within Telegram's 64 bytes.

Whoever talks to Telegram's servers can send any callback data, so an action is only believed with the first 64 bits of
an HMAC-SHA256 over chat and action. "b1" is the form's version: a button of an older form is stale, not an error.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field

from aiogram.filters.callback_data import CallbackData

STALE = "stale"
"""The action of a button that was forged, belongs to another chat, or is of an older form."""

MOST_BYTES = 64
_SIGNATURE_BYTES = 8


class SignedAction(CallbackData, prefix="b1", sep="|"):
    """What travels: 11 characters of signature, and up to 49 bytes of action."""

    signature: str
    action: str


@dataclass(frozen=True, slots=True)
class ButtonSigner:
    """Signs actions and reads them back. `key` is secret and should stay the same through restarts."""

    key: bytes = field(repr=False)

    def pack(self, chat: str, action: str) -> str:
        """Callback data of at most 64 bytes.

        Raises:
            ValueError: the action is empty, too long, or holds the separator "|".
        """
        if not action:
            raise ValueError("a button needs an action")
        return SignedAction(signature=self._signature(chat, action), action=action).pack()

    def read(self, chat: str, data: str) -> str:
        """The action, or "stale" when this data was not made by us for this chat."""
        try:
            signed = SignedAction.unpack(data)
        except (TypeError, ValueError):
            return STALE
        genuine = hmac.compare_digest(self._signature(chat, signed.action).encode(), signed.signature.encode())
        return signed.action if genuine and signed.action else STALE

    def _signature(self, chat: str, action: str) -> str:
        digest = hmac.digest(self.key, f"brenda.button\n{chat}\n{action}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:_SIGNATURE_BYTES]).decode().rstrip("=")
