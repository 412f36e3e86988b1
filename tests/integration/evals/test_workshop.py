"""Lanes at work: every job once, each the same wherever it is played, and nothing but the database's unix socket."""

import sys
from collections.abc import Sequence

import pytest
from psycopg.conninfo import conninfo_to_dict

from core.db.embedded import EmbeddedPostgres
from core.errors import IsolationError
from core.settings import Settings
from evals.isolation import foreign_sockets
from evals.playing import Job, Played
from evals.workshop import Workshop
from tests.evaluations import PERSONA, make_scenario
from tests.worlds import ROOT


@pytest.fixture
def workshop(postgres: EmbeddedPostgres, evals_template: str, own_settings: Settings) -> Workshop:
    """A workshop with the embedded model."""
    return Workshop(postgres.url, evals_template, ROOT / "prompts", own_settings)


async def _play(workshop: Workshop, jobs: Sequence[Job], lanes: int) -> tuple[list[Played], list[str]]:
    """What was played, and every socket of the network that was seen open meanwhile."""
    left, played, seen = iter(jobs), list[Played](), list[str]()

    async def following() -> Job | None:
        return next(left, None)

    def done(_: Job, one: Played) -> None:
        played.append(one)
        seen.extend(foreign_sockets())

    await workshop.work(following, done, lanes)
    return sorted(played, key=lambda one: one.conversation.key), seen


def _jobs() -> list[Job]:
    empty = make_scenario(id="sin-ofertas", world={"offers": []}, turns=[{"says": "¿hay descuento?"}])
    return [Job("s", scenario, PERSONA, seed) for seed in range(4) for scenario in (make_scenario(), empty)]


async def test_lanes_do_not_change_what_is_played(workshop: Workshop) -> None:
    (one, _), (three, _) = await _play(workshop, _jobs(), 1), await _play(workshop, _jobs(), 3)
    assert len(one) == 8 and [each.transcript for each in one] == [each.transcript for each in three]
    assert [each.conversation for each in one] == [each.conversation for each in three]


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel by /proc")
async def test_no_socket_but_the_databases_is_opened(workshop: Workshop) -> None:
    before = foreign_sockets()
    _, seen = await _play(workshop, _jobs(), 2)
    assert set(seen) <= set(before)
    assert str(conninfo_to_dict(workshop.server_url)["host"]).startswith("/")  # a folder, and in it a unix socket


async def test_who_reaches_for_the_network_is_stopped(workshop: Workshop) -> None:
    import socket

    async with workshop.stages(1):
        with pytest.raises(IsolationError):
            socket.create_connection(("127.0.0.1", 9), timeout=1)
