"""Proof that nothing but the database's unix socket is opened.

An audit hook sees every connection, name look-up and datagram that Python code makes, whatever library it is in, and
stops it before it happens. Libraries in C make theirs unseen; `foreign_sockets` therefore asks the kernel what this
process holds open. An audit hook cannot be taken away again, so it is one that can be closed and opened.
"""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import IsolationError

WATCHED = frozenset(
    {
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostbyaddr",
        "socket.sendto",
        "socket.bind",
    }
)
_NETWORK_TABLES = ("tcp", "tcp6", "udp", "udp6", "raw", "raw6")


class _Seal:
    def __init__(self) -> None:
        self.closed = False
        self.installed = False

    def install(self) -> None:
        if not self.installed:
            sys.addaudithook(self._see)
            self.installed = True

    def _see(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.closed and event in WATCHED and not _is_local(arguments):
            raise IsolationError(f"{event}{arguments[1:]!r}: the evals with the embedded model use no network.")


_SEAL = _Seal()
"""One for the process, as the hook is."""


@contextmanager
def sealed() -> Iterator[None]:
    """While this is open, whatever reaches for the network fails with IsolationError."""
    _SEAL.install()
    before, _SEAL.closed = _SEAL.closed, True
    try:
        yield
    finally:
        _SEAL.closed = before


def _is_local(arguments: tuple[Any, ...]) -> bool:
    return bool(arguments) and isinstance(arguments[0], socket.socket) and arguments[0].family == socket.AF_UNIX


def foreign_sockets(process: int | str = "self") -> list[str]:
    """The sockets of a process that are of the network, as the kernel lists them. Linux only; elsewhere nothing."""
    folder = Path(f"/proc/{process}")
    if not (folder / "fd").is_dir():
        return []
    held = {_target(link) for link in (folder / "fd").iterdir()}
    found = []
    for table in _NETWORK_TABLES:
        path = folder / "net" / table
        rows = path.read_text().splitlines()[1:] if path.exists() else []
        found += [f"{table} {row.split()[1]}→{row.split()[2]}" for row in rows if f"socket:[{row.split()[9]}]" in held]
    return found


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:  # closed since it was listed
        return ""
