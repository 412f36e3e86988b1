"""Fixed messages: a template's wording, chosen by the turn, with the buttons that belong to it."""

import hashlib
import json

from core.context import Context
from core.domain.messages import Button, Media, Outgoing
from core.prompts.prompt_set import PromptSet


def say(context: Context, template: str, *buttons: str, media: Media | None = None, **variables: object) -> Outgoing:
    """One message from `prompts/messages/`. `buttons` are actions; their labels stand in `prompts/buttons.json`."""
    message = say_to(context.prompts, context.turn_id, template, **variables)
    labelled = tuple(button(context.prompts, action) for action in buttons)
    return message.model_copy(update={"media": media, "buttons": labelled})


def say_to(prompts: PromptSet, key: str, template: str, /, **variables: object) -> Outgoing:
    """One wording of a template, the same whenever the same key says it again."""
    wordings = prompts.variants(f"messages/{template}", **variables)
    return Outgoing(text=wordings[turn_number(key, template) % len(wordings)])


def button(prompts: PromptSet, action: str) -> Button:
    """A button with its label from `prompts/buttons.json`."""
    return Button(label=label_of(prompts, action) or action, action=action)


def label_of(prompts: PromptSet, action: str) -> str:
    """What stands on the button of an action; empty when the action has no label of its own."""
    labels: dict[str, str] = json.loads(prompts.text("buttons.json"))
    return labels.get(action, "")


def turn_number(turn_id: str, purpose: str) -> int:
    """A number that is the same whenever this turn is run again, and different for each purpose."""
    return int.from_bytes(hashlib.sha256(f"{purpose}:{turn_id}".encode()).digest()[:4], "big")
