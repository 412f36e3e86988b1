"""One turn, from a request to its recorded result: the place where the console, Telegram's worker and the evals enter.

The turn's context is built in one round trip, the graph runs with the chat as its thread and writes one checkpoint at
its end, and the closing transaction writes the rest. A turn that is run again after a crash finds its result in the
checkpoint, asks no model, and only closes what is still open.
"""

from dataclasses import dataclass
from typing import Any

from langchain_core.runnables import RunnableConfig

from agent.closing import Closer
from agent.graph import Funnel
from core.context import Context
from core.db import courses, people, turns
from core.db.pool import Connection, Pool
from core.domain.catalog import course_facts
from core.domain.clock import Clock
from core.domain.turn import TurnRequest, TurnResult
from core.integrations.links import LinkSigner
from core.integrations.model_chain import ModelChain
from core.learning.assignment import place
from core.learning.predictors import Predictors
from core.learning.recommenders import Recommenders
from core.prompts.prompt_library import PromptLibrary
from core.settings import Settings


@dataclass(frozen=True, slots=True)
class Brenda:
    """The long-lived parts that turns stand on, built by the composition root."""

    settings: Settings
    pool: Pool
    graph: Funnel
    prompts: PromptLibrary
    models: ModelChain
    links: LinkSigner
    closer: Closer
    clock: Clock
    predictors: Predictors
    recommenders: Recommenders

    async def take_turn(self, request: TurnRequest) -> TurnResult:
        """Answer one request. The result is recorded when this returns; it is what the channel may show.

        Raises:
            psycopg.Error: the database went away. Nothing is lost: run the same request again.
        """
        context = await self.open_context(request)
        config: RunnableConfig = {"configurable": {"thread_id": turns.thread_of(context.lead)}}
        state: dict[str, Any] = await self.graph.ainvoke(
            {"request": request}, config, context=context, durability="exit"
        )
        result = state.get("result") or TurnResult.model_validate_json(state["last"])
        await self.closer.close(context.lead, result, context.prompts)
        return result

    async def open_context(self, request: TurnRequest) -> Context:
        """Who writes, which arm they are in, what is known of their course, and what this turn may use."""
        now, samples = self.clock(), self.settings.database_url is None
        async with self.pool.connection() as conn:
            meeting = await people.meet(conn, channel=request.channel, chat=request.chat, samples=samples, now=now)
        placement = place(meeting.lead.id, meeting.enrolment)
        facts = course_facts(*meeting.course, now.date()) if meeting.course else ()
        return Context(
            turn_id=request.turn_id,
            now=now,
            lead=meeting.lead,
            arm=placement.arm,
            experiment=placement.experiment,
            course_id=meeting.lead.course_id if facts else None,
            facts=facts,
            live_offers=meeting.live_offers,
            settings=self.settings,
            pool=self.pool,
            prompts=self.prompts.current,
            links=self.links,
            models=self.models,
            deadline=self.models.deadline(),
            predictor=await self.predictors.serve(meeting.predictor),
            recommender=await self.recommenders.serve(meeting.recommender),
        )

    async def course_name(self, conn: Connection, course_id: int | None) -> str:
        """The name of a course as it may be said; empty when there is none."""
        samples = self.settings.database_url is None
        course = await courses.by_id(conn, course_id, samples) if course_id is not None else None
        return course.name if course else ""

    async def finish(self, channel: str, chat: str) -> TurnResult | None:
        """Close the chat's last turn if a crash came between its checkpoint and its record; None if there was none."""
        state = await self.graph.aget_state({"configurable": {"thread_id": f"{channel}:{chat}"}})
        last = state.values.get("last")
        if not last:
            return None
        result = TurnResult.model_validate_json(last)
        async with self.pool.connection() as conn:
            if await turns.is_recorded(conn, result.turn_id):
                return None
        request = TurnRequest(turn_id=result.turn_id, channel=channel, chat=chat, inputs=())
        context = await self.open_context(request)
        await self.closer.close(context.lead, result, context.prompts)
        return result
