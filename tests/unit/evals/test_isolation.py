"""The seal."""

import asyncio
import socket
import sys
from pathlib import Path

import pytest

from core.errors import IsolationError
from evals.isolation import foreign_sockets, sealed


def test_nothing_leaves_while_it_is_closed() -> None:
    with sealed():
        with pytest.raises(IsolationError, match="no network"):
            socket.create_connection(("127.0.0.1", 9), timeout=1)
        with pytest.raises(IsolationError):
            socket.getaddrinfo("api.openai.com", 443)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams, pytest.raises(IsolationError):
            datagrams.sendto(b"x", ("127.0.0.1", 9))


def test_a_unix_socket_and_an_event_loop_may_be_opened(tmp_path: Path) -> None:
    with sealed(), socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client.connect(str(tmp_path / "s"))
        asyncio.new_event_loop().close()


def test_it_is_open_again_afterwards_also_when_closed_twice() -> None:
    with sealed(), sealed():
        pass
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel by /proc")
def test_the_kernel_knows_what_this_process_holds_open() -> None:
    before = len(foreign_sockets())
    with socket.create_server(("127.0.0.1", 0)):
        assert len(foreign_sockets()) == before + 1
    assert len(foreign_sockets()) == before
