"""Reading a request: the person's words, and what stands in the way of an answer from a model."""

import unicodedata
from dataclasses import dataclass

from agent.stages.opening import without_tags
from core.domain.messages import Input, InputKind
from core.domain.turn import TurnRequest

MOST_CHARS = 4_000
"""A message longer than this is not read to the model: it is asked for in fewer words."""

_KINDS = {
    InputKind.VOICE: "voice",
    InputKind.PHOTO: "photo",
    InputKind.STICKER: "sticker",
    InputKind.FILE: "file",
}


@dataclass(frozen=True, slots=True)
class Intake:
    """`words` is clean text. `trouble` names the template under `messages/input/` that answers instead of a model."""

    words: str
    trouble: str = ""


def read_request(request: TurnRequest, buttons: dict[str, str]) -> tuple[TurnRequest, Intake]:
    """The request with typed button labels turned into presses, and its reading. `buttons` maps label to action."""
    inputs = tuple(_pressed(storable(given), buttons) for given in request.inputs)
    request = request.model_copy(update={"inputs": inputs})
    labels = {action: label for label, action in buttons.items()}
    words = "\n".join(filter(None, (_words(given, labels) for given in inputs)))
    return request, Intake(words[:MOST_CHARS], _trouble(inputs, words))


def storable(given: Input) -> Input:
    """The input without what no database keeps: NUL characters, and halves of surrogate pairs."""
    return given.model_copy(update={"text": kept_text(given.text), "action": kept_text(given.action)})


def kept_text(text: str) -> str:
    """A text without NUL characters and halves of surrogate pairs."""
    return text.replace("\x00", "").encode(errors="ignore").decode()


def _pressed(given: Input, buttons: dict[str, str]) -> Input:
    """Who types a button's label means the button."""
    action = buttons.get(given.text.strip().rstrip(".!").casefold()) if given.kind is InputKind.TEXT else None
    return Input(kind=InputKind.BUTTON, action=action, text=given.text) if action else given


def _words(given: Input, labels: dict[str, str]) -> str:
    if given.kind is InputKind.BUTTON:
        return given.text or labels.get(given.action, "")
    return without_tags(clean(given.text)) if given.kind is not InputKind.COMMAND else ""


def clean(text: str) -> str:
    """Without control, zero-width and direction-changing characters; line ends and spaces stay."""
    return "".join(
        character
        for character in text
        if character in "\n\t\u200d" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co")
    ).strip()


def _trouble(inputs: tuple[Input, ...], words: str) -> str:
    if len(words) > MOST_CHARS:
        return "too_long"
    if any(character.isalnum() for character in words):
        return ""
    kinds = [_KINDS[given.kind] for given in inputs if given.kind in _KINDS]
    if kinds:
        return kinds[0]
    if any(character in "?¿" for character in words):
        return "unreadable"
    return "emoji_only" if words.strip("\u200d\n\t ") else "empty"
