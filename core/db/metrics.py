"""Metrics as they are read from rows: admins write them by hand, so each is checked, and a wrong one is left out.

A figure that cannot be typed cannot be verified in a reply; it is logged with its row and what would be right.
"""

from typing import Any

import structlog
from pydantic import ValidationError

from core.domain.catalog import Figure

log = structlog.get_logger(__name__)


def figure_of(raw: object, row: str) -> Figure | None:
    """The figure, or None when it is malformed; `row` names it in the log ("success_cases:3")."""
    try:
        return Figure.model_validate(raw)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
        log.error("figure_malformed", row=row, faults=faults)
        return None


def figures_of(raw: list[Any], row: str) -> tuple[Figure, ...]:
    """The well-formed figures among the raw ones, in their order."""
    figures = (figure_of(item, row) for item in raw)
    return tuple(figure for figure in figures if figure is not None)
