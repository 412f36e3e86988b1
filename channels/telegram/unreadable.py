"""An update that this library cannot read is logged and noted by where it is not as known, never by what it said."""

import structlog
from pydantic import ValidationError

log = structlog.get_logger(__name__)

UNREADABLE = "unreadable"
_MOST_PLACES = 3


def unreadable(update_id: int, error: ValidationError) -> str:
    """Log it; the reason that is noted with it."""
    places = [".".join(map(str, fault["loc"])) for fault in error.errors()[:_MOST_PLACES]]
    log.error("update_unreadable", update_id=update_id, at=places)
    return "not as known: " + ", ".join(places)
