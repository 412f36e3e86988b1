"""Logged decisions with their outcomes, of people who allow that is learned from their chats.

An outcome counts within a window after the decision, and a decision counts only once its window is over: a sale comes
early or never, so young decisions with a reward must wait for those without. Only the latest tick of a lead counts, and
an erased lead is gone from here with their rows. Simulated prospects are no people and are left out.
"""

from datetime import datetime, timedelta

from psycopg.rows import DictRow

from core.db.pool import Connection
from core.domain.decisions import NONE, Decision, Period

_SELLING = "('conversation', 'demo', 'checkout')"
_CONSENTED = """
    coalesce((select granted from consents where lead_id = s.lead_id and kind = 'learning'
              order by at desc, id desc limit 1), false)
"""
_DECISIONS = f"""
    select s.lead_id, s.turn_id, s.at, s.stage, s.arm, s.eligible, s.probabilities, s.suggestion, s.called,
        s.exploration_floor, s.score, s.features, s.leans,
        exists (select from events where lead_id = s.lead_id and kind = 'purchase_completed'
                and at >= s.at and at < s.at + %(window)s) as sale,
        exists (select from events where lead_id = s.lead_id and kind = 'demo_requested'
                and at >= s.at and at < s.at + %(window)s
                and (turn_id is distinct from s.turn_id or s.features->>'intent' = 'wants_demo'))
        or exists (select from demo_links where lead_id = s.lead_id
                   and opened_at > s.at and opened_at < s.at + %(window)s) as step
    from selections s join leads on leads.id = s.lead_id
    where s.at >= %(since)s and s.at < least(%(until)s, %(now)s - %(window)s)
      and s.stage in {_SELLING} and leads.channel <> 'evals' and {_CONSENTED}
    order by s.at, s.id
"""  # noqa: S608
_LEFT_OUT = f"""
    select count(*) filter (where not consented) as unconsented,
        count(*) filter (where consented and young) as undecided
    from (
        select {_CONSENTED} as consented, s.at >= %(now)s - %(window)s as young
        from selections s join leads on leads.id = s.lead_id
        where s.at >= %(since)s and s.at < %(until)s and s.stage in {_SELLING} and leads.channel <> 'evals'
    ) as judged
"""  # noqa: S608


async def between(conn: Connection, since: datetime, until: datetime, window: timedelta, now: datetime) -> Period:
    """The decisions of the selling stages from `since` to before `until` whose window is over, in their order."""
    given = {"since": since, "until": until, "window": window, "now": now}
    rows = await (await conn.execute(_DECISIONS, given)).fetchall()
    left_out = await (await conn.execute(_LEFT_OUT, given)).fetchone() or {}
    return Period(
        decisions=tuple(_decision(row) for row in rows),
        since=since,
        until=min(until, now - window),
        unconsented=int(left_out.get("unconsented", 0)),
        undecided=int(left_out.get("undecided", 0)),
    )


def _decision(row: DictRow) -> Decision:
    return Decision(
        lead=row["lead_id"],
        turn_id=row["turn_id"],
        at=row["at"],
        stage=row["stage"],
        arm=row["arm"],
        eligible=tuple(row["eligible"]),
        probabilities=row["probabilities"],
        drawn=row["suggestion"] or NONE,
        called=tuple(row["called"]),
        floor=row["exploration_floor"],
        features={**row["features"], "score": row["score"]},
        leans=row["leans"],
        step=row["step"],
        sale=row["sale"],
    )
