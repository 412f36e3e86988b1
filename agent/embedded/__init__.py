"""The embedded chat model: it answers from the same messages as a real one, with no network and no weights."""

from agent.embedded.model import EmbeddedChatModel

__all__ = ["EmbeddedChatModel"]
