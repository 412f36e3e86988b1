"""Where the web app listens, and that its links lead there."""

import socket
from contextlib import closing

import pytest

from channels.web.address import claim, listen
from core.errors import PortTakenError
from core.settings import Settings


def settings(**given: object) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]


@pytest.fixture
def taken() -> socket.socket:
    return listen("127.0.0.1", 0)


def test_a_free_port_is_used_and_the_links_lead_there() -> None:
    made = claim(settings(web_port=0))
    with closing(made.listening) as listening:
        assert str(made.settings.public_url) == f"http://127.0.0.1:{listening.getsockname()[1]}/"


def test_what_listens_everywhere_is_reached_by_loopback() -> None:
    made = claim(settings(web_port=0, web_host="0.0.0.0"))  # noqa: S104
    with closing(made.listening) as listening:
        assert str(made.settings.public_url) == f"http://127.0.0.1:{listening.getsockname()[1]}/"


def test_a_public_address_stays_as_it_was_configured() -> None:
    made = claim(settings(web_port=0, public_url="https://academia.example"))
    with closing(made.listening):
        assert str(made.settings.public_url) == "https://academia.example/"


def test_when_nothing_was_configured_a_free_port_does_as_well(taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    unconfigured = settings().model_copy()
    object.__setattr__(unconfigured, "web_port", port)  # as if the default were this one
    with closing(taken):
        made = claim(unconfigured)
        with closing(made.listening) as listening:
            assert listening.getsockname()[1] != port
            assert str(made.settings.public_url) == f"http://127.0.0.1:{listening.getsockname()[1]}/"


@pytest.mark.parametrize("more", [{}, {"public_url": "https://academia.example"}])
def test_a_port_that_was_chosen_and_is_taken_is_an_error_that_says_what_to_do(
    taken: socket.socket, more: dict[str, str]
) -> None:
    port = taken.getsockname()[1]
    with closing(taken), pytest.raises(PortTakenError, match=rf"WEB_PORT.*127.0.0.1:{port}.*WEB=false"):
        claim(settings(web_port=port, **more))


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host", "::g"])
def test_an_address_that_is_not_this_machines_is_an_error(host: str) -> None:
    with pytest.raises(PortTakenError, match="WEB_HOST"):
        claim(settings(web_host=host))
