"""What the fake Telegram was told to do wrong, and what it accepted."""

from dataclasses import dataclass
from typing import Any

Fields = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one call. `accept`: the call still has its effect, though the caller does not learn it.

    `drop` closes the connection without an answer, `status` answers so, `delay` seconds come first.
    """

    accept: bool = False
    drop: bool = False
    status: int = 200
    description: str = "Internal Server Error"
    retry_after: int = 0
    delay: float = 0.0
    body: str | None = None


@dataclass(frozen=True)
class Sent:
    """A message that Telegram accepted. `text` is what people see; `file_id` and `content` are its file's."""

    message_id: int
    method: str
    chat: int
    text: str
    buttons: list[dict[str, str]]
    fields: Fields
    at: float
    file_id: str = ""

    @property
    def labels(self) -> list[str]:
        """The buttons' labels."""
        return [button["text"] for button in self.buttons]
