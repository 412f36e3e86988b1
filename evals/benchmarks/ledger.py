"""What a turn leaves on disk, read from the rows themselves.

A turn's rows, in whichever public table, are those whose `xmin` is a transaction that began after the mark that was set
before the turn. Their size is told twice, each with the 24 bytes of every row's header: as they were written, and as
they lie on disk (`pg_column_size`, after compression). The second flatters whoever stores the same again and again, the
more so as the benchmark's people and its model repeat themselves. Indexes are not counted, for nobody, nor is a row
that the turn both wrote and deleted, such as its job.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow

HEADER_BYTES = 24
_ASK_SECONDS = 0.002

_COLUMNS = """
select relname, array_agg(attname::text), array_agg(atttypid::regtype::text)
from pg_class join pg_attribute on attrelid = pg_class.oid
where relnamespace = 'public'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped group by relname
"""


_WRITTEN = {"jsonb": "octet_length({}::text)", "text": "octet_length({})", "bytea": "octet_length({})"}


@dataclass(frozen=True, slots=True)
class Bytes:
    """`written` before the server's compression, `stored` after it."""

    written: int
    stored: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """Reads a contestant's database by a connection of its own."""

    conn: AsyncConnection[TupleRow]

    async def mark(self) -> int:
        """The number of a transaction: what is written from now on has a higher one."""
        return await self._number(sql.SQL("select pg_current_xact_id()::text::bigint"))

    async def since(self, mark: int) -> Bytes:
        """Bytes in the rows that were written or changed since the mark and are still there."""
        tables = await (await self.conn.execute(_COLUMNS)).fetchall()
        written = [
            _size(table, [_written(*column) for column in zip(*columns, strict=True)], mark)
            for table, *columns in tables
        ]
        stored = [_size(table, [_stored(name) for name in names], mark) for table, names, _ in tables]
        return Bytes(await self._sum(written), await self._sum(stored))

    async def _sum(self, parts: list[sql.Composed]) -> int:
        together = sql.SQL(" union all ").join(parts)
        return await self._number(sql.SQL("select sum(bytes)::bigint from ({}) sizes").format(together))

    async def rest(self) -> None:
        """Wait until no job is left in the queue, if there is one: the worker ends a job after the turn's answer."""
        if not await self._number(sql.SQL("select count(to_regclass('public.procrastinate_jobs'))")):
            return
        while await self._number(sql.SQL("select count(*) from procrastinate_jobs")):  # noqa: ASYNC110 - another's work
            await asyncio.sleep(_ASK_SECONDS)

    async def _number(self, query: sql.SQL | sql.Composed) -> int:
        row = await (await self.conn.execute(query)).fetchone()
        return int(row[0] or 0) if row else 0


def _size(table: str, sizes: list[sql.Composed], mark: int) -> sql.Composed:
    known = [sql.SQL("coalesce({}, 0)").format(size) for size in sizes]
    return sql.SQL("select sum({} + {}) as bytes from {} where xmin::text::bigint >= {}").format(
        HEADER_BYTES, sql.SQL(" + ").join(known), sql.Identifier(table), mark
    )


def _stored(column: str) -> sql.Composed:
    return sql.SQL("pg_column_size({})").format(sql.Identifier(column))


def _written(column: str, kind: str) -> sql.Composed:
    """Only these kinds are ever compressed; of the others the size is the same."""
    if kind not in _WRITTEN:
        return _stored(column)
    return sql.SQL(_WRITTEN[kind]).format(sql.Identifier(column))


@asynccontextmanager
async def open_ledger(url: str) -> AsyncIterator[Ledger]:
    """A ledger of the database at this address."""
    async with await AsyncConnection.connect(url, autocommit=True) as conn:
        yield Ledger(conn)
