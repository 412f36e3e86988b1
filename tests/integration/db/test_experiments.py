"""What became of the people in an experiment, counted from real rows."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from core.db import experiments
from core.db.pool import Pool
from core.domain.experiments import Cell, Draft, Experiment, Guardrail, Metric, Namespace
from core.errors import ExperimentError
from tests.deals import DAY, HOUR, NOW
from tests.worlds import insert

HALVES = {"control": 1.0, "calm": 1.0}
_numbers = count(1)


def draft(**fields: Any) -> Draft:
    given: dict[str, Any] = {
        "key": "calm",
        "hypothesis": "Asking first brings more demos.",
        "arms": HALVES,
        "seed": "s",
    }
    return Draft(**(given | fields))


@pytest.fixture
async def running(empty_database: Pool) -> AsyncIterator[Experiment]:
    """An experiment that began at NOW."""
    async with empty_database.connection() as conn:
        yield await experiments.start(conn, await experiments.create(conn, draft()), NOW)


class World:
    """People in an experiment, written row by row."""

    def __init__(self, pool: Pool, experiment: Experiment) -> None:
        self.pool = pool
        self.experiment = experiment

    async def person(self, arm: str, at: datetime = NOW, **fields: Any) -> UUID:
        """A lead who was exposed to an arm; `weights`, `email` and `channel` may be given."""
        row: dict[str, Any] = {"channel": fields.get("channel", "telegram"), "chat": f"person-{next(_numbers)}"}
        if "email" in fields:
            row["profile"] = Jsonb({"email": fields["email"]})
        lead: UUID = (await insert(self.pool, "leads", row))["id"]
        exposure = {"experiment_id": self.experiment.id, "lead_id": lead, "arm": arm, "exposed_at": at}
        weights = {"weights": Jsonb(fields["weights"])} if "weights" in fields else {}
        await insert(self.pool, "assignments", exposure | weights)
        return lead

    async def did(self, lead: UUID, kind: str, at: datetime = NOW + HOUR) -> None:
        await insert(self.pool, "events", {"lead_id": lead, "kind": kind, "key": f"k-{next(_numbers)}", "at": at})

    async def chose(self, lead: UUID, arm: str, at: datetime) -> None:
        row = {
            "lead_id": lead,
            "turn_id": f"turn-{next(_numbers)}",
            "stage": "conversation",
            "arm": arm,
            "eligible": [],
            "offered": [],
            "probabilities": Jsonb({"none": 1}),
            "propensity": 1,
            "exploration_floor": 0.05,
            "score": 0.1,
            "predictor": "scorecard-1",
            "features": Jsonb({}),
            "at": at,
        }
        await insert(self.pool, "selections", row)

    async def cells(self, until: datetime = NOW + DAY, settled: bool = False) -> dict[str, Cell]:
        async with self.pool.connection() as conn:
            found = await experiments.cells(conn, self.experiment, until, settled)
        return {cell.arm: cell for cell in found}


@pytest.fixture
def world(empty_database: Pool, running: Experiment) -> World:
    return World(empty_database, running)


async def test_an_experiment_comes_back_as_it_was_written(empty_database: Pool) -> None:
    stretch = Namespace(name="talk", start=0.25, end=0.5)
    written = draft(
        metric=Metric.PURCHASE_COMPLETED,
        guardrails=(Guardrail.BLOCKS,),
        namespace=stretch,
        coverage=0.5,
        window_days=2.5,
    )
    async with empty_database.connection() as conn:
        created = await experiments.create(conn, written)
        assert [each.key for each in await experiments.every(conn)] == ["tone", "calm"]
        assert created.model_dump(include=set(Draft.model_fields)) == written.model_dump()
        assert (created.state, created.winner) == ("draft", None)
        with pytest.raises(ExperimentError, match="already one named 'calm'"):
            await experiments.create(conn, written)
        stopped = await experiments.stop(conn, await experiments.start(conn, created, NOW), "calm", NOW + DAY)
    assert (stopped.state, stopped.winner, stopped.stopped_at) == ("stopped", "calm", NOW + DAY)


async def test_an_experiment_whose_row_is_gone_cannot_be_started(empty_database: Pool, running: Experiment) -> None:
    async with empty_database.connection() as conn:
        await conn.execute("delete from experiments")
        with pytest.raises(ExperimentError, match="gone"):
            await experiments.start(conn, running, NOW)


@pytest.mark.parametrize(
    "change",
    [
        "arms = '{}'",
        """arms = '{"control": -1, "calm": 2}'""",
        """arms = '{"control": "one"}'""",
        """arms = '{"control": 0}'""",
        "coverage = 0",
        "baseline = 1.5",
        "baseline = 0.9, minimum_effect = 0.5",
        """namespace = '{"name": "talk"}'""",
        """namespace = '{"name": "talk", "start": 0.5, "end": 0.1}'""",
        "winner = 'calm'",
        "guardrails = '{tears}'",
        "metric = 'smiles'",
    ],
)
async def test_rows_that_would_break_turns_or_reports_cannot_be_written(empty_database: Pool, change: str) -> None:
    async with empty_database.connection() as conn:
        with pytest.raises(psycopg.errors.CheckViolation):
            await conn.execute(f"update experiments set {change} where key = 'tone'".encode())  # noqa: S608


async def test_outcomes_and_harm_are_counted_by_arm(world: World) -> None:
    calm = [await world.person("calm") for _ in range(4)]
    control = [await world.person("control") for _ in range(3)]
    await world.did(calm[0], "demo_requested")
    await world.did(calm[1], "demo_requested", at=NOW)
    await world.did(calm[1], "opted_out")
    await world.did(calm[2], "handoff_started")
    await world.did(calm[2], "handoff_started", at=NOW + 2 * HOUR)
    await world.did(control[0], "opted_out")
    async with world.pool.connection() as conn:
        await conn.execute("update leads set blocked_at = %s where id = %s", (NOW + HOUR, control[1]))
    cells = await world.cells()
    assert (cells["calm"].people, cells["calm"].converted, cells["calm"].exposed) == (4, 2, 4)
    assert cells["calm"].harmed == {Guardrail.OPT_OUTS: 1, Guardrail.HANDOFFS: 1, Guardrail.BLOCKS: 0}
    assert cells["control"].harmed == {Guardrail.OPT_OUTS: 1, Guardrail.HANDOFFS: 0, Guardrail.BLOCKS: 1}
    assert cells["calm"].weights == HALVES


async def test_only_what_happens_within_the_window_counts(world: World) -> None:
    early, late, before, open_ = [await world.person("calm", at) for at in (NOW, NOW, NOW + DAY, NOW + 5 * DAY)]
    await world.did(early, "demo_requested", NOW + 7 * DAY)
    await world.did(late, "demo_requested", NOW + 7 * DAY + HOUR)
    await world.did(before, "demo_requested", NOW)
    await world.did(open_, "demo_requested", NOW + 6 * DAY)
    now = NOW + 9 * DAY
    everybody, settled = (await world.cells(now))["calm"], (await world.cells(now, settled=True))["calm"]
    assert (everybody.people, everybody.converted, everybody.waiting) == (4, 2, 1)
    assert (settled.people, settled.converted, settled.waiting) == (3, 1, 0)


async def test_what_comes_after_the_report_is_not_in_it(world: World) -> None:
    lead = await world.person("calm")
    await world.person("calm", NOW + 2 * DAY)
    await world.did(lead, "demo_requested", NOW + 2 * DAY)
    cell = (await world.cells(NOW + DAY))["calm"]
    assert (cell.people, cell.converted) == (1, 0)


async def test_who_was_shown_another_arm_is_left_out(world: World) -> None:
    """A turn before taking part, rows that were changed by hand: the selections tell."""
    crossed, faithful, old = [await world.person("calm", NOW + HOUR) for _ in range(3)]
    await world.did(crossed, "demo_requested", NOW + 2 * HOUR)
    await world.chose(crossed, "control", NOW + timedelta(minutes=5))
    await world.chose(crossed, "calm", NOW + HOUR)
    await world.chose(faithful, "calm", NOW + HOUR)
    await world.chose(old, "control", NOW - DAY)
    cell = (await world.cells())["calm"]
    assert (cell.exposed, cell.crossed, cell.people, cell.converted) == (3, 1, 2, 0)


async def test_a_person_in_two_chats_counts_once_and_in_two_arms_not_at_all(world: World) -> None:
    """The same e-mail address, however it was typed, is the same person."""
    first = await world.person("calm", NOW, email="ana@example.com")
    second = await world.person("calm", NOW + HOUR, email=" Ana@Example.com ")
    await world.person("calm", NOW, email="luis@example.com")
    await world.person("control", NOW + HOUR, email="luis@example.com")
    await world.person("control", NOW, email="")
    await world.person("control", NOW, email="")
    await world.did(first, "demo_requested")
    await world.did(second, "demo_requested", NOW + 2 * HOUR)
    cells = await world.cells()
    assert (cells["calm"].exposed, cells["calm"].crossed, cells["calm"].people, cells["calm"].converted) == (2, 1, 1, 1)
    assert (cells["control"].exposed, cells["control"].people) == (2, 2)


async def test_chats_of_the_evals_are_no_people(world: World) -> None:
    await world.person("calm", channel="evals")
    assert await world.cells() == {}


async def test_people_are_kept_apart_by_the_weights_they_were_assigned_under(world: World) -> None:
    nine = {"control": 1.0, "calm": 9.0}
    await world.person("calm")
    await world.person("calm", weights=nine)
    async with world.pool.connection() as conn:
        found = await experiments.cells(conn, world.experiment, NOW + DAY)
    assert [(cell.weights, cell.people) for cell in found] == [(HALVES, 1), (nine, 1)]
