"""The briefing: what the embedded model finds in the messages of a turn, as typed data.

The messages are the same that any model gets: a system message with the course's facts, perhaps a block of memory, the
last lines of the chat, a system message with the turn's data, the person's words, and what the tools have answered
since. Whatever is missing or malformed is simply not known; nothing here raises.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from pydantic import BaseModel, ConfigDict, ValidationError

from core.domain.evidence import Fact

FACTS, MEMORY, TURN, CORRECTION = "hechos", "memoria", "turno", "correccion"
PROFILE_LABELS = {
    "nombre": "name",
    "ocupación": "occupation",
    "empresa": "company",
    "país": "country",
    "objetivo": "goal",
    "experiencia": "experience",
    "presupuesto": "budget",
    "disponibilidad": "availability",
    "correo": "email",
}


class TurnData(BaseModel):
    """The line `datos:` of the turn's block."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    stage: str = "conversation"
    suggestion: str | None = None
    name: str | None = None
    seed: int = 0
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What a tool brought in this turn: facts, or the code of what is missing, or both."""

    tool: str
    facts: tuple[Fact, ...] = ()
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Briefing:
    """All that the embedded model knows in a turn. `heard` and `said` are earlier lines, the oldest first.

    `rejected` are replies of this turn that were not sent, `flagged` the claims in them that had no backing.
    """

    words: str = ""
    turn: TurnData = field(default_factory=TurnData)
    facts: tuple[Fact, ...] = ()
    profile: dict[str, str] = field(default_factory=dict)
    remembered: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    answered: tuple[Answered, ...] = ()
    rejected: tuple[str, ...] = ()
    corrected: bool = False
    flagged: tuple[str, ...] = ()


def read(messages: Sequence[BaseMessage]) -> Briefing:
    """Read the messages of a turn."""
    place = _place_of_turn(messages)
    before, after = messages[:place], messages[place:]
    memory = _memory_text(before)
    history = [message for message in before if _text(message) != memory]
    corrections = [_block(message, CORRECTION) for message in after if isinstance(message, SystemMessage)]
    spoken = [message for message in after if isinstance(message, HumanMessage)]
    return Briefing(
        words="\n".join(_text(message) for message in spoken),
        turn=_turn_data(messages, place),
        facts=tuple(_facts(messages)),
        profile=dict(_profile(memory)),
        remembered=tuple(_remembered(memory)),
        heard=tuple(_text(message) for message in history if isinstance(message, HumanMessage)),
        said=tuple(_text(message) for message in history if isinstance(message, AIMessage) and _text(message)),
        answered=tuple(_answered(after)),
        rejected=tuple(_text(message) for message in after if isinstance(message, AIMessage) and _text(message)),
        corrected=any(corrections),
        flagged=tuple(claim for text in corrections for claim in re.findall(r"«([^«»]+)»", text)),
    )


def _text(message: BaseMessage) -> str:
    return str(message.text).strip()


def _block(message: BaseMessage, tag: str) -> str:
    found = re.search(rf"<{tag}>(.*?)</{tag}>", _text(message), re.DOTALL)
    return found.group(1) if found else ""


def _place_of_turn(messages: Sequence[BaseMessage]) -> int:
    """Where the turn begins: its own block, else the last words of the person, else the end."""
    places = range(len(messages) - 1, -1, -1)
    turn = (at for at in places if isinstance(messages[at], SystemMessage) and _block(messages[at], TURN))
    words = (at for at in places if isinstance(messages[at], HumanMessage))
    return next(turn, next(words, len(messages)))


def _turn_data(messages: Sequence[BaseMessage], place: int) -> TurnData:
    found = re.search(r"datos:\s*(\{.*\})", _block(messages[place], TURN)) if place < len(messages) else None
    try:
        return TurnData.model_validate_json(found.group(1)) if found else TurnData()
    except ValidationError:
        return TurnData()


def _facts(messages: Sequence[BaseMessage]) -> Iterator[Fact]:
    for message in messages:
        if not isinstance(message, SystemMessage):
            continue
        for line in _block(message, FACTS).splitlines():
            try:
                yield Fact.model_validate_json(line)
            except ValidationError:
                continue


def _memory_text(before: Sequence[BaseMessage]) -> str:
    """Only the first message after the system's can be the memory: later ones are the person's own words."""
    spoken = [message for message in before if not isinstance(message, SystemMessage)]
    first = spoken[0] if spoken else None
    is_memory = isinstance(first, HumanMessage) and _text(first).startswith(f"<{MEMORY}>")
    return _text(first) if first is not None and is_memory else ""


def _profile(memory: str) -> Iterator[tuple[str, str]]:
    for line in memory.splitlines():
        label, colon, value = line.partition(":")
        field_name = PROFILE_LABELS.get(label.strip().casefold())
        if colon and field_name and value.strip():
            yield field_name, value.strip()


def _remembered(memory: str) -> Iterator[str]:
    for line in memory.splitlines():
        if line.startswith("- "):
            yield line.removeprefix("- ").strip()


def _answered(after: Sequence[BaseMessage]) -> Iterator[Answered]:
    calls: list[Any] = [call for message in after if isinstance(message, AIMessage) for call in message.tool_calls]
    names = {call["id"]: call["name"] for call in calls}
    for message in after:
        if isinstance(message, ToolMessage):
            yield _result(names.get(message.tool_call_id, message.name or ""), _text(message))


def _result(tool: str, content: str) -> Answered:
    """An answer that is no JSON object brought nothing."""
    try:
        data = json.loads(content)
        facts = tuple(Fact.model_validate(item) for item in data.get("facts", ()))
        return Answered(tool, facts, str(data.get("missing", "")))
    except (ValueError, AttributeError, TypeError):
        return Answered(tool, (), "unreadable")
