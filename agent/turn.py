"""One turn, from a request to its recorded result: the place where the console, Telegram's worker and the evals enter.

One round trip brings all that a turn needs to know, the chat's state with it; the graph runs with the chat as its
thread; one transaction writes the record, the outbox and the new state together. So a crash leaves a turn untouched or
done: one that was taken finds itself in the state when it is run again, asks no model, and writes nothing.
"""

from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Any

from langchain_core.runnables import RunnableConfig

from agent.checkpoints import KEPT, Kept
from agent.closing import Closer
from agent.graph import Funnel
from core.context import Context
from core.db import courses, meetings, turns
from core.db.meetings import Meeting
from core.db.pool import Connection, Pool
from core.domain.catalog import course_facts
from core.domain.clock import Clock
from core.domain.funnel import Stage
from core.domain.meter import Meter, Unmetered
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
    meter: Meter = field(default_factory=Unmetered)

    async def take_turn(self, request: TurnRequest, meeting: Meeting | None = None) -> TurnResult:
        """Answer one request. The result is recorded when this returns; it is what the channel may show.

        `meeting` is the lead as they were met when the request was taken; without it they are met now.

        Raises:
            psycopg.Error: the database went away. Nothing is lost: run the same request again.
        """
        began, outcome = perf_counter(), "failed"
        try:
            result = await self._turn(request, meeting)
            outcome = "answered"
        finally:
            self.meter.turn(outcome, perf_counter() - began)
        return result

    async def _turn(self, request: TurnRequest, meeting: Meeting | None) -> TurnResult:
        now = self.clock()
        meeting = meeting or await self._meet(request, now)
        context, kept = await self._context(request, meeting, now), Kept(meeting.state)
        config: RunnableConfig = {"configurable": {"thread_id": turns.thread_of(meeting.lead), KEPT: kept}}
        result: Any = await self.graph.ainvoke(
            {"request": request}, config, context=context, durability="exit", output_keys="result"
        )
        if not isinstance(result, TurnResult):
            return await self._recall(request)
        await self.closer.close(context.lead, result, context.prompts, kept.after)
        return result

    async def open_context(self, request: TurnRequest) -> Context:
        """Who writes, which arm they are in, what is known of their course, and what this turn may use."""
        now = self.clock()
        return await self._context(request, await self._meet(request, now), now)

    async def _meet(self, request: TurnRequest, now: datetime) -> Meeting:
        async with self.pool.connection() as conn:
            return await meetings.meet(
                conn, channel=request.channel, chat=request.chat, samples=self.settings.tells_samples, now=now
            )

    async def _context(self, request: TurnRequest, meeting: Meeting, now: datetime) -> Context:
        placement = place(meeting.lead.id, meeting.enrolment)
        facts = course_facts(*meeting.course, now.date()) if meeting.course else ()
        booked = meeting.booking.facts() if meeting.booking else ()
        return Context(
            turn_id=request.turn_id,
            now=now,
            lead=meeting.lead,
            arm=placement.arm,
            experiment=placement.experiment,
            course_id=meeting.lead.course_id if facts else None,
            facts=(*facts, *booked),
            live_offers=meeting.live_offers,
            settings=self.settings,
            pool=self.pool,
            prompts=self.prompts.current,
            links=self.links,
            models=self.models,
            deadline=self.models.deadline(),
            predictor=await self.predictors.serve(meeting.predictor),
            recommender=await self.recommenders.serve(meeting.recommender),
            downloads=meeting.downloads,
        )

    async def _recall(self, request: TurnRequest) -> TurnResult:
        """What is on record of a turn that was taken before."""
        async with self.pool.connection() as conn:
            recalled = await turns.recall(conn, request.turn_id)
        return recalled or TurnResult(turn_id=request.turn_id, at=self.clock(), stage=Stage.CONTACT)

    async def course_name(self, conn: Connection, course_id: int | None) -> str:
        """The name of a course as it may be said; empty when there is none."""
        course = await courses.by_id(conn, course_id, self.settings.tells_samples) if course_id is not None else None
        return course.name if course else ""
