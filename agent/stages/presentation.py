"""The presentation of the campaign's course; who came without one chooses first."""

from dataclasses import replace
from typing import Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from agent.routing import TALKING
from agent.state import State
from agent.voice import say
from core.context import Context
from core.db import courses
from core.domain.catalog import Course
from core.domain.funnel import Milestone, Stage
from core.domain.messages import Button, Input, InputKind, Media, MediaKind, Outgoing
from core.domain.perception import Intent
from core.domain.turn import Event
from core.integrations.media import locate

NEXT_STEPS = ("ask.syllabus", "ask.price", "ask.demo", "ask.advisor")


async def presentation(state: State, runtime: Runtime[Context]) -> Command[Literal["settle"]]:
    """Show the course that the person chose or came for, or the list of courses."""
    context, scratch = runtime.context, state["scratch"]
    samples = context.settings.tells_samples
    async with context.pool.connection() as connection:
        catalogue = await courses.active(connection, samples)
    chosen = _chosen(scratch.request.inputs[0], scratch.draft.lead.course_id or context.course_id, catalogue)
    if chosen is None and scratch.perception.intent is Intent.REFUSAL:
        draft = scratch.draft.saying(say(context, "presentation/later"))
        return Command(goto="settle", update={"scratch": scratch.with_draft(draft)})
    if chosen is None:
        draft = replace(scratch.draft.saying(_choice(context, catalogue)), stage=_choosing(scratch.draft.stage))
        return Command(goto="settle", update={"scratch": scratch.with_draft(draft)})
    async with context.pool.connection() as connection:
        modules = len(await courses.modules(connection, chosen.id))
    draft = scratch.draft.saying(_shown(context, chosen, modules)).learning(course_id=chosen.id)
    draft = draft.noting(Event(kind=Milestone.COURSE_PRESENTED, payload={"course": chosen.slug}, once=True))
    return Command(goto="settle", update={"scratch": scratch.with_draft(replace(draft, stage=_after(draft.stage)))})


def _after(stage: Stage) -> Stage:
    return stage if stage in (Stage.CUSTOMER, Stage.DEMO, Stage.CHECKOUT) else Stage.CONVERSATION


def _choosing(stage: Stage) -> Stage:
    """A button of a course that is gone takes nobody out of the talk."""
    return stage if stage in (*TALKING, Stage.CUSTOMER) else Stage.PRESENTATION


def _chosen(given: Input, wanted: int | None, catalogue: list[Course]) -> Course | None:
    """By button, by the advertisement, by the lead's course, or by words that fit one course alone."""
    slug = given.action.removeprefix("course.") if given.kind is InputKind.BUTTON else ""
    for course in catalogue:
        if course.slug == slug or (not slug and course.id == wanted):
            return course
    return named_course(given.text, catalogue) or (catalogue[0] if len(catalogue) == 1 else None)


def named_course(text: str, catalogue: list[Course]) -> Course | None:
    """The course whose name shares the most words with `text`; None if none does, or two do equally."""
    words = {word.casefold().strip(".,;:!?¡¿") for word in text.split() if len(word) > 3}
    scores = sorted(
        ((len(words & {*course.name.casefold().split()}), course) for course in catalogue), key=lambda s: -s[0]
    )
    if not scores or scores[0][0] == 0 or (len(scores) > 1 and scores[1][0] == scores[0][0]):
        return None
    return scores[0][1]


def _choice(context: Context, catalogue: list[Course]) -> Outgoing:
    listed = [{"name": course.name, "hashtag": course.hashtag} for course in catalogue]
    message = say(context, "presentation/no_course", courses=listed)
    buttons = tuple(Button(label=course.name, action=f"course.{course.slug}"[:40]) for course in catalogue[:8])
    return message.model_copy(update={"buttons": buttons})


def _shown(context: Context, course: Course, modules: int) -> Outgoing:
    picture = None
    if course.image_path and locate(context.settings.media_dir, course.image_path, f"courses:{course.id}"):
        picture = Media(kind=MediaKind.PHOTO, path=course.image_path)
    facts = {**course.model_dump(), "price_text": f"{course.price:f} {course.currency}", "modules": modules}
    return say(context, "presentation/course", *NEXT_STEPS, media=picture, course=facts)
