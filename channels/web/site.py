"""What the web app stands on; every router is a function of it."""

from collections.abc import Callable
from dataclasses import dataclass

from core.db.pool import Pool
from core.domain.clock import Clock
from core.integrations.links import LinkSigner
from core.integrations.queue import Queue
from core.prompts.prompt_set import PromptSet
from core.settings import Settings


@dataclass(frozen=True, slots=True)
class Site:
    """`spoken` is called after something was written to the outbox or the inbox by a page. `chat_url` is where the
    chat is reached again, if that is known.
    """

    settings: Settings
    pool: Pool
    prompts: Callable[[], PromptSet]
    links: LinkSigner
    queue: Queue
    clock: Clock
    spoken: Callable[[], None]
    chat_url: Callable[[], str | None] = lambda: None
