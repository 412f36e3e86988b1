"""The planner: once a minute it looks who fell silent, cancels what became pointless, and takes up what lost its job.

It needs nothing of a turn, so that an answer waits for nothing of it. Everybody is looked at once for each time that
they were last seen, some minutes after; the key of what is planned names the turn or the payment that gave rise to it.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from core.db import contact_hours, follow_ups, people, silences
from core.db.pool import Connection, Pool
from core.db.silences import Silence
from core.domain.clock import Clock
from core.domain.countries import country_code
from core.domain.follow_ups import ADVERTISING, Schedule, Trigger
from core.domain.zones import zone
from core.integrations.queue import Job, Queue
from core.learning.contact_hours import Habits, Person, groups_of, histogram, learn_habits
from core.prompts.prompt_schedule import schedule_in
from core.prompts.prompt_set import PromptSet
from core.world.follow_ups import known_of
from core.world.triggers import trigger
from core.world.zone_of import Known, zone_of

log = structlog.get_logger(__name__)

PATIENCE = timedelta(minutes=5)
"""Who was last seen longer ago than this is taken to have fallen silent."""
LOST = timedelta(minutes=3)
"""What was due so long ago and has no job has lost it."""
RELEARN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans, cancels and learns in the background; of those who fell silent it looks at `most` in one round."""

    pool: Pool
    queue: Queue
    prompts: Callable[[], PromptSet]
    clock: Clock
    most: int = 1000

    async def plan(self) -> None:
        """One round; another worker's round at the same time makes this one do nothing."""
        now, schedule = self.clock(), schedule_in(self.prompts())
        async with self.pool.connection() as conn, conn.transaction():
            after = await silences.scanned_until(conn)
            if after is None:
                return
            await silences.cancel_broken(conn, schedule.kinds(marketing=True), _unless_answered(schedule), now)
            await self._look(conn, after, now - PATIENCE)
            await self._take_up(conn, now - LOST)
            await self._settle_clocks(conn, now)

    async def learn(self) -> bool:
        """Learn once a day at which hours people answer; False when that was done within the day."""
        now = self.clock()
        async with self.pool.connection() as conn, conn.transaction():
            learned_at = await contact_hours.learned_at(conn)
            if learned_at is not None and now - learned_at < RELEARN:
                return False
            known = await contact_hours.of_learning_leads(conn, now)
            habits = await asyncio.to_thread(_learn, known)
            await contact_hours.keep(conn, habits.model_dump(mode="json"), now)
        return True

    async def _look(self, conn: Connection, after: datetime, until: datetime) -> None:
        if until < after:
            return
        found = await silences.silent(conn, after, until, sorted(ADVERTISING), self.most)
        for silence in found:
            if silence.may:
                await self._raise(conn, silence)
        full = len(found) == self.most and found[-1].last_seen_at > after
        await silences.move_on(conn, found[-1].last_seen_at if full else until)

    async def _raise(self, conn: Connection, silence: Silence) -> None:
        kind, key, subject = cause(silence)
        if kind:
            await trigger(conn, self.queue, silence.lead_id, kind, key, silence.at, subject=subject)

    async def _settle_clocks(self, conn: Connection, now: datetime) -> None:
        """Who was promised a word at an hour, and has said since where they are, gets it at that hour of their day."""
        for follow_up, lead_id, due_at, guessed in await follow_ups.on_guessed_clocks(conn):
            lead = await people.by_id(conn, lead_id)
            place = zone_of(known_of(lead, await contact_hours.of_lead(conn, lead, now))) if lead else None
            if place is None or not place.is_sure:
                continue
            meant = same_hour(due_at, guessed, place.zone)
            if await follow_ups.settle_clock(conn, follow_up, max(meant, now)):
                await self.queue.defer(conn, Job.FOLLOW_UP, at=max(meant, now), follow_up=follow_up)

    async def _take_up(self, conn: Connection, before: datetime) -> None:
        for follow_up in await follow_ups.orphans(conn, Job.FOLLOW_UP.value, before):
            log.warning("lost_follow_up_queued", follow_up=follow_up)
            await self.queue.defer(conn, Job.FOLLOW_UP, follow_up=follow_up)


def same_hour(moment: datetime, guessed: str, known: str) -> datetime:
    """The moment at which a clock elsewhere shows what the guessed one shows at `moment`, on the same date."""
    return moment.astimezone(zone(guessed)).replace(tzinfo=zone(known)).astimezone(UTC)


def cause(silence: Silence) -> tuple[Trigger | None, str, str]:
    """What a silence is about: the trigger, the key, and the row that it stands and falls with."""
    if silence.payment_id:
        return Trigger.CHECKOUT_LEFT, str(silence.payment_id), f"payments:{silence.payment_id}"
    if silence.price_turn:
        return Trigger.PRICE_ASKED, silence.price_turn, ""
    if "?" in silence.said or (silence.question and not silence.said):
        return Trigger.SILENCE, silence.turn_id, ""
    return None, "", ""


def person_of(habit: contact_hours.Habit) -> Person | None:
    """Somebody's hours on their own clock; None while their zone is only guessed, because a guess teaches nothing."""
    place = zone_of(Known(stated=habit.timezone, country=habit.country, language=habit.language))
    if not place.is_sure:
        return None
    return Person(histogram(habit.active, place.clocks()[0]), groups_of(country_code(habit.country), habit.source))


def _learn(known: Sequence[contact_hours.Habit]) -> Habits:
    return learn_habits([person for habit in known if (person := person_of(habit))])


def _unless_answered(schedule: Schedule) -> list[str]:
    return [kind.value for kind, rule in schedule.triggers.items() if rule.unless_answered]
