"""The field: the contestants on one server, each with a database of its own, ready to be measured in turn."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from core.prompts.fault import Fault
from core.prompts.prompt_library import PromptLibrary
from evals.benchmarks.brenda import make_ready, open_brenda
from evals.benchmarks.cluster import Cluster, open_cluster
from evals.benchmarks.contestant import Contestant
from evals.benchmarks.endpoint import ROOT, Endpoint, open_endpoint
from evals.benchmarks.loop import open_loop
from evals.benchmarks.rehearsal import Rehearsal, rehearse
from evals.benchmarks.results import BRENDA, LOOP, STOCK
from evals.benchmarks.stock import open_stock


@dataclass(frozen=True, slots=True)
class Field:
    """`urls` are the databases' addresses by contestant; `rehearsal` is what the others take over from Brenda."""

    cluster: Cluster
    prompts: PromptLibrary
    urls: dict[str, str]
    rehearsal: Rehearsal

    def open(self, name: str, endpoint: Endpoint, url: str = "") -> AbstractAsyncContextManager[Contestant]:
        """A contestant on its database, or on another address of it."""
        place = url or self.urls[name]
        if name == BRENDA:
            return open_brenda(place, endpoint, self.prompts, self.cluster.folder)
        if name == LOOP:
            return open_loop(place, endpoint, self.rehearsal.transcript)
        return open_stock(place, endpoint, self.rehearsal.outfit)


@asynccontextmanager
async def open_field(turns: int) -> AsyncIterator[Field]:
    """Start the server, make the databases, and rehearse conversations of `turns` turns."""
    prompts = PromptLibrary(ROOT / "prompts", _warn)
    async with open_cluster() as cluster, open_endpoint(0) as endpoint:
        urls = {name: await cluster.database(name) for name in (BRENDA, LOOP, STOCK)}
        rehearsed = await cluster.database("rehearsal")
        for url in (urls[BRENDA], rehearsed):
            await make_ready(url)
        rehearsal = await rehearse(rehearsed, endpoint, prompts, cluster.folder, turns)
        yield Field(cluster, prompts, urls, rehearsal)


def _warn(faults: list[Fault]) -> None:
    raise RuntimeError(f"the prompts were edited while they were measured: {faults}")
