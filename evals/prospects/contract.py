"""The prospect's own contract, looked at in every turn. A breach is the simulator's fault and voids the conversation.

A person says no figure that they have not read and cannot know, pays and asks to pay nothing above their budget,
presses only buttons that are shown, stays in their language, ends within their patience, and does not write on after
they have left.
"""

import re
from collections.abc import Iterator

from evals.prospects.memory import Memory
from evals.prospects.person import Person
from evals.prospects.sight import Look
from evals.steps import Happens, Presses, Says, Step, WorldEvent

TURNS_AT_MOST = 40
_SMALL_WORDS = {
    "es": frozenset(
        "el la los las que es y una por para con me mi está qué cómo cuánto pero muy gracias hay tiene".split()
    ),
    "en": frozenset("the is it i to do you and for this that what how my not thanks want have don't can".split()),
    "pt": frozenset(
        "o os as que é e uma por para com me meu está não muito obrigada obrigado você tem quero do".split()
    ),
}
_MARGIN = 2
"""A message is in another language when that one has so many more of its small words."""


def breaches(person: Person, memory: Memory, look: Look | None, step: Step) -> Iterator[str]:
    """What is wrong with a step before it is taken."""
    if memory.turns > TURNS_AT_MOST or memory.without > person.patience + 1:
        yield f"goes on after {memory.without} turns without progress, with a patience of {person.patience}"
    if isinstance(step, Presses):
        yield from _absent(look, step)
    elif isinstance(step, Says):
        yield from _words(person, memory, " ".join([step.says] if isinstance(step.says, str) else step.says))
    elif isinstance(step, Happens) and step.world is WorldEvent.PAID:
        yield from _unpayable(person, memory)


def _absent(look: Look | None, step: Presses) -> Iterator[str]:
    if look is None or step.presses not in look.buttons:
        yield f"presses {step.presses!r}, which is not on the screen"


def _unpayable(person: Person, memory: Memory) -> Iterator[str]:
    if memory.price is None:
        yield "pays without having read a price"
    elif not person.affords(memory.price):
        yield f"pays {memory.price:.2f} with a budget of {person.budget:.2f}"


def _words(person: Person, memory: Memory, text: str) -> Iterator[str]:
    known = memory.numbers | {number for line in (*person.persona.knows, _budget(person)) for number in _numbers(line)}
    for number in _numbers(text):
        if number not in known:
            yield f"says {number}, which it has not read and does not know"
    scores = {name: _score(text, words) for name, words in _SMALL_WORDS.items()}
    most = max(scores, key=lambda name: scores[name])
    if scores[most] >= scores[person.persona.language] + _MARGIN:
        yield f"writes {most} and speaks {person.persona.language}: {text!r}"


def _budget(person: Person) -> str:
    return "" if person.budget is None else f"{person.budget:g}"


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d+(?:[.,]\d+)*", text)


def _score(text: str, words: frozenset[str]) -> int:
    return sum(word in words for word in re.findall(r"[^\W\d_]+(?:'t)?", text.casefold()))
