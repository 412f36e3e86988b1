"""Puts a scenario's world into the database: offers and places on them, advisors, the lead's row, anything else.

Only what the file says is changed. Names of tables and columns are checked by the database itself; a wrong one is
told as the scenario's fault, with the words of the database.
"""

from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from core.db.pool import Connection
from core.errors import EvalError
from evals.durations import moment
from evals.world import AdvisorRow, OfferRow, Values, World

CHANNEL = "evals"
JSON_COLUMNS = frozenset({"profile", "metrics", "payload", "arms"})


async def place_world(conn: Connection, world: World, chat: str) -> None:
    """Make the world true. The database must be as the template was.

    Raises:
        EvalError: a table, a column or a value that the database refuses.
    """
    try:
        async with conn.transaction():
            await _place(conn, world, chat)
    except psycopg.Error as error:
        raise EvalError(f"The world of this scenario cannot be: {str(error).splitlines()[0]}.") from error


async def _place(conn: Connection, world: World, chat: str) -> None:
    for removal in world.remove:
        await _delete(conn, removal.table, removal.where)
    for change in world.change:
        await _update(conn, change.table, change.set, change.where)
    if world.offers is not None:
        await conn.execute("delete from offers")
        for offer in world.offers:
            await _offer(conn, offer, world.now)
    if world.advisors is not None:
        await conn.execute("delete from advisors")
        for advisor in world.advisors:
            await _advisor(conn, advisor)
    for row in world.rows:
        await _insert(conn, row.table, row.values)
    if world.arm:
        await conn.execute("update experiments set arms = %s", (Jsonb({world.arm: 1}),))
    if world.lead:
        known = {"channel": CHANNEL, "chat": chat, "created_at": world.now, "last_seen_at": world.now}
        await _insert(conn, "leads", {**known, **world.lead})


async def _offer(conn: Connection, offer: OfferRow, now: datetime) -> None:
    values = offer.model_dump(exclude={"starts", "ends", "approved", "paid", "held"})
    starts = moment(offer.starts, now)
    approval = {"approved_by": "Dirección académica (ejemplo)", "approved_at": min(starts, now)}
    row = {**values, "starts_at": starts, "ends_at": moment(offer.ends, now), "is_sample": True}
    made = await _insert(conn, "offers", {**row, **(approval if offer.approved else {})})
    for status, places in (("paid", offer.paid), ("reserved", offer.held)):
        until = None if status == "paid" else moment(offer.ends, now)
        for _ in range(places):  # the people who hold them are nobody's leads: a claim outlives its lead
            claim = {"offer_id": made["id"], "status": status, "reserved_until": until}
            await _insert(conn, "offer_claims", claim)


async def _advisor(conn: Connection, advisor: AdvisorRow) -> None:
    row = {"name": advisor.name, "chat": advisor.chat, "is_active": advisor.active, "is_sample": True}
    await _insert(conn, "advisors", {**row, **advisor.also})


async def _insert(conn: Connection, table: str, values: Values) -> dict[str, Any]:
    row = await _columns(conn, values)
    query = sql.SQL("insert into {} ({}) values ({}) returning *").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(map(sql.Placeholder, row)),
    )
    made = await (await conn.execute(query, row)).fetchone()
    return dict(made or {})


async def _update(conn: Connection, table: str, values: Values, where: Values) -> None:
    row, known = await _columns(conn, values), await _columns(conn, where)
    assignments = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(key), sql.Placeholder(f"set_{key}")) for key in row
    )
    query = sql.SQL("update {} set {} where {}").format(sql.Identifier(table), assignments, _condition(known))
    parameters = {**{f"set_{key}": value for key, value in row.items()}, **_wanted(known)}
    _met(await conn.execute(query, parameters), table, where)


async def _delete(conn: Connection, table: str, where: Values) -> None:
    known = await _columns(conn, where)
    query = sql.SQL("delete from {} where {}").format(sql.Identifier(table), _condition(known))
    _met(await conn.execute(query, _wanted(known)), table, where)


def _met(cursor: psycopg.AsyncCursor[Any], table: str, where: Values) -> None:
    """A change that meets no row is a mistake of the scenario."""
    if cursor.rowcount == 0:
        raise EvalError(f"The world changes {table} where {where}, and no row is like that.")


def _condition(known: Values) -> sql.Composable:
    parts = [sql.SQL("{} = {}").format(sql.Identifier(key), sql.Placeholder(f"where_{key}")) for key in known]
    return sql.SQL(" and ").join(parts) if parts else sql.SQL("true")


def _wanted(known: Values) -> Values:
    return {f"where_{key}": value for key, value in known.items()}


async def _columns(conn: Connection, values: Values) -> Values:
    """Values as the database takes them: a course by its slug, mappings as JSON."""
    row: Values = {}
    for key, value in values.items():
        if key == "course":
            found = await (await conn.execute("select id from courses where slug = %s", (value,))).fetchone()
            if found is None:
                raise EvalError(f"The world names the course {value!r}, and there is no such course.")
            row["course_id"] = found["id"]
        else:
            row[key] = Jsonb(value) if isinstance(value, dict) or key in JSON_COLUMNS else value
    return row
