"""Playing one conversation: the world is set, the prospect writes, Brenda answers by `take_turn`, and all is judged."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from agent.turn import Brenda
from core.domain.funnel import Stage as FunnelStage
from core.domain.messages import Input
from core.domain.turn import TurnRequest, TurnResult
from evals.database import reset
from evals.durations import span
from evals.judging import case_of, judge, judged
from evals.metering import MeteredChain
from evals.outside import Outside
from evals.parts import needed
from evals.persona import Persona
from evals.prospect import Prospect, Seen
from evals.record import Conversation, Outcome, Transcript, TurnRecord, Verdict
from evals.scenario import Scenario
from evals.scenery import CHANNEL, place_world
from evals.scripted import Scripted
from evals.stage import Facts, Stage
from evals.steps import PAUSE, Commands, Happens, Presses, Says, Step, Waits, WorldEvent
from evals.turn_record import record_of


@dataclass(frozen=True, slots=True)
class Job:
    """One conversation to play. `seed` counts from 0."""

    suite: str
    scenario: Scenario
    persona: Persona
    seed: int

    @property
    def chat(self) -> str:
        """The chat's id, from which the lead's id, the arm and every draw follow."""
        return f"{self.scenario.id}:{self.seed}"


@dataclass(frozen=True, slots=True)
class Played:
    """What came of it. Durations in seconds and milliseconds; they are no part of what must be the same twice."""

    conversation: Conversation
    transcript: Transcript
    seconds: float = 0.0
    turn_ms: tuple[float, ...] = ()


async def play(stage: Stage, job: Job) -> Played:
    """Play it. What goes wrong is told as the conversation's error: nothing that crashed ever passes."""
    start, talk = time.perf_counter(), _Talk(stage, job)
    try:
        await talk.open()
        await talk.go()
        outcome, error = await talk.outcome(), ""
    except Exception as fault:
        outcome, error = Outcome(lead={}, tables={}), f"{type(fault).__name__}: {fault}"
    transcript = Transcript(
        suite=job.suite,
        scenario=job.scenario.id,
        seed=job.seed,
        turns=tuple(talk.turns),
        facts=talk.told_facts(),
        outcome=outcome,
    )
    conversation = _conversation(job, talk, transcript, error)
    return Played(conversation, transcript, time.perf_counter() - start, tuple(talk.turn_ms))


