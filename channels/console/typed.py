"""What a typed line means: a button by its number or label, a command, or words."""

from collections.abc import Sequence

from core.domain.messages import Button, Input, InputKind

ALIASES = {"privacy": "privacidad", "help": "ayuda", "mydata": "misdatos", "stop": "baja"}


def read_line(line: str, buttons: Sequence[Button]) -> Input:
    """The input that a line stands for, given the buttons now on the screen."""
    text = line.replace("\x00", "")
    pressed = chosen(text, buttons)
    if pressed and pressed.action:
        return Input(kind=InputKind.BUTTON, action=pressed.action, text=pressed.label)
    name, _, rest = text.strip().removeprefix("/").partition(" ")
    if text.strip().startswith("/") and name:
        if name.lower() == "devolver":
            return Input(kind=InputKind.ADVISOR, action="devolver")
        return Input(kind=InputKind.COMMAND, action=ALIASES.get(name.lower(), name.lower()), text=rest.strip())
    return Input(kind=InputKind.TEXT, text=text)


def chosen(line: str, buttons: Sequence[Button]) -> Button | None:
    """The button that a line chooses, by its number on the screen or by its label."""
    text = line.strip()
    if text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= len(buttons):
        return buttons[int(text) - 1]
    return next((button for button in buttons if button.label.casefold() == text.casefold()), None)
