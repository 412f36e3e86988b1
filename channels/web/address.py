"""Where the web app listens, and what its links begin with. Bound before anything else, so that every link is right.

The port is 8080 unless configured. If it is taken and nothing was configured, a free one is as good, and the links use
that one; if somebody chose it, a proxy or a person expects Brenda there, and she says so instead of hiding elsewhere.
"""

import errno
import socket
from dataclasses import dataclass

from pydantic import HttpUrl

from core.errors import PortTakenError
from core.settings import Settings

_BACKLOG = 256
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what is listened on, not a choice of it


@dataclass(frozen=True, slots=True)
class Claim:
    """A listening socket, and the settings with the public address that leads to it."""

    listening: socket.socket
    settings: Settings


def claim(settings: Settings) -> Claim:
    """Listen where the settings say; the caller closes the socket.

    Raises:
        PortTakenError: the port that was asked for cannot be used.
    """
    listening = _listening(settings)
    if "public_url" in settings.model_fields_set:
        return Claim(listening, settings)
    host, port = settings.web_host, int(listening.getsockname()[1])
    shown = _ANYWHERE.get(host, host)
    address = f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    return Claim(listening, settings.model_copy(update={"public_url": HttpUrl(address)}))


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one.

    Raises:
        OSError: the address is in use, is not this machine's, or may not be used.
    """
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    return socket.create_server(address[:2], family=family, backlog=_BACKLOG)


def listen_here(port: int) -> socket.socket:
    """A listening socket that only this machine reaches.

    Raises:
        PortTakenError: the port cannot be used.
    """
    try:
        return listen("127.0.0.1", port)
    except OSError as error:
        raise PortTakenError(
            f"--metrics-port: 127.0.0.1:{port} cannot be used ({error.strerror or error}); take another."
        ) from None


def _listening(settings: Settings) -> socket.socket:
    host, port = settings.web_host, settings.web_port
    chosen = {"web_port", "public_url"} & settings.model_fields_set
    try:
        return listen(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE and not chosen:
            return listen(host, 0)
        raise PortTakenError(
            f"WEB_PORT, WEB_HOST: {host}:{port} cannot be used ({error.strerror or error}). Set WEB_PORT to another one"
            " (bot.py web --port), or WEB=false if the pages are served elsewhere."
        ) from None
