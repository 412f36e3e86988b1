"""Round trips to the database, counted where they happen: on the wire.

The contestant speaks to a socket that passes everything on. On each connection a round trip begins when the client says
something after the server spoke last (or nobody has yet), whatever library and protocol mode it uses: a pipeline of
five statements is one, a check of a pooled connection is one, and so is opening a transaction.
"""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict

_CHUNK = 65_536


@dataclass(slots=True)
class Wire:
    """`url` is the address to be used instead; `trips` counts all connections through it."""

    url: str
    socket: str
    trips: int = 0

    async def carry(self, reader: StreamReader, writer: StreamWriter) -> None:
        """One connection, to its end."""
        server_reader, server_writer = await asyncio.open_unix_connection(self.socket)
        asking = False

        def asked() -> None:
            nonlocal asking
            self.trips += not asking
            asking = True

        def answered() -> None:
            nonlocal asking
            asking = False

        await asyncio.gather(_pump(reader, server_writer, asked), _pump(server_reader, writer, answered))


async def _pump(reader: StreamReader, writer: StreamWriter, note: Callable[[], None]) -> None:
    with suppress(ConnectionError, asyncio.CancelledError):
        while data := await reader.read(_CHUNK):
            note()
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def open_wire(url: str, folder: Path) -> AsyncIterator[Wire]:
    """A counting socket in `folder` (a short path) before the server's."""
    known = conninfo_to_dict(url)
    name = f".s.PGSQL.{known['port']}"
    place = f"postgresql://{known['user']}@/{known['dbname']}?host={quote(str(folder), safe='')}&port={known['port']}"
    wire = Wire(place, f"{known['host']}/{name}")
    server = await asyncio.start_unix_server(wire.carry, folder / name)
    try:
        yield wire
    finally:
        server.close()
        (folder / name).unlink(missing_ok=True)
