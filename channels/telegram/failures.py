"""What an error of the Bot API means for a message: wait, try again, perhaps it arrived, or never.

The distinction that matters is between what certainly did not arrive and what may have: sends are not idempotent, so
only the former may be tried again without end. Vendor errors are judged here and nowhere else.
"""

from dataclasses import dataclass
from enum import StrEnum

from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiohttp import ClientConnectorError, ConnectionTimeoutError

from core.errors import SettingsError

_GONE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "user is deactivated",
    "bot was blocked",
    "bot was kicked",
)
_MARKUP = ("can't parse entities", "can't parse entity", "unsupported start tag")
_BUTTONS = ("button", "wrong http url", "reply markup", "reply_markup")


class Outcome(StrEnum):
    """What came of a call.

    WAIT: refused for some seconds. AGAIN: certainly not delivered. UNCLEAR: nobody knows. GONE: nobody is there to
    receive anything. REFUSED: this message will never do. MARKUP and BUTTONS: refused for the sake of its markup or
    its buttons. REVOKED: the bot's token is not valid (any more).
    """

    WAIT = "wait"
    AGAIN = "again"
    UNCLEAR = "unclear"
    GONE = "gone"
    REFUSED = "refused"
    MARKUP = "markup"
    BUTTONS = "buttons"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome, how many seconds to wait if Telegram said so, and the reason in Telegram's words."""

    outcome: Outcome
    reason: str
    seconds: float = 0.0


def judge(error: Exception) -> Verdict:
    """What a failed call means. Errors that are not the vendor's are unclear."""
    reason = getattr(error, "message", None) or type(error).__name__
    if isinstance(error, TelegramRetryAfter):
        return Verdict(Outcome.WAIT, reason, float(error.retry_after))
    return Verdict(_outcome(error, reason.lower()), reason)


def token_error() -> SettingsError:
    """The one message for a token that Telegram does not accept."""
    return SettingsError(
        "TELEGRAM_BOT_TOKEN: Telegram does not accept this token. Ask @BotFather for it (/mybots, API Token) and copy"
        " it whole; a token that was revoked there never works again."
    )


_FIXED: tuple[tuple[type[Exception], Outcome], ...] = (
    (TelegramForbiddenError, Outcome.GONE),
    (TelegramUnauthorizedError, Outcome.REVOKED),
    (TelegramNotFound, Outcome.REVOKED),
    (TelegramMigrateToChat, Outcome.REFUSED),
    (TelegramEntityTooLarge, Outcome.REFUSED),
)


def _outcome(error: Exception, reason: str) -> Outcome:
    for kind, outcome in _FIXED:
        if isinstance(error, kind):
            return outcome
    if isinstance(error, TelegramBadRequest):
        return _refusal(reason)
    if isinstance(error, TelegramServerError):
        # A gateway's words mean that somebody behind it may have done what was asked.
        return Outcome.UNCLEAR if "gateway" in reason else Outcome.AGAIN
    return _network(error) if isinstance(error, TelegramNetworkError) else Outcome.UNCLEAR


def _refusal(reason: str) -> Outcome:
    for outcome, signs in ((Outcome.GONE, _GONE), (Outcome.MARKUP, _MARKUP), (Outcome.BUTTONS, _BUTTONS)):
        if any(sign in reason for sign in signs):
            return outcome
    return Outcome.REFUSED


def _network(error: TelegramNetworkError) -> Outcome:
    """Without a connection nothing was sent; after that, nobody knows."""
    unsent = isinstance(error.__cause__, ClientConnectorError | ConnectionTimeoutError)
    return Outcome.AGAIN if unsent else Outcome.UNCLEAR
