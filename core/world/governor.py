"""The governor: the one place that decides, at the moment of sending, whether a follow-up goes out.

A pure function from everything that may speak against it to a decision with a reason. What is final comes first
(nothing changes it), then what depends on the person's will, then how much there was already, and last the hour.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.db.follow_ups import Circumstances
from core.domain.follow_ups import Cap, Quiet, Rule, Trigger
from core.domain.funnel import Stage
from core.domain.people import ConsentKind
from core.domain.promises import FollowUpStatus

PUNCTUAL = timedelta(minutes=15)
"""What a person asked for at an hour of their choice is sent at that hour, be it night; later than this it waits."""
STEP = timedelta(minutes=15)
HORIZON = timedelta(days=2)


class Reason(StrEnum):
    """Why a follow-up is not sent, or not now."""

    DECIDED = "decided"
    BLOCKED = "blocked"
    OPTED_OUT = "opted_out"
    NO_CONSENT = "no_consent"
    NO_MARKETING_CONSENT = "no_marketing_consent"
    HUMAN_IN_CHARGE = "human_in_charge"
    POINTLESS = "pointless"
    BOUGHT = "bought"
    ANSWERED = "answered"
    REFUSED = "refused"
    TOO_LATE = "too_late"
    CAP_DAY = "cap_day"
    CAP_LEAD = "cap_lead"
    CAP_TRIGGER = "cap_trigger"
    QUIET_HOURS = "quiet_hours"


@dataclass(frozen=True, slots=True)
class Case(Circumstances):
    """Everything that counts, with the circumstances. Moments are aware UTC; `zones` are all where the person may be.

    `created_at`: when that happened which it follows up on. `due_at`: when the rule, or the person, wants it.
    `stands`: the booking or payment that it is about is still what it was.
    """

    trigger: Trigger
    rule: Rule
    cap: Cap
    quiet: Quiet
    refusal: timedelta
    now: datetime
    created_at: datetime
    due_at: datetime
    not_after: datetime
    zones: tuple[ZoneInfo, ...]
    status: FollowUpStatus
    stage: Stage
    consents: frozenset[ConsentKind]
    blocked: bool


@dataclass(frozen=True, slots=True)
class Send:
    """It goes out now."""


@dataclass(frozen=True, slots=True)
class Withhold:
    """It never goes out."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Postpone:
    """It is decided again at `until`."""

    until: datetime
    reason: Reason


Decision = Send | Withhold | Postpone


def decide(case: Case) -> Decision:
    """What becomes of the follow-up now."""
    reason = _forbidden(case) or _unwanted(case) or _too_much(case)
    if reason:
        return Withhold(reason)
    if case.trigger is Trigger.ASKED and case.now - case.due_at <= PUNCTUAL:
        return Send()
    allowed = next_allowed(case.now, case.zones, case.quiet)
    if allowed == case.now:
        return Send()
    if allowed is None or allowed > case.not_after:
        return Withhold(Reason.QUIET_HOURS)
    return Postpone(allowed, Reason.QUIET_HOURS)


def is_quiet(moment: datetime, zones: tuple[ZoneInfo, ...], quiet: Quiet) -> bool:
    """Whether it is a quiet hour anywhere where the person may well be."""
    hours = (moment.astimezone(place).hour for place in zones)
    return any(hour >= quiet.start or hour < quiet.end for hour in hours)


def next_allowed(moment: datetime, zones: tuple[ZoneInfo, ...], quiet: Quiet) -> datetime | None:
    """This moment, or the next quarter of an hour that is quiet nowhere; None when none comes within two days.

    Where the plausible zones share no waking hour, the likeliest one decides.
    """
    for places in (zones, zones[:1]):
        if not is_quiet(moment, places, quiet):
            return moment
        quarter = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
        for step in range(1, int(HORIZON / STEP) + 1):
            if not is_quiet(later := quarter + step * STEP, places, quiet):
                return later
    return None


def _forbidden(case: Case) -> Reason | None:
    advertising = case.rule.marketing
    return _first(
        (Reason.DECIDED, case.status is not FollowUpStatus.PLANNED),
        (Reason.BLOCKED, case.blocked),
        (Reason.OPTED_OUT, case.stage is Stage.OPTED_OUT),
        (Reason.HUMAN_IN_CHARGE, case.human or case.stage is Stage.HANDOFF),
        (Reason.NO_CONSENT, ConsentKind.TALK not in case.consents),
        (Reason.NO_MARKETING_CONSENT, advertising and ConsentKind.MARKETING not in case.consents),
    )


def _unwanted(case: Case) -> Reason | None:
    return _first(
        (Reason.POINTLESS, not case.stands),
        (Reason.BOUGHT, case.rule.marketing and case.stage is Stage.CUSTOMER),
        (Reason.REFUSED, _refused(case)),
        (Reason.ANSWERED, case.rule.unless_answered and case.answered),
        (Reason.TOO_LATE, case.now > case.not_after),
    )


def _refused(case: Case) -> bool:
    """A no after what gave rise to it ends any follow-up; advertising also a no within the time before."""
    if case.refused_at is None:
        return False
    return case.refused_at > case.created_at or (case.rule.marketing and case.now - case.refused_at < case.refusal)


def _too_much(case: Case) -> Reason | None:
    return _first(
        (Reason.CAP_TRIGGER, case.sent_of_trigger >= case.rule.most),
        (Reason.CAP_LEAD, case.sent_total >= case.cap.per_lead),
        (Reason.CAP_DAY, case.sent_today >= case.cap.per_day),
    )


def _first(*reasons: tuple[Reason, bool]) -> Reason | None:
    return next((reason for reason, holds in reasons if holds), None)
