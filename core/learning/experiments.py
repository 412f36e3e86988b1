"""The life of an experiment: written down, started, looked at, stopped.

Every step is checked before anything is written, and says what would be right. Running experiments own disjoint people,
because a person can be in one arm only: two run side by side only in disjoint stretches of one namespace. Stopping with
a winner gives that arm to new people and leaves everybody else where they are; stopping without one rolls back.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from core.db import experiments
from core.db.pool import Connection
from core.domain.experiments import Draft, Experiment
from core.errors import ExperimentError
from core.learning.confidence_sequence import critical
from core.learning.experiment_analysis import ALPHA, Analysis, analyse
from core.learning.power import people_needed


def draft(arms_known: Collection[str], **given: Any) -> Draft:
    """A checked plan. `arms_known` are the arms that the prompts give a meaning to.

    Without `people_per_arm` it plans for an 80 % chance to see the minimum effect; without `seed` the key is the seed.

    Raises:
        ExperimentError: names what is wrong and what would be right.
    """
    try:
        plan = Draft.model_validate({"seed": given.get("key"), **given})
    except ValidationError as error:
        raise ExperimentError(_faults(error)) from None
    _know_arms(plan.arms, arms_known)
    return plan if "people_per_arm" in given else plan.model_copy(update={"people_per_arm": _planned(plan)})


async def create(conn: Connection, plan: Draft) -> Experiment:
    """Write it down. Nobody is in it before `start`.

    Raises:
        ExperimentError: the key is taken.
    """
    return await experiments.create(conn, plan)


async def start(conn: Connection, key: str, arms_known: Collection[str], now: datetime) -> Experiment:
    """Take people from now on.

    Raises:
        ExperimentError: it does not exist, began before, names arms that are gone, or would share people with another.
    """
    async with conn.transaction():
        everything = await experiments.every(conn, lock=True)
        experiment = _named(everything, key)
        if experiment.started_at:
            raise ExperimentError(f"{key!r} was started on {_day(experiment.started_at)}; create another one.")
        _know_arms(experiment.arms, arms_known)
        for other in everything:
            if other.state == "running":
                _share_nobody(experiment, other)
        return await experiments.start(conn, experiment, now)


async def stop(conn: Connection, key: str, winner: str | None, now: datetime) -> Experiment:
    """Take nobody any more.

    Raises:
        ExperimentError: it does not exist or does not run, or the winner is none of its arms.
    """
    async with conn.transaction():
        experiment = _named(await experiments.every(conn, lock=True), key)
        if experiment.state != "running":
            why = f"was stopped on {_day(experiment.stopped_at)}" if experiment.stopped_at else "was never started"
            raise ExperimentError(f"{key!r} {why}.")
        if winner and winner not in experiment.arms:
            raise ExperimentError(f"{winner!r} is no arm of {key!r}; its arms are {_listed(experiment.arms)}.")
        return await experiments.stop(conn, experiment, winner or None, now)


async def report(conn: Connection, key: str, now: datetime, settled: bool = False) -> Analysis:
    """What it shows now, or showed when it was stopped.

    Raises:
        ExperimentError: it does not exist.
    """
    experiment = await by_key(conn, key)
    until = experiment.stopped_at or now
    return analyse(experiment, await experiments.cells(conn, experiment, until, settled), until, settled)


async def by_key(conn: Connection, key: str) -> Experiment:
    """The experiment. Raises ExperimentError with the keys that there are."""
    return _named(await experiments.every(conn), key)


def _named(everything: list[Experiment], key: str) -> Experiment:
    found = next((experiment for experiment in everything if experiment.key == key), None)
    if found is None:
        raise ExperimentError(f"There is none named {key!r}; there are: {_listed(each.key for each in everything)}.")
    return found


def _planned(plan: Draft) -> int:
    alpha = ALPHA / (len(plan.arms) - 1)
    return max(people_needed(plan.baseline, plan.minimum_effect, float(critical(1.0, 1.0, alpha))), 100)


def _know_arms(arms: Collection[str], known: Collection[str]) -> None:
    if strange := sorted(set(arms) - set(known)):
        raise ExperimentError(
            f"Brenda has no arm {_listed(strange)}; she has {_listed(known)}. "
            "An arm is a section [arms.NAME] of prompts/selection.toml and a file prompts/arms/NAME.md.j2."
        )


def _share_nobody(new: Experiment, running: Experiment) -> None:
    if new.namespace is None or new.namespace.overlaps(running.namespace):
        raise ExperimentError(
            f"{running.key!r} is running, and a person can be in one experiment only. Stop it first, or give both "
            "disjoint stretches of one namespace, such as --namespace talk:0:0.5 and --namespace talk:0.5:1."
        )


def _faults(error: ValidationError) -> str:
    faults = []
    for item in error.errors():
        where = ".".join(str(part) for part in item["loc"] if part != "[key]")
        said = item["msg"].removeprefix("Value error, ")
        faults.append(f"{where}: {said}" if where else said)
    return "; ".join(faults) + "."


def _listed(names: Any) -> str:
    return ", ".join(sorted(names)) or "none"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
