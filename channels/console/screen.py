"""How a chat looks on a console: Brenda's words, where a file was saved, numbered buttons, and what was typed.

On a terminal a prompt waits for the next line, and what comes by itself is written above it. Without one, as in a
pipe, each line that was read is written too, so that the output reads as a conversation.
"""

import shutil
from pathlib import Path

from rich.console import Console
from rich.text import Text

from core.domain.messages import Button, Media, Outgoing

_ECHOED = 500
"""Characters of a typed line that are repeated where nobody saw it being typed."""


class Screen:
    """Shows messages. Files are saved into `saved`; sources are found below `media`. `typed` tells whether lines come
    from a terminal, and `you` is what the person at the keyboard is called.
    """

    def __init__(self, console: Console, media: Path, saved: Path, you: str, typed: bool) -> None:
        self._console, self._media, self._saved, self._you, self._typed = console, media, saved, you, typed
        self._prompting = False

    def show(self, messages: list[Outgoing], speaker: str = "Brenda") -> tuple[Button, ...]:
        """Show messages in order; the buttons that are now on the screen, by their numbers."""
        buttons: tuple[Button, ...] = ()
        for message in messages:
            self._line(speaker, message.text)
            if message.media:
                self._line(speaker, " ".join(filter(None, ("📎", message.media.caption, self._save(message.media)))))
            buttons += message.buttons
        for number, button in enumerate(buttons, start=1):
            target = f" → {button.url}" if button.url else ""
            self._print(Text(f"   [{number}] {button.label}{target}", style="cyan"))
        return buttons

    def note(self, text: str) -> None:
        """Lines of the program itself, not of Brenda."""
        self._print(Text(text, style="dim"))

    def aside(self, label: str, text: str) -> None:
        """What is meant for somebody else, as a block of its own."""
        self._print(Text("\n".join(["", label, *(f"  │ {line}" for line in text.splitlines()), ""]), style="dim"))

    def prompt(self) -> None:
        """Wait for a line, where somebody sees the prompt."""
        if self._typed:
            self._console.print(Text(f"{self._you}: ", "bold green"), end="")
            self._prompting = True

    def heard(self, line: str) -> None:
        """A line was read: on a terminal it already stands there."""
        self._prompting = False
        if not self._typed:
            shown = line if len(line) <= _ECHOED else f"{line[:_ECHOED]}…"
            self._line(self._you, shown, "bold green")

    def _line(self, speaker: str, text: str, style: str = "bold magenta") -> None:
        if text:
            self._print(Text.assemble((f"{speaker}: ", style), text))

    def _print(self, text: Text) -> None:
        if self._prompting:
            self._console.print()
            self._prompting = False
        self._console.print(text, soft_wrap=True)

    def _save(self, file: Media) -> str:
        target = self._saved / Path(file.path).name
        try:
            self._saved.mkdir(parents=True, exist_ok=True)
            if file.content:
                target.write_text(file.content, encoding="utf-8")
            else:
                shutil.copyfile(self._media / file.path, target)
        except OSError as error:
            return f"({file.path}: {error.strerror})"
        return str(target)
