"""Putting Brenda together on a database that is open: the graph, the chain of models, and what closes a turn."""

from collections.abc import Sequence

from agent.checkpoints import PooledSaver
from agent.closing import Closer
from agent.embedded import EmbeddedChatModel
from agent.graph import build_graph
from agent.turn import Brenda
from core.db.pool import Pool
from core.domain.clock import Clock, system_clock
from core.domain.meter import Meter, Unmetered
from core.integrations.circuit import CircuitBreaker
from core.integrations.links import LinkSigner
from core.integrations.model_chain import ModelChain, NamedModel
from core.integrations.queue import Queue
from core.learning.predictors import Predictors
from core.learning.recommenders import Recommenders
from core.prompts.prompt_library import PromptLibrary
from core.secret import signing_key
from core.settings import Settings


def assemble(
    settings: Settings,
    pool: Pool,
    prompts: PromptLibrary,
    queue: Queue,
    clock: Clock = system_clock,
    *,
    meter: Meter | None = None,
) -> Brenda:
    """To be called inside the event loop that will run the turns."""
    counts = meter or Unmetered()
    return Brenda(
        settings=settings,
        pool=pool,
        graph=build_graph(PooledSaver(pool)),
        prompts=prompts,
        models=build_models(settings, prompts, clock, counts),
        links=LinkSigner(signing_key(settings), str(settings.public_url).rstrip("/"), clock),
        closer=Closer(pool, queue, settings.advisor_chat, samples=settings.tells_samples),
        clock=clock,
        predictors=Predictors(pool),
        recommenders=Recommenders(pool),
        meter=counts,
    )


def build_models(settings: Settings, prompts: PromptLibrary, clock: Clock, meter: Meter | None = None) -> ModelChain:
    """The configured model, the second one, and at the end the embedded one, which always answers."""
    embedded = NamedModel("embedded", EmbeddedChatModel(prompts=lambda: prompts.current))
    models = [*_remote(settings, clock), embedded]
    return ModelChain(models, clock, deadline_seconds=settings.turn_deadline_seconds, meter=meter)


def _remote(settings: Settings, clock: Clock) -> Sequence[NamedModel]:
    if not settings.has_model and not settings.second_model:
        return ()
    # Importing the vendor's package takes a second, which the embedded Brenda need not wait for.
    from core.integrations.openai_chat import openai_chat

    remote: list[NamedModel] = []
    if settings.has_model:
        base = str(settings.openai_base_url) if settings.openai_base_url else None
        first = openai_chat(
            base_url=base,
            api_key=settings.openai_api_key,
            model=settings.openai_model,
            timeout=settings.model_timeout_seconds,
        )
        remote.append(NamedModel(settings.openai_model, first, CircuitBreaker(clock)))
    if settings.second_model:
        base = str(settings.second_base_url) if settings.second_base_url else None
        second = openai_chat(
            base_url=base,
            api_key=settings.second_api_key,
            model=settings.second_model,
            timeout=settings.model_timeout_seconds,
        )
        remote.append(NamedModel(settings.second_model, second, CircuitBreaker(clock)))
    return remote
