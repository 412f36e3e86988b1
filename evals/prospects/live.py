"""A live model plays the person, over any OpenAI-compatible endpoint, and is held to the same contract as the machine.

It is told in `live.txt` who it is, and sees what a person sees: its own lines, the replies, the labels of the buttons.
It answers with its next message, `[PRESS] label` or `[LEAVE] reason`. What it says against its contract is a fault, so
the conversation counts for nothing; an endpoint that fails is an error of the run and of nobody in the chat.
"""

import random
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from core.settings import Settings, load_settings
from evals.prospect import Seen
from evals.prospects.contract import breaches
from evals.prospects.memory import Memory
from evals.prospects.person import Person
from evals.prospects.sight import Look
from evals.prospects.typing_style import typed
from evals.steps import Presses, Says, Step

BRIEF = Path(__file__).with_name("live.txt")
LEAVE, PRESS = "[LEAVE]", "[PRESS]"
NOTHING_YET = "(The chat is open. Nobody has written yet.)"
TURNS_AT_MOST = 16
LIVELY = 0.8
"""Temperature: people differ more than a seller should."""


class ClosingModel(Protocol):
    """A chat model with connections of its own."""

    async def ainvoke(self, input: Sequence[BaseMessage], /) -> AIMessage: ...  # noqa: A002

    async def aclose(self) -> None: ...


class Live:
    """One person in one conversation. `opens` gives the model that plays them, ready to be asked once."""

    def __init__(self, person: Person, draws: random.Random, opens: Callable[[], ClosingModel]) -> None:
        self.faults: list[str] = []
        self.left_because = ""
        self._person, self._draws, self._opens = person, draws, opens
        self._memory = Memory()
        self._talk: list[BaseMessage] = [SystemMessage(brief(person))]

    @classmethod
    def configured(cls, person: Person, draws: random.Random, settings: Settings | None = None) -> "Live":
        """Played by the model of the settings: OPENAI_BASE_URL, OPENAI_API_KEY, OPENAI_MODEL."""
        from core.integrations.openai_chat import openai_chat  # the vendor's package takes a second to import

        found = settings or load_settings()
        base = str(found.openai_base_url) if found.openai_base_url else None
        seconds = found.model_timeout_seconds
        opens = partial(
            openai_chat,
            base_url=base,
            api_key=found.openai_api_key,
            model=found.openai_model,
            timeout=seconds,
            temperature=LIVELY,
        )
        return cls(person, draws, opens)

    async def next(self, seen: Seen | None) -> Step | None:
        """What they do now; None when they have left.

        Raises:
            ModelError: the endpoint gave no answer.
        """
        if self.left_because:
            self.faults.append("is asked to write after having left")
            return None
        look = Look.at(seen.turn) if seen else None
        if look is not None:
            self._memory.note(look)
        if self._memory.turns > TURNS_AT_MOST:
            self.left_because = "patience"
            return None
        self._talk.append(HumanMessage(screen(look) if look else NOTHING_YET))
        said = await self._answer()
        self._talk.append(AIMessage(said))
        return self._step(said, look)

    async def _answer(self) -> str:
        """What the model says. Nobody tells a prospect that its chat is over, so no connection outlives an answer."""
        model = self._opens()
        try:
            return str((await model.ainvoke(self._talk)).text).strip()
        finally:
            await model.aclose()

    def _step(self, said: str, look: Look | None) -> Step | None:
        if said.startswith(LEAVE) or not said:
            self.left_because = said.removeprefix(LEAVE).strip() or "said nothing"
            return None
        step: Step
        if said.startswith(PRESS):
            step = Presses(presses=said.removeprefix(PRESS).strip())
        else:
            lines = typed(said, self._person.persona.typing, self._draws)
            step = Says(says=lines if len(lines) > 1 else lines[0])
        self.faults += breaches(self._person, self._memory, look, step)
        return step


def screen(look: Look) -> str:
    """A reply as the model reads it: the words, then the labels of the buttons."""
    buttons = "".join(f"\n[{label}]" for label in look.buttons)
    return f"{look.text}{buttons}" or "(Nothing came back.)"


def brief(person: Person) -> str:
    """Who the model is, as it is told."""
    persona, plan = person.persona, person.plan
    style = persona.typing
    habits = [f"{style.length} messages", "" if style.accents else "no accents", "" if style.capitals else "lower case"]
    return BRIEF.read_text(encoding="utf-8").format(
        name=persona.name,
        occupation=persona.occupation or "somebody",
        country=persona.country,
        about=persona.about,
        language=persona.language,
        typing=", ".join(filter(None, [*habits, "voseo" if style.voseo else ""])),
        knows=", ".join(persona.knows) or "nothing special",
        wants=f"{plan.wants} ({persona.wants})" if persona.wants else plan.wants,
        asks=", ".join(plan.asks) or "nothing in particular",
        objects=", ".join(person.objects) or "nothing",
        budget="no limit" if person.budget is None else f"{person.budget:g}",
        leaves_when=", ".join(sorted(person.leaves_when)),
    )
