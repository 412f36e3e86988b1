"""What Brenda keeps in mind of one chat: bounded, however long the chat runs.

The last lines are kept word for word. When they exceed the window the older half goes at once (not one line a turn),
so that the prompt's prefix stays the same for several turns and a provider's prompt cache can hit. What a person said
about themselves is remembered in their own words when it is said, ranked by how specific it is; topics, objections and
tools are counted. What the prompt tells of all this (`notes`) is renewed only when lines are let go, for the same
reason: until then they tell it themselves. No model is asked to summarise: folding costs no call and cannot invent.
"""

import re

from pydantic import BaseModel, ConfigDict

from core.domain.messages import Said
from core.domain.perception import Intent, Objection, Perception, Topic

WINDOW = 12
LINE_CHARS = 500
REMEMBERED = 14
PINNED = 6
SENTENCE_CHARS = 160

_ABOUT_ME = re.compile(
    r"\b(soy|estoy|trabaj[oaé]\w*|vivo|vengo|tengo|tenemos|quiero|quisiera|necesito|busco|puedo|prefiero|dirijo"
    r"|me (llamo|dedico|gustar[ií]a|interesa)|mi|mis|nuestr[oa]s?|estudi[oé]|doy clases|vend(o|emos)|hago|hacemos"
    r"|llevo|manejo|uso|gano|somos|sou|trabalho|moro|tenho"
    r"|i am|i'm|i work|i live|i have|i want|i need|my)\b",
    re.IGNORECASE,
)
_BRIEFLY = re.compile(r"^(soy|trabajo|vivo|estudio|vendo|sou|trabalho) [^\W\d]{4,}$", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?¡¿\n;]+")


class Habits(BaseModel):
    """Counts over the whole chat, for the conversion predictor."""

    model_config = ConfigDict(frozen=True)

    turns: int = 0
    words: int = 0
    questions: int = 0
    tools: int = 0
    objections: int = 0
    positive: int = 0
    negative: int = 0


class Notes(BaseModel):
    """What the prompt tells of the lines that were let go."""

    model_config = ConfigDict(frozen=True)

    remembered: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    objected: tuple[str, ...] = ()
    used: tuple[str, ...] = ()


class Talk(BaseModel):
    """The kept part of one chat. `fresh` is what the person told since the notes were renewed; `used` maps a tool to
    the turn number of its last use. `minor`: the person once said to be under age; it stays.
    """

    model_config = ConfigDict(frozen=True)

    history: tuple[Said, ...] = ()
    notes: Notes = Notes()
    fresh: tuple[str, ...] = ()
    asked: dict[str, int] = {}
    objected: dict[str, int] = {}
    used: dict[str, int] = {}
    buttons: dict[str, str] = {}
    habits: Habits = Habits()
    refused_at: int | None = None
    resume: str = ""
    minor: bool = False

    @property
    def remembered(self) -> tuple[str, ...]:
        """What the person said about themselves, in the order in which they said it."""
        return _most_telling(self.notes.remembered + self.fresh)

    def hear(self, words: str, perception: Perception) -> "Talk":
        """The talk after the person said something."""
        turn, told = self.habits.turns + 1, _most_telling(self.remembered + _told(words, self.remembered))
        return self.model_copy(
            update={
                "fresh": tuple(line for line in told if line not in self.notes.remembered),
                "asked": _counted(self.asked, *perception.topics),
                "objected": _counted(self.objected, *_named(perception.objection)),
                "habits": _habits(self.habits, words, perception),
                "refused_at": turn if perception.intent is Intent.REFUSAL else self.refused_at,
                "minor": self.heed(perception).minor,
            }
        )

    def heed(self, perception: Perception) -> "Talk":
        """The talk that keeps what protects the person, also where nothing else of what they say is kept."""
        return self.model_copy(update={"minor": self.minor or Topic.MINOR in perception.topics})

    def use(self, tools: tuple[str, ...]) -> "Talk":
        """The talk after these tools were called in the current turn."""
        used = {**self.used, **dict.fromkeys(tools, self.habits.turns)}
        habits = self.habits.model_copy(update={"tools": self.habits.tools + len(tools)})
        return self.model_copy(update={"used": used, "habits": habits})

    def add(self, *lines: Said) -> "Talk":
        """The talk with new lines; when the window is full the older half is let go at once."""
        history = self.history + tuple(_short(line) for line in lines if line.text)
        full, cut = len(history) > WINDOW, any(len(line.text) > LINE_CHARS for line in lines)
        renewed = {"notes": self.current_notes(), "fresh": ()} if full or cut else {}
        return self.model_copy(update={"history": history[-WINDOW // 2 :] if full else history, **renewed})

    def current_notes(self) -> Notes:
        """Notes of everything that is known by now."""
        asked, objected, used = tuple(self.asked), tuple(self.objected), tuple(self.used)
        return Notes(remembered=self.remembered, asked=asked, objected=objected, used=used)


def _short(line: Said) -> Said:
    return line if len(line.text) <= LINE_CHARS else line.model_copy(update={"text": line.text[: LINE_CHARS - 1] + "…"})


def _named(objection: Objection) -> tuple[str, ...]:
    return () if objection is Objection.NONE else (objection.value,)


def _counted(counts: dict[str, int], *names: str) -> dict[str, int]:
    return {**counts, **{name: counts.get(name, 0) + 1 for name in names}}


def _habits(habits: Habits, words: str, perception: Perception) -> Habits:
    return Habits(
        turns=habits.turns + 1,
        words=habits.words + len(words.split()),
        questions=habits.questions + ("?" in words),
        tools=habits.tools,
        objections=habits.objections + (perception.objection is not Objection.NONE),
        positive=habits.positive + (perception.sentiment == "positive"),
        negative=habits.negative + (perception.sentiment == "negative"),
    )


def _told(words: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """What the person says about themselves and is not known."""
    told = [" ".join(found.split())[:SENTENCE_CHARS] for found in _SENTENCE.findall(words)]
    seen = {line.casefold() for line in known}
    return tuple(line for line in dict.fromkeys(told) if _is_telling(line) and line.casefold() not in seen)


def _most_telling(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The first ones stay, of the rest the most specific and newest."""
    if len(lines) <= REMEMBERED:
        return lines
    rest = sorted(range(PINNED, len(lines)), key=lambda place: (_specific(lines[place]), place), reverse=True)
    return tuple(lines[place] for place in [*range(PINNED), *sorted(rest[: REMEMBERED - PINNED])])


def _is_telling(line: str) -> bool:
    """Whether a sentence says something of the person: "soy contadora" does, "no tengo" does not."""
    return bool(_ABOUT_ME.search(line)) if len(line.split()) > 2 else bool(_BRIEFLY.match(line))


def _specific(line: str) -> int:
    digits = any(character.isdigit() for character in line)
    names = sum(word[:1].isupper() for word in line.split()[1:])
    return 2 * digits + min(names, 3) + (len(line.split()) > 5)
