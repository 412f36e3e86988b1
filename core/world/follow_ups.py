"""A follow-up's way: it is placed in time when its job first comes, and decided when its moment has come.

Both are one transaction on the locked lead. Sending is an outbox row, a line of Brenda's in the record and an event;
not sending is the reason on the row and an event. Whatever is run twice changes nothing the second time.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

import structlog

from core.db import contact_hours, courses, follow_ups, outbox, people
from core.db.outbox import OutboxDraft
from core.db.pool import Connection, Pool
from core.domain.clock import Clock
from core.domain.countries import country_code
from core.domain.follow_ups import Rule, Schedule, Trigger
from core.domain.people import Lead
from core.domain.promises import FollowUp, FollowUpStatus
from core.integrations.queue import Job, Queue
from core.learning.contact_hours import Habits, Histogram, expected, groups_of, histogram
from core.prompts.prompt_schedule import schedule_in
from core.prompts.prompt_set import PromptSet
from core.world.follow_up_words import mood_of, words
from core.world.governor import Case, Postpone, Reason, Send, Withhold, decide
from core.world.timing import planned_moment, span_of, was_over
from core.world.zone_of import Known, Place, zone_of

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FollowUps:
    """Places, decides and says follow-ups. `samples`: whether sample courses may be named."""

    pool: Pool
    queue: Queue
    prompts: Callable[[], PromptSet]
    clock: Clock
    samples: bool

    async def attend(self, follow_up_id: int) -> bool:
        """What is to be done about a follow-up now; whether something was said.

        Raises:
            PromptError: the schedule or the text cannot be used; the job is tried again.
        """
        now, prompts = self.clock(), self.prompts()
        async with self.pool.connection() as conn, conn.transaction():
            follow_up = await follow_ups.due(conn, follow_up_id)
            lead = await people.by_id(conn, follow_up.lead_id) if follow_up else None
            if follow_up is None or lead is None:
                return False
            visit = _Visit(self, conn, lead, schedule_in(prompts), prompts, now)
            return await visit.attend(follow_up)


@dataclass(frozen=True, slots=True)
class _Visit:
    """One look at one follow-up."""

    parts: FollowUps
    conn: Connection
    lead: Lead
    schedule: Schedule
    prompts: PromptSet
    now: datetime

    async def attend(self, follow_up: FollowUp) -> bool:
        rule = self.schedule.triggers[Trigger(follow_up.kind)]
        presence = await contact_hours.of_lead(self.conn, self.lead, self.now)
        place = zone_of(known_of(self.lead, presence))
        placed = follow_up if follow_up.planned_for else await self._place(follow_up, rule, presence, place)
        if placed is None or placed.planned_for is None:
            return False
        if placed.planned_for > self.now:
            await self._again(placed, placed.planned_for)
            return False
        return await self._decide(placed, rule, place)

    async def _place(
        self, follow_up: FollowUp, rule: Rule, presence: contact_hours.Presence, place: Place
    ) -> FollowUp | None:
        span = span_of(follow_up, rule)
        if was_over(follow_up, span):
            await self._withhold(follow_up, Reason.TOO_LATE)
            return None
        quiet = self.schedule.quiet_for(rule)
        clocks, shares = place.clocks(), await self._shares(presence, place)
        moment = planned_moment(follow_up, span, self.now, zones=clocks, quiet=quiet, shares=shares)
        return await follow_ups.place(
            self.conn, follow_up.id, due_at=span.due_at, planned_for=moment, not_after=span.not_after
        )

    async def _shares(self, presence: contact_hours.Presence, place: Place) -> Histogram:
        habits = Habits.model_validate(await contact_hours.newest(self.conn))
        groups = groups_of(country_code(self.lead.profile.country), self.lead.source)
        return expected(histogram(presence.active, place.clocks()[0]), groups, habits)

    async def _decide(self, follow_up: FollowUp, rule: Rule, place: Place) -> bool:
        match decide(await self._case(follow_up, rule, place)):
            case Send():
                return await self._send(follow_up, rule, place)
            case Withhold(reason):
                await self._withhold(follow_up, reason)
            case Postpone(until, reason):
                if await follow_ups.postpone(self.conn, follow_up.id, until, reason.value):
                    await self._again(follow_up, until)
        return False

    async def _case(self, follow_up: FollowUp, rule: Rule, place: Place) -> Case:
        alike = self.schedule.kinds(rule.marketing)
        found = await follow_ups.circumstances(self.conn, follow_up, alike, self.now)
        caps = self.schedule.caps
        return Case(
            trigger=Trigger(follow_up.kind),
            rule=rule,
            cap=caps.marketing if rule.marketing else caps.service,
            quiet=self.schedule.quiet_for(rule),
            refusal=self.schedule.refusal,
            now=self.now,
            created_at=follow_up.created_at,
            due_at=follow_up.due_at,
            not_after=follow_up.not_after or follow_up.due_at + rule.expires,
            zones=place.clocks(),
            status=follow_up.status,
            stage=self.lead.stage,
            consents=self.lead.consents,
            blocked=self.lead.blocked,
            **asdict(found),
        )

    async def _send(self, follow_up: FollowUp, rule: Rule, place: Place) -> bool:
        if not await follow_ups.decide(self.conn, follow_up.id, FollowUpStatus.SENT, None, self.now):
            return False
        message = words(
            self.prompts,
            follow_up,
            rule,
            self.lead,
            course_name=await self._course_name(),
            mood=mood_of(await follow_ups.readings(self.conn, self.lead.id)),
            place=place,
            venue=await follow_ups.venue(self.conn, follow_up),
            now=self.now,
        )
        key = f"follow_up:{follow_up.id}"
        draft = OutboxDraft(
            key=key,
            channel=self.lead.channel,
            chat=self.lead.chat,
            turn_id=key,
            message=message,
            lead_id=self.lead.id,
            prompt_hash=self.prompts.hash,
        )
        await follow_ups.record_words(self.conn, follow_up, message.text, self.prompts.hash, self.now)
        await outbox.add(self.conn, [draft], self.now)
        return True

    async def _course_name(self) -> str:
        course_id = self.lead.course_id
        course = await courses.by_id(self.conn, course_id, self.parts.samples) if course_id is not None else None
        return course.name if course else ""

    async def _withhold(self, follow_up: FollowUp, reason: Reason) -> None:
        if await follow_ups.decide(self.conn, follow_up.id, FollowUpStatus.WITHHELD, reason.value, self.now):
            log.info("follow_up_withheld", follow_up=follow_up.id, trigger=follow_up.kind, reason=reason.value)

    async def _again(self, follow_up: FollowUp, at: datetime) -> None:
        await self.parts.queue.defer(self.conn, Job.FOLLOW_UP, at=at, follow_up=follow_up.id)


def known_of(lead: Lead, presence: contact_hours.Presence) -> Known:
    """All that tells where a lead is."""
    return Known(
        stated=lead.timezone,
        booked=presence.booked,
        country=lead.profile.country,
        phone=presence.phone,
        language=lead.language,
        active=presence.active,
    )
