import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from core.db.embedded import EmbeddedPostgres, start_embedded
from core.errors import DatabaseUnavailableError
from tests.databases import data_folder

ROOT = Path(__file__).resolve().parents[3]
JOIN = """
import sys
from pathlib import Path
from core.db.embedded import start_embedded
server = start_embedded(Path(sys.argv[1]))
print("up", flush=True)
sys.stdin.readline()
"""
FULL = """
import resource, sys
from pathlib import Path
from core.db.embedded import start_embedded
from core.errors import DatabaseUnavailableError
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    start_embedded(Path(sys.argv[1]))
except DatabaseUnavailableError as error:
    print(error)
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with data_folder() as folder:
        yield folder


async def python(script: str, data_dir: Path) -> Process:
    """A process of its own, without a runtime folder of a session, for which every warning is an error."""
    environment = {name: value for name, value in os.environ.items() if name != "XDG_RUNTIME_DIR"}
    command = (sys.executable, "-W", "error", "-c", script, str(data_dir))
    return await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environment, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )


async def joined(data_dir: Path) -> Process:
    process = await python(JOIN, data_dir)
    assert process.stdout is not None
    assert process.stderr is not None
    if await process.stdout.readline() != b"up\n":
        raise AssertionError((await process.stderr.read()).decode())
    return process


def is_up(server: EmbeddedPostgres) -> bool:
    return (server.folder / "postmaster.pid").exists()


def test_starts_and_keeps_its_data_through_a_restart(data_dir: Path) -> None:
    server = start_embedded(data_dir / "new" / "folder")
    with psycopg.connect(server.url, autocommit=True) as conn:
        assert 180_000 <= conn.info.server_version < 190_000
        conn.execute("create table kept as select 'ñandú' as word")
    server.close()
    assert not is_up(server)

    server = start_embedded(data_dir / "new" / "folder")
    with psycopg.connect(server.url) as conn:
        assert conn.execute("select word from kept").fetchall() == [("ñandú",)]
    server.close()


def test_is_shared_within_a_process_until_the_last_lets_go(data_dir: Path) -> None:
    one, two = start_embedded(data_dir), start_embedded(data_dir)
    one.close()
    one.close()
    with psycopg.connect(two.url) as conn:
        assert conn.execute("select 1").fetchone() == (1,)
    two.close()
    assert not is_up(two)


async def test_stops_at_exit_only_with_the_last_process(data_dir: Path) -> None:
    first = await joined(data_dir)
    server = start_embedded(data_dir)
    _, errors = await first.communicate(b"\n")
    assert (first.returncode, errors) == (0, b"")
    with psycopg.connect(server.url) as conn:
        assert conn.execute("select 1").fetchone() == (1,)
    second = await joined(data_dir)
    server.close()
    assert is_up(server)
    _, errors = await second.communicate(b"\n")
    assert (second.returncode, errors) == (0, b"")
    assert not is_up(server)


async def test_killed_process_leaves_no_server_that_nobody_stops(data_dir: Path) -> None:
    killed = await joined(data_dir)
    killed.send_signal(signal.SIGKILL)
    await killed.wait()
    server = start_embedded(data_dir)
    assert is_up(server)
    server.close()
    assert not is_up(server)


def test_cluster_that_was_half_made_is_made_again(data_dir: Path) -> None:
    draft = data_dir / "postgres.making"
    (draft / "base").mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    server = start_embedded(data_dir)
    with psycopg.connect(server.url) as conn:
        assert conn.execute("select 1").fetchone() == (1,)
    server.close()
    assert not draft.exists()


async def test_processes_that_start_at_once_share_one_server(data_dir: Path) -> None:
    processes = await asyncio.gather(*(joined(data_dir) for _ in range(3)))
    ends = await asyncio.gather(*(process.communicate(b"\n") for process in processes))
    assert [(process.returncode, errors) for process, (_, errors) in zip(processes, ends, strict=True)] == [
        (0, b"")
    ] * 3
    assert not (data_dir / "postgres" / "postmaster.pid").exists()


def test_folder_that_cannot_be_made(data_dir: Path) -> None:
    (data_dir / "file").write_text("not a folder")
    with pytest.raises(DatabaseUnavailableError) as caught:
        start_embedded(data_dir / "file")
    assert f"{data_dir / 'file' / 'postgres'}" in str(caught.value)
    assert "set DATA_DIR to another folder" in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folder_that_may_not_be_written(data_dir: Path) -> None:
    data_dir.chmod(0o500)
    with pytest.raises(DatabaseUnavailableError, match="Permission denied"):
        start_embedded(data_dir)
    data_dir.chmod(0o700)


async def test_disk_that_takes_no_more(data_dir: Path) -> None:
    process = await python(FULL, data_dir)
    said, errors = await process.communicate()
    assert errors == b""
    assert f"The embedded database in {data_dir / 'postgres'}".encode() in said
    assert not (data_dir / "postgres" / "PG_VERSION").exists()


def test_cluster_that_does_not_start(data_dir: Path) -> None:
    start_embedded(data_dir).close()
    (data_dir / "postgres" / "postgresql.auto.conf").write_text("nonsense = on\n")
    with pytest.raises(DatabaseUnavailableError, match="did not start") as caught:
        start_embedded(data_dir)
    assert str(data_dir / "postgres" / "log") in str(caught.value)


def test_folder_with_a_space_is_refused_with_the_way_out(data_dir: Path) -> None:
    with pytest.raises(DatabaseUnavailableError, match="set DATA_DIR to a path without spaces"):
        start_embedded(data_dir / "my data")
