"""The messages that a model gets for one turn.

What is stable stands first, so that a provider's prompt cache can hit: persona, rules and the course's facts; then what
is remembered; then the window of past lines; and last what belongs to this turn alone. What the person wrote is always
a user message and never part of the system's. The whole never exceeds the budget: the oldest lines give way first.
"""

import json
from functools import lru_cache

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from agent.state import Scratch
from agent.talk import Notes, Talk
from agent.voice import turn_number
from core.context import Context
from core.domain.evidence import Fact
from core.domain.turn import Selection
from core.prompts.prompt_set import PromptSet

TOOL_ROOM = 8_000
"""Characters of the budget that are kept for the results of tools."""


def compose(context: Context, scratch: Scratch, talk: Talk, selection: Selection) -> tuple[BaseMessage, ...]:
    """The turn's messages, within `prompt_budget_chars` (characters of all messages; tool schemas are not counted).

    Room is left for what the tools of the turn will bring.
    """
    system = SystemMessage(_system(context.prompts, context.facts))
    brief = SystemMessage(_brief(context, scratch, selection))
    words = HumanMessage(scratch.words)
    budget = context.settings.prompt_budget_chars - TOOL_ROOM - length(system, brief, words)
    memory = _memory(context, talk.notes)
    history = _fitting(talk, budget - length(*memory))
    if len(history) < len(talk.history):  # lines that do not fit are told by the notes instead
        memory = _memory(context, talk.current_notes())
        history = _fitting(talk, budget - length(*memory))
    return (system, *memory, *history, brief, words)


def length(*messages: BaseMessage) -> int:
    """Characters of some messages."""
    return sum(len(str(message.content)) for message in messages)


def _fitting(talk: Talk, budget: int) -> list[BaseMessage]:
    kept: list[BaseMessage] = []
    for line in reversed(talk.history):
        budget -= len(line.text)
        if budget < 0:
            break
        kept.append(_told(line.role, line.text))
    return kept[::-1]


@lru_cache(maxsize=2048)
def _told(role: str, text: str) -> BaseMessage:
    """A line of the window as a message; most of a chat's lines come again with its next turn. Nobody changes one."""
    return HumanMessage(text) if role == "user" else AIMessage(text)


@lru_cache(maxsize=64)
def _system(prompts: PromptSet, facts: tuple[Fact, ...]) -> str:
    """The same for everyone who is interested in a course, so it is rendered once."""
    known = {fact.key: fact.value for fact in facts}
    course = {name: known.get(f"course.{name}", "") for name in ("name", "tagline", "description")}
    lines = [_line(fact) for fact in facts]
    return prompts.render("system", course=course if course["name"] else None, facts=lines)


def _line(fact: Fact) -> str:
    return json.dumps(fact.model_dump(mode="json"), ensure_ascii=False)


def _memory(context: Context, notes: Notes) -> list[HumanMessage]:
    """At most one block; none when nothing is known yet."""
    profile = context.lead.profile.model_dump(exclude_none=True)
    if not (context.lead.name or profile or notes.remembered or notes.asked):
        return []
    asked, objected, shown = list(notes.asked), list(notes.objected), list(notes.used)
    summary = context.prompts.render("summary", asked=asked, objected=objected, shown=shown)
    name, told = context.lead.name or "", list(notes.remembered)
    text = context.prompts.render("memory", name=name, profile=profile, remembered=told, summary=summary)
    return [HumanMessage(text)]


def _brief(context: Context, scratch: Scratch, selection: Selection) -> str:
    prompts, perception, tool = context.prompts, scratch.perception, selection.suggestion
    suggestion = prompts.render("suggestion", tool=tool, description=prompts.render(f"tools/{tool}")) if tool else ""
    arm = f"arms/{selection.arm}"
    data: dict[str, object] = {
        "stage": selection.stage.value,
        "intent": perception.intent.value,
        "objection": perception.objection.value,
        "emotion": perception.emotion.value,
        "sentiment": perception.sentiment.value,
        "language": perception.language.value,
        "suggestion": tool,
        "seed": turn_number(context.turn_id, "embedded"),
    }
    if scratch.talk.minor:
        data["minor"] = True
    return prompts.render(
        "turn",
        stage_directive=prompts.render(f"stages/{selection.stage.value}"),
        arm_directive=prompts.render(arm) if prompts.has(arm) else "",
        emotion_directive=prompts.render(f"emotions/{perception.emotion.value}"),
        suggestion_directive=suggestion,
        data=json.dumps(data, ensure_ascii=False),
    )
