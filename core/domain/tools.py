"""What a tool is and what it gives back. The tools themselves live in `tools/`, one a file."""

from pydantic import BaseModel, ConfigDict

from core.domain.evidence import Fact
from core.domain.messages import Button, Media


class ToolResult(BaseModel):
    """Facts with their source rows, and what may be shown beside the reply. Never prose, never a change of stage.

    An empty `facts` with a `missing` reason is an honest "there is none" ("no_live_offer", "unknown_course").
    """

    model_config = ConfigDict(frozen=True)

    facts: tuple[Fact, ...] = ()
    buttons: tuple[Button, ...] = ()
    media: tuple[Media, ...] = ()
    missing: str = ""


class ToolCall(BaseModel):
    """A call that was carried out in a turn."""

    model_config = ConfigDict(frozen=True)

    name: str
    args: dict[str, object] = {}
    missing: str = ""
