"""An experiment from its plan to its winner, on people who talk with Brenda."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from agent.turn import Brenda
from core.db.pool import Pool
from core.domain.experiments import Experiment, Namespace
from core.domain.funnel import Stage
from core.errors import ExperimentError
from core.learning import experiments
from core.learning.proposals import Action, propose
from tests.brendas import Talk, brenda_on, queue_on

ARMS = ("control", "aggressive", "consultative")
QUESTION = "¿para quién es?"


@pytest.fixture
async def brenda(database: Pool) -> AsyncIterator[Brenda]:
    """Brenda on a database of the test's own, with no experiment running."""
    async with queue_on(database) as queue, brenda_on(database, queue) as made:
        async with database.connection() as conn:
            await experiments.stop(conn, "tone", None, made.clock())
        yield made


async def begin(brenda: Brenda, key: str = "calm", **fields: Any) -> Experiment:
    """Write an experiment down and start it."""
    given = {"hypothesis": "Asking first brings more demos.", "arms": {"control": 1, "consultative": 1}}
    async with brenda.pool.connection() as conn:
        await experiments.create(conn, experiments.draft(ARMS, key=key, **(given | fields)))
        return await experiments.start(conn, key, ARMS, brenda.clock())


async def end(brenda: Brenda, key: str, winner: str | None) -> None:
    async with brenda.pool.connection() as conn:
        await experiments.stop(conn, key, winner, brenda.clock())


async def meet(brenda: Brenda, *arms: str) -> list[Talk]:
    """Prospects who talk until they have met an arm, as many as it takes to have one in each of these."""
    met: dict[str, Talk] = {}
    for _ in range(40):
        talk = await Talk(brenda).reaches(Stage.CONVERSATION)
        met.setdefault((await talk.says(QUESTION)).arm, talk)
        if set(arms) <= set(met):
            return [met[arm] for arm in arms]
    raise AssertionError(f"40 people met only {sorted(met)}")


async def test_an_experiment_from_its_plan_to_its_winner(brenda: Brenda) -> None:
    await begin(brenda)
    control, consultative = await meet(brenda, "control", "consultative")
    await consultative.says("quiero ver la demo")
    async with brenda.pool.connection() as conn:
        analysis = await experiments.report(conn, "calm", brenda.clock())
    arms = {arm.name: arm for arm in analysis.arms}
    [everybody] = await control.query("select count(*) as n from assignments where weights is not null")
    assert sum(arm.count.people for arm in analysis.arms) == everybody["n"]
    assert (arms["control"].count.yes, arms["consultative"].count.yes) == (0, 1)
    assert propose(analysis).action is Action.WAIT
    assert "cannot be told from noise" in propose(analysis).reason

    await end(brenda, "calm", "consultative")
    newcomers = [await Talk(brenda).reaches(Stage.CONVERSATION) for _ in range(6)]
    assert {(await talk.says(QUESTION)).arm for talk in newcomers} == {"consultative"}
    assert (await control.says("¿y cuánto dura?")).arm == "control"
    assert (await control.query("select count(*) as n from assignments"))[0] == everybody
    async with brenda.pool.connection() as conn:
        after = await experiments.report(conn, "calm", brenda.clock() + timedelta(days=30))
    assert after.until == after.experiment.stopped_at
    assert sum(arm.count.people for arm in after.arms) == everybody["n"]


async def test_stopping_without_a_winner_takes_everybody_out_of_their_arm(brenda: Brenda) -> None:
    await begin(brenda)
    [consultative] = await meet(brenda, "consultative")
    await end(brenda, "calm", None)
    assert (await consultative.says("¿y cuánto dura?")).arm == "control"


async def test_a_kept_arm_outlives_the_next_experiment(brenda: Brenda) -> None:
    await begin(brenda)
    [control] = await meet(brenda, "control")
    await end(brenda, "calm", "consultative")
    await begin(brenda, "bold", arms={"consultative": 1, "aggressive": 1}, control="consultative")
    assert (await control.says("¿y cuánto dura?")).arm == "control"
    assert (
        await control.query("select * from assignments join experiments on experiment_id = id where key = 'bold'") == []
    )
    await meet(brenda, "consultative", "aggressive")


async def test_who_is_outside_the_coverage_gets_the_default_and_is_no_exposure(brenda: Brenda) -> None:
    await begin(brenda, coverage=0.0001, arms={"aggressive": 1, "consultative": 1}, control="consultative")
    talk = await Talk(brenda).reaches(Stage.CONVERSATION)
    assert (await talk.says(QUESTION)).arm == "control"
    assert await talk.query("select * from assignments") == []


async def test_people_of_two_experiments_side_by_side_are_in_one_each(brenda: Brenda) -> None:
    low, high = Namespace(name="talk", start=0, end=0.5), Namespace(name="talk", start=0.5, end=1)
    await begin(brenda, "calm", namespace=low)
    await begin(brenda, "bold", namespace=high, arms={"control": 1, "aggressive": 1})
    talks = await meet(brenda, "consultative", "aggressive")
    rows = await talks[0].query(
        "select lead_id, array_agg(key) as keys, array_agg(arm) as arms from assignments "
        "join experiments on experiments.id = experiment_id group by lead_id"
    )
    assert {len(row["keys"]) for row in rows} == {1}
    assert {(row["keys"][0], row["arms"][0]) for row in rows} >= {("calm", "consultative"), ("bold", "aggressive")}


async def test_what_does_not_fit_is_refused(brenda: Brenda) -> None:
    await begin(brenda)
    plan = experiments.draft(ARMS, key="bold", hypothesis="Boldness sells more.", arms={"control": 1, "aggressive": 1})
    now = brenda.clock()
    async with brenda.pool.connection() as conn:
        await experiments.create(conn, plan)
        for call, said in (
            (
                experiments.start(conn, "bold", ARMS, now),
                "'calm' is running, and a person can be in one experiment only",
            ),
            (experiments.start(conn, "bold", ("control",), now), "no arm aggressive; she has control"),
            (experiments.start(conn, "calm", ARMS, now), "was started on"),
            (experiments.start(conn, "kalm", ARMS, now), "there are: bold, calm, tone"),
            (experiments.stop(conn, "bold", None, now), "was never started"),
            (experiments.stop(conn, "tone", None, now), "was stopped on"),
            (experiments.stop(conn, "calm", "aggressive", now), "its arms are consultative, control"),
            (experiments.report(conn, "kalm", now), "There is none named 'kalm'"),
        ):
            with pytest.raises(ExperimentError, match=said):
                await call
        assert (await experiments.by_key(conn, "bold")).state == "draft"
