"""The roster: the chats in which advisors can be reached, and who of them is on duty.

A notice goes to those on duty; when nobody is, to all, so that it is there when they come back.
"""

from dataclasses import dataclass
from datetime import datetime

from core.domain.duty_hours import DutyHours

ANY_HOUR = DutyHours()


@dataclass(frozen=True, slots=True)
class Post:
    """A chat of advisors. `advisor` is None for the one that is known by the setting ADVISOR_CHAT only."""

    chat: str
    hours: DutyHours = ANY_HOUR
    advisor: int | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """All posts of a channel, the configured one first."""

    posts: tuple[Post, ...]

    def on_duty(self, moment: datetime) -> tuple[Post, ...]:
        """Who works at a moment."""
        return tuple(post for post in self.posts if post.hours.on_duty(moment))

    def audience(self, moment: datetime) -> tuple[Post, ...]:
        """Who is to be told something at a moment: those on duty, or all."""
        return self.on_duty(moment) or self.posts

    def next_opening(self, moment: datetime) -> datetime | None:
        """The first moment from this one on at which anybody works (UTC); None when nobody knows of one."""
        openings = [post.hours.next_opening(moment) for post in self.posts]
        return min((opening for opening in openings if opening), default=None)
