"""What a prospect does, or the world does to them: one step of a conversation, told by its head key."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from core.domain.messages import Input, InputKind
from evals.checks import Check
from evals.durations import Span
from evals.strict import Headed, by_head

PAUSE = "1 minute"
Shown = Sequence[tuple[str, str]]
"""Labels and actions of the buttons on the screen."""


class WorldEvent(StrEnum):
    """What may happen outside the chat."""

    PAID = "paid"
    FAILED = "failed"
    REFUNDED = "refunded"
    HANDBACK = "handback"
    HANDOFF_TIMEOUT = "handoff_timeout"
    OPENS_PAYMENT = "opens_payment"
    OPENS_DEMO = "opens_demo"
    BOOKS_DEMO = "books_demo"
    CANCELS_DEMO = "cancels_demo"


class _Step(Headed):
    checks: tuple[Check, ...] = Field(default=(), description="judged right after this turn")
    after: Span = Field(default=PAUSE, description="how long the person takes before this")

    def inputs(self, shown: Shown) -> tuple[Input, ...]:  # noqa: ARG002 - most look at no button
        """What reaches the chat; nothing for a step that only lets time pass, or happens in the world first."""
        return ()


class Says(_Step):
    """Words; several are sent quickly one after the other and answered as one turn."""

    says: str | tuple[str, ...]

    def inputs(self, shown: Shown) -> tuple[Input, ...]:  # noqa: ARG002
        """The messages."""
        lines = (self.says,) if isinstance(self.says, str) else self.says
        return tuple(Input(kind=InputKind.TEXT, text=line) for line in lines)


class Presses(_Step):
    """A button under Brenda's last messages, by its label or its action."""

    presses: str

    def inputs(self, shown: Shown) -> tuple[Input, ...]:
        """The press; a button that is not on the screen is pressed all the same, as an old one is."""
        for label, action in shown:
            if action and self.presses.casefold() in (label.casefold(), action):
                return (Input(kind=InputKind.BUTTON, action=action, text=label),)
        return (Input(kind=InputKind.BUTTON, action=self.presses),)


class Commands(_Step):
    """A command without its slash."""

    commands: str
    text: str = ""

    def inputs(self, shown: Shown) -> tuple[Input, ...]:  # noqa: ARG002
        """The command."""
        return (Input(kind=InputKind.COMMAND, action=self.commands.removeprefix("/"), text=self.text),)


class Sends(_Step):
    """Something that is no text, perhaps with a caption."""

    sends: Literal["voice", "photo", "sticker", "file"]
    text: str = ""

    def inputs(self, shown: Shown) -> tuple[Input, ...]:  # noqa: ARG002
        """The file."""
        return (Input(kind=InputKind(self.sends), text=self.text),)


class Edits(_Step):
    """The last message, changed afterwards."""

    edits: str

    def inputs(self, shown: Shown) -> tuple[Input, ...]:  # noqa: ARG002
        """The changed message."""
        return (Input(kind=InputKind.EDITED, text=self.edits),)


class Forwards(_Step):
    """A message of somebody else, passed on."""

    forwards: str
    sender: str = Field(default="", alias="from")

    def inputs(self, shown: Shown) -> tuple[Input, ...]:  # noqa: ARG002
        """The message as it arrives: the channel gives its words, and whose they were beside them."""
        return (Input(kind=InputKind.TEXT, text=self.forwards, data={"forwarded_from": self.sender}),)


class Waits(_Step):
    """The person says nothing; the clock moves, and what comes due meanwhile (a follow-up) comes."""

    waits: Span


class Happens(_Step):
    """Something in the world that reaches the chat."""

    world: WorldEvent


KINDS: tuple[type[_Step], ...] = (Says, Presses, Commands, Sends, Edits, Forwards, Waits, Happens)

Step = Annotated[
    Annotated[Says, Tag("says")]
    | Annotated[Presses, Tag("presses")]
    | Annotated[Commands, Tag("commands")]
    | Annotated[Sends, Tag("sends")]
    | Annotated[Edits, Tag("edits")]
    | Annotated[Forwards, Tag("forwards")]
    | Annotated[Waits, Tag("waits")]
    | Annotated[Happens, Tag("world")],
    Discriminator(by_head(KINDS)),
]
