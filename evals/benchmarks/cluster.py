"""One embedded PostgreSQL for all, in a folder of its own with its default, durable settings; a database each."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from psycopg import AsyncConnection, sql

from core.db.embedded import EmbeddedPostgres, start_embedded


@dataclass(frozen=True, slots=True)
class Cluster:
    """The running server. `folder` is there for whatever else has to lie somewhere, and goes with it."""

    server: EmbeddedPostgres
    folder: Path
    postmaster: psutil.Process

    async def database(self, name: str) -> str:
        """Make a database; its address."""
        async with await AsyncConnection.connect(self.server.url, autocommit=True) as conn:
            await conn.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        return self.server.database_url(name)

    def cpu_seconds(self) -> float:
        """What the server's processes have used so far, those included that have ended."""
        spent = self.postmaster.cpu_times()
        total = spent.user + spent.system + spent.children_user + spent.children_system
        for process in self.postmaster.children():
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system
        return float(total)


@asynccontextmanager
async def open_cluster() -> AsyncIterator[Cluster]:
    """Start it, and leave nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="brenda-benchmark-"))
    try:
        server = start_embedded(folder)
        try:
            number = int((server.folder / "postmaster.pid").read_text().split("\n", 1)[0])
            yield Cluster(server, folder, psutil.Process(number))
        finally:
            server.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
