"""Timing: when a follow-up is due, until when it may come, and which hour in between is the best.

What a person asked for at a moment is tried at that very moment. Anything else may move to a later hour within its
rule's window, to the one at which this person is likeliest to answer; never to a quiet one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.domain.follow_ups import Quiet, Rule, Trigger
from core.domain.promises import FollowUp
from core.learning.contact_hours import Histogram, best_moment
from core.world.governor import is_quiet

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when a follow-up may come; `window_end` bounds the choice of a good hour."""

    due_at: datetime
    window_end: datetime
    not_after: datetime


def span_of(follow_up: FollowUp, rule: Rule) -> Span:
    """When it is due. A reminder never comes after the start of what it is about."""
    due = _due(follow_up, rule)
    last = due + rule.expires
    if follow_up.about_at and follow_up.about_at > follow_up.created_at:
        last = min(last, follow_up.about_at)
    return Span(due, min(due + rule.window, last), last)


def was_over(follow_up: FollowUp, span: Span) -> bool:
    """Whether its time was over before it arose: a demo booked for tonight is not announced for tomorrow."""
    if follow_up.kind == Trigger.ASKED:  # the person's own moment, which may be this very one
        return False
    return span.due_at < follow_up.created_at or span.not_after < follow_up.created_at


def planned_moment(
    follow_up: FollowUp, span: Span, now: datetime, *, zones: Sequence[ZoneInfo], quiet: Quiet, shares: Histogram
) -> datetime:
    """When it is first tried. With no allowed hour in its window that is the window's start, and the governor says."""
    start = max(span.due_at, now)
    if follow_up.kind == Trigger.ASKED:
        return start
    hours = int(max(span.window_end - start, timedelta()) / HOUR)
    allowed = [moment for step in range(hours + 1) if not is_quiet(moment := start + step * HOUR, tuple(zones), quiet)]
    return best_moment(allowed, zones[0], shares) if allowed else start


def _due(follow_up: FollowUp, rule: Rule) -> datetime:
    if follow_up.kind == Trigger.ASKED:
        return follow_up.due_at
    if rule.before is not None:
        return (follow_up.about_at or follow_up.created_at) - rule.before
    return follow_up.created_at + (rule.after or timedelta())
