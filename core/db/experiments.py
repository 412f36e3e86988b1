"""Experiments' rows, and what became of the people in them.

A person may be several leads, who left the same e-mail address in two chats; they count once, with the arm that they
met first. Who saw two arms in one experiment is counted as crossed and left out of every comparison: two chats of one
person in different arms, rows that were changed by hand, or a turn that was decided before the person took part (a
raised coverage) all show as an exposure or a selection with another arm. Chats of the evals are no people.
"""

from datetime import datetime
from typing import Any

from psycopg.errors import UniqueViolation
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from core.db.pool import Connection
from core.domain.experiments import Cell, Draft, Experiment, Guardrail
from core.errors import ExperimentError

_FIELDS = (
    "key, hypothesis, arms, control, metric, guardrails, baseline, minimum_effect, people_per_arm, window_days, "
    "coverage, namespace, seed"
)
_COLUMNS = f"id, {_FIELDS}, created_at, started_at, stopped_at, winner"
_CELLS = """
with exposed as (
    select a.lead_id, a.arm, a.exposed_at, coalesce(a.weights, e.arms) as weights,
        coalesce(nullif(lower(trim(l.profile->>'email')), ''), l.id::text) as person, l.blocked_at
    from assignments a join experiments e on e.id = a.experiment_id join leads l on l.id = a.lead_id
    where e.id = %(id)s and a.exposed_at <= %(until)s and l.channel <> 'evals'
), people as (
    select person, min(exposed_at) as since, array_agg(lead_id) as leads, max(blocked_at) as blocked_at,
        (array_agg(arm order by exposed_at, lead_id))[1] as arm,
        (array_agg(weights order by exposed_at, lead_id))[1] as weights,
        min(exposed_at) + %(window)s * interval '1 day' as closes,
        count(distinct arm) > 1 or bool_or(exists (
            select from selections s where s.lead_id = exposed.lead_id and s.arm <> exposed.arm
                and s.at between %(since)s and %(until)s)) as crossed
    from exposed group by person
), counted as (
    select arm, weights, crossed, closes > %(until)s as waiting, least(closes, %(until)s) as closes, since, leads,
        blocked_at
    from people where closes <= %(until)s or not %(settled)s
), judged as (
    select arm, weights, crossed, waiting, blocked_at between since and closes as blocks,
        (select array_agg(distinct kind) from events
         where lead_id = any(leads) and at between since and closes) as kinds
    from counted
)
select arm, weights, count(*) as exposed, count(*) filter (where crossed) as crossed,
    count(*) filter (where not crossed) as people,
    count(*) filter (where not crossed and waiting) as waiting,
    count(*) filter (where not crossed and %(metric)s = any(kinds)) as converted,
    count(*) filter (where not crossed and 'opted_out' = any(kinds)) as opt_outs,
    count(*) filter (where not crossed and 'handoff_started' = any(kinds)) as handoffs,
    count(*) filter (where not crossed and blocks) as blocks
from judged group by arm, weights order by arm, weights::text
"""


async def create(conn: Connection, draft: Draft) -> Experiment:
    """Write an experiment down. It begins with `start`.

    Raises:
        ExperimentError: there is one of that key already.
    """
    row = draft.model_dump(mode="json", include=set(_FIELDS.split(", ")))
    row |= {"arms": Jsonb(draft.arms), "namespace": Jsonb(row["namespace"]) if draft.namespace else None}
    places = ", ".join(f"%({name})s" for name in _FIELDS.split(", "))
    try:
        cursor = await conn.execute(
            f"insert into experiments ({_FIELDS}) values ({places}) returning {_COLUMNS}",  # noqa: S608
            row,
        )
    except UniqueViolation:
        raise ExperimentError(f"There is already one named {draft.key!r}; choose another key.") from None
    created = await cursor.fetchone()
    assert created is not None  # noqa: S101 - "returning" always gives the row
    return _experiment(created)


async def every(conn: Connection, lock: bool = False) -> list[Experiment]:
    """All of them, the oldest first; `lock` keeps others from starting or stopping one in this transaction."""
    if lock:
        await conn.execute("lock table experiments in share row exclusive mode")
    cursor = await conn.execute(f"select {_COLUMNS} from experiments order by id")  # noqa: S608
    return [_experiment(row) for row in await cursor.fetchall()]


async def start(conn: Connection, experiment: Experiment, now: datetime) -> Experiment:
    """Let it take people from now on."""
    return await _set(conn, experiment, "started_at = %(now)s", {"now": now})


async def stop(conn: Connection, experiment: Experiment, winner: str | None, now: datetime) -> Experiment:
    """Let it take nobody any more; the winner, if any, becomes what new people get."""
    return await _set(conn, experiment, "stopped_at = %(now)s, winner = %(winner)s", {"now": now, "winner": winner})


async def cells(conn: Connection, experiment: Experiment, until: datetime, settled: bool = False) -> list[Cell]:
    """What became of the people who were exposed until then, by arm and by the weights they were assigned under.

    An outcome counts from the exposing turn on until the window closes. `settled` leaves out those whose window is open
    still. A block counts while it stands: who came back has not blocked her.
    """
    given = {
        "id": experiment.id,
        "since": experiment.started_at,
        "until": until,
        "window": experiment.window_days,
        "metric": experiment.metric.value,
        "settled": settled,
    }
    cursor = await conn.execute(_CELLS, given)
    return [_cell(row) for row in await cursor.fetchall()]


async def _set(conn: Connection, experiment: Experiment, change: str, given: dict[str, Any]) -> Experiment:
    cursor = await conn.execute(
        f"update experiments set {change} where id = %(id)s returning {_COLUMNS}",  # noqa: S608
        {**given, "id": experiment.id},
    )
    row = await cursor.fetchone()
    if row is None:
        raise ExperimentError(f"{experiment.key!r} is gone: its row was deleted.")
    return _experiment(row)


def _experiment(row: DictRow) -> Experiment:
    return Experiment.model_validate(row)


def _cell(row: DictRow) -> Cell:
    counts = {name: row[name] for name in ("arm", "weights", "exposed", "crossed", "people", "converted", "waiting")}
    return Cell(**counts, harmed={guardrail: row[guardrail.value] for guardrail in Guardrail})
