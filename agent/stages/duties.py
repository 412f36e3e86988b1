"""The duties of the platform and the law, which are answered in every stage and change none of them.

Who begins with one of them, and has therefore not been asked yet, is asked for consent after it; but not after the
question whether everything is to be deleted, which must stand last.
"""

from dataclasses import replace
from typing import Any, Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from agent.routing import Signal
from agent.state import Draft, State
from agent.voice import say
from core.context import Context
from core.db import people
from core.domain.funnel import Stage
from core.domain.messages import Input, InputKind, Media, MediaKind
from core.domain.people import ConsentKind
from core.domain.turn import ConsentChange, Event

SILENT = (Signal.HANDBACK, Signal.TAKEN, Signal.UNANSWERED)
"""What concerns a hand-off that is over, or a person who left: nothing is said."""


async def duties(state: State, runtime: Runtime[Context]) -> Command[Literal["settle", "consent"]]:
    """Answer a command of the platform, a tick, or a button that no longer counts."""
    context, scratch = runtime.context, state["scratch"]
    given, draft = scratch.request.inputs[0], scratch.draft
    if scratch.signal in SILENT:
        pass
    elif given.kind is InputKind.COMMAND:
        draft = await _command(given, draft, context)
    elif given.action.startswith("erase."):
        draft = _erase(given.action, draft, context)
    elif given.action in ("marketing.yes", "learning.yes", "marketing.no"):
        draft = _ticked(given.action, draft, context)
    else:
        draft = draft.saying(say(context, "input/button_stale"))
    return _on(state, draft, asks=given.action == "borrar")


def _on(state: State, draft: Draft, asks: bool) -> Command[Any]:
    first = draft.stage is Stage.CONTACT
    if first and asks:
        draft = replace(draft, stage=Stage.CONSENT)
    goto = "consent" if first and not asks else "settle"
    return Command(goto=goto, update={"scratch": state["scratch"].with_draft(draft)})


async def _command(given: Input, draft: Draft, context: Context) -> Draft:
    company, contact = context.settings.company, context.settings.contact
    match given.action:
        case "privacidad":
            return draft.saying(say(context, "duties/privacy", company=company, contact=contact))
        case "ayuda":
            return draft.saying(say(context, "duties/help"))
        case "paysupport":
            return draft.saying(say(context, "duties/paysupport", contact=contact))
        case "misdatos":
            return await _export(draft, context)
        case "borrar":
            return draft.saying(say(context, "duties/erase_ask", "erase.confirm", "erase.cancel"))
        case unknown:
            return draft.saying(say(context, "duties/unknown_command", command=unknown[:32]))


async def _export(draft: Draft, context: Context) -> Draft:
    async with context.pool.connection() as connection:
        content = await people.export(connection, context.lead.id)
    file = Media(kind=MediaKind.DOCUMENT, path="mis-datos.json", content=content)
    return draft.saying(say(context, "duties/export", media=file)).noting(Event(kind="data_exported"))


def _erase(action: str, draft: Draft, context: Context) -> Draft:
    if action != "erase.confirm":
        return draft.saying(say(context, "duties/erase_cancelled"))
    return replace(draft.saying(say(context, "duties/erase_done")), erase=True)


def _ticked(action: str, draft: Draft, context: Context) -> Draft:
    """A tick given, or taken back under a message that it allowed."""
    kind, _, choice = action.partition(".")
    granted = choice == "yes"
    tick = ConsentChange(kind=ConsentKind(kind), granted=granted, text_version=context.prompts.hash)
    answer = say(context, "consent/noted" if granted else "consent/withdrawn")
    return replace(draft, consents=(*draft.consents, tick)).saying(answer)
