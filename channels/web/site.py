"""What the web app stands on; every router is a function of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from core.db.pool import Pool
from core.domain.clock import Clock
from core.integrations.links import LinkSigner
from core.integrations.prometheus import PrometheusMeter
from core.integrations.queue import Queue
from core.prompts.prompt_set import PromptSet
from core.settings import Settings

Post = Callable[[str, str, bytes], Awaitable[tuple[int, str]]]
"""Takes the path's secret, the header's secret and the body of an update; gives an HTTP status and a line of text."""


@dataclass(frozen=True, slots=True)
class Site:
    """`spoken` is called after something was written to the outbox or the inbox by a page. `chat_url` is where the
    chat is reached again, if that is known. `telegram` takes what Telegram posts, while its channel runs here.
    `circuits` tells the state of each remote model's circuit in this process ("closed" is well).
    """

    settings: Settings
    pool: Pool
    prompts: Callable[[], PromptSet]
    links: LinkSigner
    queue: Queue
    clock: Clock
    spoken: Callable[[], None]
    chat_url: Callable[[], str | None] = lambda: None
    telegram: Callable[[], Post | None] = lambda: None
    circuits: Callable[[], Mapping[str, str]] = dict
    meter: PrometheusMeter = field(default_factory=PrometheusMeter)
