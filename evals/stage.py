"""The stage: the real Brenda on a lane's database, with the scenario's clock and model.

It is put together as the composition root does it; only the parts at the edge are others: the clock stands still, the
prompts are one fixed set, the signing key is a constant of the evals, and each conversation has a chain of models of
its own, so that no circuit and no meter remembers an earlier one.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from procrastinate import App, PsycopgConnector
from pydantic import SecretStr

from agent.assembly import assemble, build_models
from agent.embedded import EmbeddedChatModel
from agent.turn import Brenda
from core.db import courses
from core.db.pool import Pool
from core.domain.catalog import course_facts
from core.integrations.circuit import CircuitBreaker
from core.integrations.model_chain import ModelChain, NamedModel
from core.integrations.queue import Queue
from core.prompts.prompt_library import PromptLibrary
from core.prompts.prompt_set import PromptSet
from core.settings import Settings
from evals.cassette import Deck, DeckChain
from evals.faulty_model import FaultyChatModel, ModelFault
from evals.metering import MeteredChain
from evals.outcome import OutcomeReader
from evals.stage_clock import StageClock

SECRET = "the-evals-sign-with-this-and-nobody-else-does"  # noqa: S105 - it guards invented people only
EMBEDDED = "embedded"
Facts = dict[str, tuple[dict[str, str], ...]]


class FixedLibrary(PromptLibrary):
    """A library of one set that nobody edits."""

    def __init__(self, prompts: PromptSet) -> None:
        self._current = prompts


@dataclass(slots=True)
class Stage:
    """One lane. `dirty`: the last conversation changed the sample world; `catalog` are its facts, read when needed."""

    pool: Pool
    queue: Queue
    brenda: Brenda
    clock: StageClock
    reader: OutcomeReader
    model: str
    deck: Deck | None = None
    dirty: bool = True
    catalog: Facts | None = None
    dated: str = ""
    hashtags: dict[str, str] = field(default_factory=dict)

    def cast(self, fault: ModelFault | None, turn: Callable[[], int]) -> tuple[Brenda, MeteredChain]:
        """Brenda for one conversation, and the meter on her models. `turn` tells how many turns asked a model."""
        chain = self._chain(fault, turn)
        if self.deck is not None and fault is None:
            chain = DeckChain(chain, self.deck)
        metered = MeteredChain(chain)
        return replace(self.brenda, models=metered), metered

    def _chain(self, fault: ModelFault | None, turn: Callable[[], int]) -> ModelChain:
        if fault is None and self.model != EMBEDDED:
            return self.brenda.models
        embedded = EmbeddedChatModel(prompts=lambda: self.brenda.prompts.current, clock=self.clock)
        reserve, seconds = NamedModel(EMBEDDED, embedded), self.brenda.settings.turn_deadline_seconds
        if fault is None:
            return ModelChain([reserve], self.clock, seconds)
        faulty = FaultyChatModel(fault=fault, pass_on=embedded, turn=turn, sleep=self.clock.sleep)
        first = NamedModel("faulty", faulty, CircuitBreaker(self.clock))
        return ModelChain([first, reserve], self.clock, seconds, sleep=self.clock.sleep)

    async def facts(self) -> Facts:
        """What is evidence in every turn about a course, by the course's id."""
        day = self.clock().date().isoformat()
        if self.catalog is None or self.dirty or self.dated != day:
            self.catalog, self.dated = await self._read_facts(), day
        return self.catalog

    async def _read_facts(self) -> Facts:
        facts: Facts = {}
        async with self.pool.connection() as conn:
            for course in await courses.active(conn, samples=True):
                stated = course_facts(course, await courses.modules(conn, course.id), self.clock().date())
                facts[str(course.id)] = tuple(fact.model_dump(mode="json", exclude_defaults=True) for fact in stated)
        return facts

    async def hashtag(self, slug: str) -> str:
        """The hashtag that stands in a course's advertisement."""
        if slug not in self.hashtags:
            async with self.pool.connection() as conn:
                rows = await (await conn.execute("select slug, hashtag from courses")).fetchall()
            self.hashtags.update({row["slug"]: row["hashtag"] for row in rows})
        return self.hashtags.get(slug, slug.upper().replace("-", "_"))


@asynccontextmanager
async def open_stage(
    pool: Pool, prompts: PromptSet, settings: Settings, model: str = EMBEDDED, deck: Deck | None = None
) -> AsyncIterator[Stage]:
    """A stage on a lane's pool. `settings` are `stage_settings`; a `deck` records or replays the answers."""
    clock = StageClock()
    app = App(connector=PsycopgConnector())
    async with app.open_async(pool):
        known = deck.traced(prompts) if deck else prompts
        queue = Queue(app)
        brenda = assemble(settings, pool, FixedLibrary(known), queue, clock)
        if model != EMBEDDED:
            brenda = replace(brenda, models=build_models(settings, brenda.prompts, clock))
        try:
            async with pool.connection() as conn:
                reader = await OutcomeReader.on(conn)
            yield Stage(pool, queue, brenda, clock, reader, model, deck)
        finally:
            await brenda.models.aclose()


def stage_settings(given: Settings, model: str = EMBEDDED) -> Settings:
    """The embedded Brenda's settings, whatever the machine's say, but for where a live model is asked."""
    remote = {"openai_api_key", "openai_base_url", "model_timeout_seconds"} if model != EMBEDDED else set[str]()
    kept = {name: getattr(given, name) for name in remote}
    defaults = {name: info.get_default() for name, info in Settings.model_fields.items()}
    own = {"secret_key": SecretStr(SECRET), "data_dir": given.data_dir, "media_dir": given.media_dir}
    named = {"openai_model": model} if model != EMBEDDED else {}
    return Settings.model_construct(**{**defaults, **own, **kept, **named})
