"""What a person came with: the hashtags of an advertisement, or the payload of a deep link.

`#CURSO_… #CAMPAÑA_…` may stand anywhere in the first words; `/start <payload>` holds either a campaign's code, or a
course's hashtag and a campaign joined by two underscores or more. What is not known falls back kindly and is logged.
"""

import re
from dataclasses import dataclass

import structlog

from core.context import Context
from core.db import campaigns, courses
from core.domain.messages import Input, InputKind

log = structlog.get_logger(__name__)

_HASHTAG = re.compile(r"#(CURSO_\w+|CAMPA[ÑN]A_\w+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a person came from. `unknown` is a course's hashtag that nobody knows."""

    course_id: int | None = None
    campaign: str | None = None
    source: str | None = None
    unknown: str = ""


def tags_of(given: Input) -> tuple[str | None, str | None]:
    """The course's hashtag and the campaign's code in an input, as they were written."""
    if given.kind is InputKind.COMMAND:
        return _payload(given.text.strip()) if given.action == "start" else (None, None)
    course = campaign = None
    for tag in _HASHTAG.findall(given.text):
        if tag.upper().startswith("CURSO_"):
            course = course or tag
        else:
            campaign = campaign or tag.partition("_")[2]
    return course, campaign


def any_tags(given: Input) -> bool:
    """Whether an input names a course or a campaign."""
    return any(tags_of(given))


def _payload(payload: str) -> tuple[str | None, str | None]:
    if payload.upper().startswith("CURSO_"):
        course, _, campaign = payload.partition("__")
        return course, campaign or None
    return None, payload or None


def without_tags(text: str) -> str:
    """The person's own words, without the advertisement's hashtags."""
    return " ".join(_HASHTAG.sub(" ", text).split())


async def find_opening(given: Input, context: Context) -> Opening:
    """Look up the course and the campaign that an input names."""
    hashtag, code = tags_of(given)
    if not hashtag and not code:
        return Opening()
    samples = context.settings.tells_samples
    async with context.pool.connection() as connection:
        course = await courses.by_hashtag(connection, hashtag, samples) if hashtag else None
        campaign = await campaigns.by_code(connection, code, samples) if code else None
    if (hashtag and course is None) or (code and campaign is None):
        log.warning("unknown_opening", hashtag=hashtag if course is None else None, campaign=code)
    return Opening(
        course_id=course.id if course else campaign.course_id if campaign else None,
        campaign=code[:64] if code else None,
        source=campaign.source if campaign else None,
        unknown=hashtag if hashtag and course is None else "",
    )