@dataclass(slots=True)
class _Talk:
    """A conversation under way."""

    stage: Stage
    job: Job
    turns: list[TurnRecord] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    turn_ms: list[float] = field(default_factory=list)
    known: Facts = field(default_factory=dict)
    shown: list[tuple[str, str]] = field(default_factory=list)
    course: int | None = None
    asked: int = 0
    prospect: Prospect | None = None
    brenda: Brenda | None = None
    meter: MeteredChain | None = None

    async def open(self) -> None:
        """Set the world, the clock and the models."""
        scenario, stage = self.job.scenario, self.stage
        await reset(stage.pool, catalog=stage.dirty)
        stage.clock.now = scenario.world.now
        async with stage.pool.connection() as conn:
            await place_world(conn, scenario.world, self.job.chat)
        stage.dirty = stage.dirty or scenario.world.touches_catalog
        self.known = await stage.facts()
        stage.dirty = scenario.world.touches_catalog
        brenda, self.meter = stage.cast(scenario.model, lambda: self.asked)
        tuned = scenario.world.settings.model_dump(exclude_none=True)
        settings = brenda.settings.model_copy(update=tuned)
        self.brenda = replace(brenda, settings=settings)
        if stage.deck is not None:
            stage.deck.begin(self.job.scenario.id, self.job.seed)

    async def go(self) -> None:
        """Walk to where the scenario begins, then let the prospect play."""
        for step in await self._prelude():
            await self._do(step, prelude=True)
        self.prospect = prospect_of(self.job)
        seen: Seen | None = self._seen() if self.turns else None
        for _ in range(self.job.scenario.most_turns):
            following = await self.prospect.next(seen)
            if following is None:
                break
            await self._do(following)
            seen = self._seen()

    def _seen(self) -> Seen | None:
        if not self.turns:
            return None
        minutes = (self.stage.clock() - self.job.scenario.world.now) / timedelta(minutes=1)
        return Seen(self.turns[-1], len(self.turns), minutes)

    async def _prelude(self) -> list[Step]:
        opens_at, source = self.job.scenario.opens_at, self.job.scenario.source
        if opens_at == "contact":
            return []
        tag = await self.stage.hashtag(source.course) if source.course else ""
        if source.by == "link":
            payload = "__".join(filter(None, (tag, source.campaign)))
            first: Step = Commands(commands="start", text=payload)
        else:
            words = (f"#{tag}" if tag else "", f"#CAMPAÑA_{source.campaign}" if source.campaign else "", source.says)
            first = Says(says=" ".join(filter(None, words)) or "Hola")
        walk: list[Step] = [first, Presses(presses="consent.accept"), Says(says=self.job.persona.name)]
        return walk[: {"consent": 1, "name": 2, "conversation": 3}[opens_at]]

    async def _do(self, step: Step, prelude: bool = False) -> None:
        clock = self.stage.clock
        if isinstance(step, Waits):
            await self._wait(step)
            return
        clock.move(span(step.after if self.turns else "0 minutes") if step.after == PAUSE else span(step.after))
        inputs = (
            await self.outside.happen(WorldEvent(step.world)) if isinstance(step, Happens) else step.inputs(self.shown)
        )
        if inputs:
            await self._turn(step, inputs, prelude)
        while (taken := await self.outside.taken() if isinstance(step, Happens) else None) is not None:
            await self._turn(step, tuple(row.input for row in taken.rows), prelude, taken.turn_id)
        if step.checks:
            await self._judge(step)

    async def _wait(self, step: Waits) -> None:
        """What Brenda says by herself is a turn in which the person did nothing."""
        words = await self.outside.wait(self.stage.clock() + span(step.waits))
        for word in words:
            told = {"waits": step.waits}
            last = self.turns[-1].stage if self.turns else FunnelStage.CONTACT
            buttons = tuple(button.model_dump(exclude_defaults=True) for button in word.buttons)
            self.turns.append(
                TurnRecord(
                    number=len(self.turns) + 1,
                    at=word.at.isoformat(),
                    step=told,
                    texts=(word.text,),
                    buttons=buttons,
                    stage=last,
                    course=self.course,
                )
            )
            self.shown = [(button.label, button.action) for button in word.buttons]
        if step.checks:
            await self._judge(step)

    @property
    def outside(self) -> Outside:
        """The world around this chat."""
        brenda = self.brenda
        assert brenda is not None  # noqa: S101 - opened before
        stage = self.stage
        return Outside(self.job.chat, stage.pool, stage.queue, brenda.prompts.current, stage.clock, brenda.settings)

    async def _turn(self, step: Step, inputs: tuple[Input, ...], prelude: bool, turn_id: str = "") -> None:
        assert self.brenda is not None and self.meter is not None  # noqa: S101 - opened before
        number = len(self.turns) + 1
        self.asked += not prelude
        if self.stage.deck is not None:
            self.stage.deck.turn = number
        turn_id = turn_id or f"{CHANNEL}:{self.job.chat}:turn-{number}"
        request = TurnRequest(turn_id=turn_id, channel=CHANNEL, chat=self.job.chat, inputs=inputs)
        start = time.perf_counter()
        result = await self.brenda.take_turn(request)
        self.turn_ms.append(round(1000 * (time.perf_counter() - start), 2))
        self._note(record_of(number, step, result, self.meter.take(), prelude), result)

    def _note(self, record: TurnRecord, result: TurnResult) -> None:
        self.course = result.lead.course_id or self.course
        told = self.meter.told() if self.meter else ()
        self.turns.append(record.model_copy(update={"course": self.course, "told": told}))
        if result.outgoing:
            self.shown = [(button.label, button.action) for message in result.outgoing for button in message.buttons]

    async def _judge(self, step: Any) -> None:
        rows = any(check.needs_rows for check in step.checks)
        outcome = await self.outcome() if rows else Outcome(lead={}, tables={})
        turns = tuple(self.turns)
        case = case_of(self.job.persona, turns, outcome, self.known, self.stage.clock(), scope=turns[-1:])
        self.verdicts += judged(step.checks, case, self.job.scenario.gate)

    async def outcome(self) -> Outcome:
        """What stands in the database now."""
        async with self.stage.pool.connection() as conn:
            return await self.stage.reader.read(conn, self.job.chat)

    def told_facts(self) -> Facts:
        """The facts of the courses that were talked about."""
        courses = {str(turn.course) for turn in self.turns}
        return {course: facts for course, facts in self.known.items() if course in courses}


def prospect_of(job: Job) -> Prospect:
    """Who plays the person: the script, or the simulated prospect of the scenario's plan."""
    if job.scenario.turns:
        return Scripted(job.scenario.turns)
    prospect: Prospect = needed("prospects").make(job.scenario, job.persona, job.seed)
    return prospect


def _conversation(job: Job, talk: _Talk, transcript: Transcript, error: str) -> Conversation:
    scenario = job.scenario
    judgement = judge(scenario, job.persona, transcript, talk.stage.clock(), talk.verdicts)
    requests = [request for turn in talk.turns for request in turn.requests]
    total: Callable[[str], int] = lambda name: sum(getattr(request, name) or 0 for request in requests)  # noqa: E731
    faults: Sequence[str] = talk.prospect.faults if talk.prospect else ()
    return Conversation(
        suite=job.suite,
        scenario=scenario.id,
        persona=job.persona.id,
        seed=job.seed,
        arm=next((turn.arm for turn in reversed(talk.turns) if turn.arm), ""),
        tags=scenario.tags,
        gate=scenario.gate,
        right_end=tuple(end.value for end in scenario.right_ends),
        end=judgement.end,
        passed=not judgement.failed and not error,
        gate_fell=judgement.gates,
        verdicts=judgement.failed,
        checked=judgement.counts(),
        turns=len(talk.turns),
        models=dict(sorted(Counter(turn.model for turn in talk.turns if turn.model).items())),
        model_calls=sum(turn.model_calls for turn in talk.turns),
        chars_in=total("chars_in"),
        chars_out=total("chars_out"),
        tokens_in=total("tokens_in"),
        tokens_out=total("tokens_out"),
        prospect_faults=tuple(faults),
        left_because=talk.prospect.left_because if talk.prospect else "",
        error=error,
    )
