"""Leads: who writes, what they allowed, all that is kept of them, and its erasure."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import DictRow

from core.db import bookings, courses, follow_ups, predictors, recommenders
from core.db.pool import Connection
from core.domain.bookings import Booking
from core.domain.catalog import Course, Module
from core.domain.experiments import Trial
from core.domain.people import Lead
from core.domain.turn import SavedState

_COLUMNS = """
    leads.id, leads.channel, leads.chat, leads.name, leads.stage, leads.language, leads.timezone, leads.course_id,
    leads.campaign, leads.source, leads.profile, leads.blocked_at is not null as blocked, leads.created_at,
    leads.last_seen_at,
    (select coalesce(array_agg(kind), '{}') from (
        select distinct on (kind) kind, granted from consents where lead_id = leads.id order by kind, at desc, id desc
    ) latest where granted) as consents
"""
# Nobody waits for the disk here: what comes after, the turn's record, makes this durable too.
_MEET = f"""
    insert into leads (channel, chat, created_at, last_seen_at)
    select %(channel)s, %(chat)s, %(now)s, %(now)s
    from (select set_config('synchronous_commit', 'off', true)) as relaxed
    on conflict (channel, chat) do update set last_seen_at = excluded.last_seen_at, blocked_at = null
    returning {_COLUMNS},
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
_BY_ID = f"select {_COLUMNS} from leads where id = %s"  # noqa: S608
_EXPORTED = {
    **dict.fromkeys(
        ("consents", "messages", "events", "demo_links", "payments", "handoffs", "follow_ups", "offer_claims"), "id"
    ),
    "bookings": "number",
    "crm_contacts": "synced_at",
    "email_enrolments": "started_at",
    "email_links": "created_at",
    "shared_links": "created_at",
    "selections": "id",
    "assignments": "experiment_id",
}
"""Every table with rows of a lead, and by what they are put in order."""
_EMAILS = """
    select jsonb_build_object('at', created_at, 'status', status, 'to', message->'mail'->>'to',
        'subject', message->'mail'->>'subject', 'text', message->'mail'->>'text') as data
    from outbox where lead_id = %s and channel = 'email' and message ? 'mail' order by id
"""


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


async def meet(conn: Connection, *, channel: str, chat: str, samples: bool, now: datetime) -> Meeting:
    """The lead of this chat, made if new, with all that a turn needs to know; one round trip."""
    given = {"channel": channel, "chat": chat, "samples": samples, "now": now}
    row = await (await conn.execute(_MEET, given)).fetchone()
    assert row is not None  # noqa: S101 - "returning" always gives the row
    enrolment = _enrolment(row.pop("experiments") or [])
    live, downloads = frozenset(row.pop("live_offers")), row.pop("downloads")
    course, versions = row.pop("course"), (row.pop("predictor"), row.pop("recommender"))
    booked, state = row.pop("booking"), row.pop("state")
    return Meeting(
        lead=_lead(row),
        enrolment=enrolment,
        live_offers=live,
        course=courses.read(course) if course else None,
        state=SavedState(**state) if state else None,
        predictor=versions[0],
        recommender=versions[1],
        booking=Booking.model_validate(booked) if booked else None,
        downloads=downloads,
    )


async def by_id(conn: Connection, lead_id: UUID) -> Lead | None:
    """The lead, or None."""
    row = await (await conn.execute(_BY_ID, (lead_id,))).fetchone()
    return _lead(row) if row else None


async def export(conn: Connection, lead_id: UUID) -> str:
    """All that is kept of a lead, as readable JSON."""
    lead = await (await conn.execute("select to_jsonb(leads) as data from leads where id = %s", (lead_id,))).fetchone()
    data = {"lead": lead["data"] if lead else None}
    for table, order in _EXPORTED.items():
        rows = await conn.execute(
            f"select to_jsonb({table}) as data from {table} where lead_id = %s order by {order}",  # noqa: S608
            (lead_id,),
        )
        data[table] = [row["data"] for row in await rows.fetchall()]
    written = await conn.execute(_EMAILS, (lead_id,))
    data["emails"] = [row["data"] for row in await written.fetchall()]
    return json.dumps(data, ensure_ascii=False, indent=2)


async def erase(conn: Connection, lead: Lead, thread: str) -> None:
    """Delete the lead and all that hangs on them, their inbox, their outbox, and the graph's state of the chat.

    Payments stay without a name, because the books must add up. To be called inside a transaction.
    """
    chat = (lead.channel, lead.chat)
    await conn.execute("delete from inbox where channel = %s and chat = %s and done_at is not null", chat)
    await conn.execute("delete from outbox where channel = %s and chat = %s and status <> 'pending'", chat)
    await conn.execute("delete from outbox where lead_id = %s", (lead.id,))
    for table in ("checkpoints", "checkpoint_blobs", "checkpoint_writes"):
        await conn.execute(f"delete from {table} where thread_id = %s", (thread,))  # noqa: S608
    # The turn's id names the chat.
    await conn.execute(
        "update payments set turn_id = 'erased', key = 'erased:' || id::text where lead_id = %s", (lead.id,)
    )
    await conn.execute("delete from leads where id = %s", (lead.id,))


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


def _lead(row: DictRow) -> Lead:
    return Lead.model_validate(row)
