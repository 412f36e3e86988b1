"""The frozen context of one turn: who writes, which arm they are in, what is known, and what the turn may use.

It is built by `agent/turn.py` before the graph runs and reaches every node and every tool through LangGraph's runtime
context. Nothing in it changes while the turn runs.
"""

from dataclasses import dataclass
from datetime import datetime

from core.db.pool import Pool
from core.domain.evidence import Fact
from core.domain.people import Lead
from core.integrations.links import LinkSigner
from core.integrations.model_chain import Deadline, ModelChain
from core.learning.leaning import NEUTRAL, Recommender
from core.learning.predictors import Predictor
from core.prompts.prompt_set import PromptSet
from core.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """What a turn stands on. `facts` are the course's and are evidence in every turn; `live_offers` the kinds of offer
    ("discount", "bonus") that are live for it now; `deadline` is how long the turn may wait for remote models;
    `experiment` is the running one that gave the arm, if one did; `predictor` the trained one that serves now, None for
    the scorecard; `recommender` the one in force, which may lean nowhere; `downloads` how often the lead opened a file
    by its link.
    """

    turn_id: str
    now: datetime
    lead: Lead
    arm: str
    course_id: int | None
    facts: tuple[Fact, ...]
    live_offers: frozenset[str]
    settings: Settings
    pool: Pool
    prompts: PromptSet
    links: LinkSigner
    models: ModelChain
    deadline: Deadline
    experiment: str = ""
    predictor: Predictor | None = None
    recommender: Recommender = NEUTRAL
    downloads: int = 0
