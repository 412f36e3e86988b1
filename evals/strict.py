"""What every model of a YAML file has in common: frozen, no unknown keys, and a union that is told by its head key.

A step or a check is a small mapping whose first word says what it is (`says: hola`, `tool: create_demo_link`). The head
key picks the model, so that a fault names the one field that is wrong and not every model that it might have been.
"""

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Frozen, and no key that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Headed(Strict):
    """A model that is told by its head: the first field that it declares."""

    @classmethod
    def head(cls) -> str:
        """The key that names this kind."""
        return next(name for name in cls.model_fields if name not in Headed.shared())

    @staticmethod
    def shared() -> frozenset[str]:
        """Fields that several kinds have and that therefore name none."""
        return frozenset({"gate", "checks", "after"})


def by_head(kinds: Sequence[type[Headed]]) -> Callable[[Any], str | None]:
    """A pydantic discriminator over head keys; None for what has no known one."""
    heads = [kind.head() for kind in kinds]

    def told(value: Any) -> str | None:
        if isinstance(value, Headed):
            return value.head()
        return next((head for head in heads if head in value), None) if isinstance(value, dict) else None

    return told
