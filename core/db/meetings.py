"""Meetings: a lead at the start of a turn, with all that the turn needs to know, in one round trip.

Who has something waiting in the inbox is met by the same statement that takes it.
"""

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import DictRow

from core.db import bookings, courses, follow_ups, inbox, people, predictors, recommenders
from core.db.inbox import Taken
from core.db.pool import Connection
from core.db.statements import compact
from core.domain.bookings import Booking
from core.domain.catalog import Course, Module
from core.domain.experiments import Trial
from core.domain.people import Lead
from core.domain.turn import SavedState

_MET = f"""
    insert into leads (channel, chat, created_at, last_seen_at)
    select %(channel)s, %(chat)s, %(now)s, %(now)s from once
    on conflict (channel, chat) do update set last_seen_at = excluded.last_seen_at, blocked_at = null
    returning {people.COLUMNS},
        (select jsonb_agg(jsonb_build_object('experiment', key, 'seed', seed, 'arms', arms, 'coverage', coverage,
            'namespace', namespace, 'winner', winner, 'arm', (
                select arm from assignments where experiment_id = experiments.id and lead_id = leads.id))
            order by stopped_at, id)
         from experiments where started_at <= %(now)s and (stopped_at is null or winner is not null)) as experiments,
        (select coalesce(array_agg(distinct kind), '{{}}') from offers
         where course_id = leads.course_id and approved_at is not null and (not is_sample or %(samples)s)
           and starts_at <= %(now)s and ends_at > %(now)s
           and (max_claims is null or max_claims > (
                select count(*) from offer_claims where offer_id = offers.id and status = 'paid'))) as live_offers,
        ({courses.OF_LEAD}) as course,
        ({predictors.ACTIVE}) as predictor,
        ({recommenders.IN_FORCE}) as recommender,
        ({bookings.NEXT_OF_LEAD}) as booking,
        (select count(*) from events
         where lead_id = leads.id and kind in ('resource_downloaded', 'preview_opened')) as downloads,
        {follow_ups.UNSEEN} as unseen,
        (select jsonb_build_object('id', checkpoint_id, 'parent', parent_checkpoint_id, 'checkpoint', checkpoint,
            'metadata', metadata)
         from checkpoints where thread_id = leads.channel || ':' || leads.chat and checkpoint_ns = ''
         order by checkpoint_id desc limit 1) as state
"""  # noqa: S608
# Nobody waits for the disk here: what comes after, the turn's record, makes this durable too.
_MEET = f"with once as materialized (select set_config('synchronous_commit', 'off', true)) {_MET}"
_TAKE = compact(f"""
    with {inbox.TAKING}, once as (select from taken limit 1), met as ({_MET})
    select met.*, (select jsonb_agg(taken) from taken) as taken from met
""")  # noqa: S608


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The experiments as one lead meets them.

    `arm` is the one that they were first exposed to and keep, of the running `experiment` or, when that is empty, of
    one that was stopped with a winner; None before. `running` are those that may take them, and `default` is the
    latest winner, which new people get.
    """

    running: tuple[Trial, ...] = ()
    arm: str | None = None
    experiment: str = ""
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A lead at the start of a turn. `live_offers` are the kinds of offers that are live for their course now.

    `course` is theirs with its modules; None when they have none, or one that may not be shown. `state` is what the
    chat's last turn left. `booking` is their next demonstration; `downloads` how often they opened a file by its link
    (once a day and file).
    """

    lead: Lead
    enrolment: Enrolment
    live_offers: frozenset[str]
    course: tuple[Course, tuple[Module, ...]] | None
    state: SavedState | None = None
    predictor: int | None = None
    recommender: int | None = None
    booking: Booking | None = None
    downloads: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A turn that waited in the inbox, and whose it is."""

    taken: Taken
    meeting: Meeting


async def meet(conn: Connection, *, channel: str, chat: str, samples: bool, now: datetime) -> Meeting:
    """The lead of this chat, made if new. `samples`: sample rows may be told."""
    given = {"channel": channel, "chat": chat, "samples": samples, "now": now}
    row = await (await conn.execute(_MEET, given)).fetchone()
    assert row is not None  # noqa: S101 - "returning" always gives the row
    return _meeting(row)


async def take(
    conn: Connection, *, channel: str, chat: str, samples: bool, now: datetime, settled: datetime | None = None
) -> Waiting | None:
    """The chat's next turn as `inbox.take` takes it, and its lead as `meet` meets them.

    None when nothing waits, or when something arrived after the moment `settled`.
    """
    given = {"channel": channel, "chat": chat, "samples": samples, "now": now, "settled": settled}
    row = await (await conn.execute(_TAKE, given)).fetchone()
    if row is None:
        return None
    taken = inbox.read(row.pop("taken"))
    return Waiting(taken, _meeting(row))


def _meeting(row: DictRow) -> Meeting:
    enrolment = _enrolment(row.pop("experiments") or [])
    live, downloads = frozenset(row.pop("live_offers")), row.pop("downloads")
    course, versions = row.pop("course"), (row.pop("predictor"), row.pop("recommender"))
    booked, state = row.pop("booking"), row.pop("state")
    return Meeting(
        lead=people.read(row),
        enrolment=enrolment,
        live_offers=live,
        course=courses.read(course) if course else None,
        state=SavedState(**state) if state else None,
        predictor=versions[0],
        recommender=versions[1],
        booking=Booking.model_validate(booked) if booked else None,
        downloads=downloads,
    )


def _enrolment(experiments: list[DictRow]) -> Enrolment:
    """From the experiments that run or were won, those that were stopped first, first."""
    running = tuple(_trial(row) for row in experiments if row["winner"] is None)
    winners = [row["winner"] for row in experiments if row["winner"]]
    met = [row for row in experiments if row["arm"]]
    return Enrolment(
        running=running,
        arm=met[-1]["arm"] if met else None,
        experiment=met[-1]["experiment"] if met and met[-1]["winner"] is None else "",
        default=winners[-1] if winners else None,
    )


def _trial(row: DictRow) -> Trial:
    """Arms are in the order of their names: the database keeps none, and shares of [0, 1) follow it."""
    owned = row["namespace"]
    stretch = (owned["name"], owned["start"], owned["end"]) if owned else None
    return Trial(row["experiment"], row["seed"], dict(sorted(row["arms"].items())), row["coverage"], stretch)
