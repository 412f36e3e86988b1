"""The pool of connections that everything shares, made to work through a transaction pooler too.

A transaction pooler hands each transaction to another server session, so nothing may rest in a session: no prepared
statements unless they are asked for, no start-up options, no `set`. Connections are in autocommit and give dicts;
whoever writes more than one row opens `conn.transaction()`. Moments are read as aware UTC whatever the session's time
zone is: the conversion is done here, not asked of the server.
"""

from datetime import UTC, datetime
from select import POLLIN, poll
from time import monotonic
from typing import TypeAlias
from weakref import WeakKeyDictionary

import orjson
import psycopg
from psycopg import AsyncConnection
from psycopg.abc import Buffer
from psycopg.adapt import AdaptersMap
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row
from psycopg.types.datetime import TimestamptzBinaryLoader, TimestamptzLoader
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from core.errors import DatabaseUnavailableError

Connection: TypeAlias = AsyncConnection[DictRow]
Pool: TypeAlias = AsyncConnectionPool[Connection]

PREPARED_AFTER = 2
"""A statement that a connection runs more often than this is prepared, where that is possible."""
_CONNECT_SECONDS = 10
_WAIT_SECONDS = 15.0
_IDLE_SECONDS = 300.0
_RESTED_SECONDS = 5.0


class _UtcLoader(TimestamptzLoader):
    def load(self, data: Buffer) -> datetime:
        return super().load(data).astimezone(UTC)


class _UtcBinaryLoader(TimestamptzBinaryLoader):
    def load(self, data: Buffer) -> datetime:
        return super().load(data).astimezone(UTC)


def utc_adapters() -> AdaptersMap:
    """Psycopg's own adapters, but `timestamptz` is read as aware UTC, and JSON is written and read by orjson."""
    adapters = AdaptersMap(psycopg.adapters)
    adapters.register_loader("timestamptz", _UtcLoader)
    adapters.register_loader("timestamptz", _UtcBinaryLoader)
    set_json_dumps(orjson.dumps, adapters)
    set_json_loads(orjson.loads, adapters)
    return adapters


async def open_pool(url: str, size: int, *, prepares: bool = False) -> Pool:
    """An open pool of at most `size` connections; the caller closes it.

    `prepares`: nobody stands between us and the server, so that it may plan a statement once and keep the plan.

    Raises:
        DatabaseUnavailableError: nobody answers at the address, or the database refuses; it names host and port.
    """
    # A connection of its own comes first, because a pool only tells that it has waited, not why.
    try:
        async with await _connect(url):
            pass
    except psycopg.Error as error:
        raise DatabaseUnavailableError(_reason(url, error)) from None
    pool = _pool(url, size, prepares)
    try:
        await pool.open(wait=True, timeout=_WAIT_SECONDS)
    except PoolTimeout:
        await pool.close()
        raise DatabaseUnavailableError(
            f"{_place(url)} gave one connection but not {min(2, size)}; raise its limit of connections."
        ) from None
    return pool


async def _connect(url: str) -> Connection:
    return await AsyncConnection.connect(
        url,
        autocommit=True,
        row_factory=dict_row,
        prepare_threshold=None,
        context=_Context(),
        connect_timeout=_CONNECT_SECONDS,
    )


def _pool(url: str, size: int, prepares: bool) -> Pool:
    return AsyncConnectionPool(
        url,
        connection_class=AsyncConnection[DictRow],
        configure=_in_autocommit,  # not among `kwargs`: procrastinate's listener passes those on beside its own
        kwargs={
            "row_factory": dict_row,
            "prepare_threshold": PREPARED_AFTER if prepares else None,
            "context": _Context(),
            "connect_timeout": _CONNECT_SECONDS,
        },
        min_size=min(2, size),
        max_size=size,
        max_idle=_IDLE_SECONDS,
        timeout=_WAIT_SECONDS,
        check=_Liveness().check,
        open=False,
    )


async def _in_autocommit(conn: Connection) -> None:
    await conn.set_autocommit(True)


class _Liveness:
    """Asks a connection whether it still lives, but only when there is a doubt, because asking is a round trip.

    There is one when it has rested for a while, or when there is something to read on it though nobody asked: a server
    that goes away says so, and its end of the socket is then closed.
    """

    def __init__(self) -> None:
        self._used: WeakKeyDictionary[Connection, float] = WeakKeyDictionary()

    async def check(self, conn: Connection) -> None:
        now = monotonic()
        rested = now - self._used.get(conn, -_RESTED_SECONDS)
        self._used[conn] = now
        if rested >= _RESTED_SECONDS or _has_something_to_say(conn):
            await AsyncConnectionPool.check_connection(conn)


def _has_something_to_say(conn: Connection) -> bool:
    poller = poll()
    poller.register(conn.fileno(), POLLIN)
    return bool(poller.poll(0))


class _Context:
    """What psycopg takes adapters from when it makes a connection."""

    def __init__(self) -> None:
        self.adapters = utc_adapters()
        self.connection = None


def _place(url: str) -> str:
    """Host and port of an address, never its user or password."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return "the address"
    return f"{parts.get('host') or 'localhost'}:{parts.get('port') or 5432}"


def _reason(url: str, error: psycopg.Error) -> str:
    """What went wrong. Of the vendor's message only what the server said is kept: the rest may repeat the address."""
    if isinstance(error, psycopg.ProgrammingError):
        return "DATABASE_URL should look like postgresql://user:password@host:5432/name."
    _, fatal, said = str(error).partition("FATAL:")
    if fatal:
        return f"{_place(url)} answers, but says: {said.strip().splitlines()[0]}; check DATABASE_URL."
    return f"Nobody answers at {_place(url)}; check DATABASE_URL and that the server runs."
