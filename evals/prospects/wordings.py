"""What people write, as data: `wordings/<language>.yaml`, and `wordings/<language>-<country>.yaml` on top of it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from core.errors import EvalError
from evals.persona import Persona

FOLDER = Path(__file__).parent / "wordings"
Lists = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Wordings:
    """Lists of wordings by key; those of a group are keyed `ask.price`."""

    lists: Lists
    name: str

    @classmethod
    def of(cls, persona: Persona) -> "Wordings":
        """The register of somebody's country; who types voseo has that of the Río de la Plata."""
        country = "AR" if persona.typing.voseo else persona.country
        special = f"{persona.language}-{country}"
        own = special if (FOLDER / f"{special}.yaml").exists() else persona.language
        return cls(read_lists(persona.language, own), own)

    def has(self, key: str) -> bool:
        """Whether there are words for it in this language."""
        return bool(self.lists.get(key))

    def draw(self, key: str, draws: random.Random, said: Sequence[str] = ()) -> str:
        """A wording that was not said before, if there is one left.

        Raises:
            EvalError: this language has no words for it.
        """
        every = self.lists.get(key)
        if not every:
            raise EvalError(f"{FOLDER}/{self.name}.yaml has no wordings for {key}.")
        fresh = [one for one in every if one not in said]
        return draws.choice(fresh or every)


@lru_cache(maxsize=32)
def read_lists(language: str, own: str) -> Lists:
    """A language's lists, with those of a country in place of the ones that it names."""
    lists: Lists = {}
    for name in dict.fromkeys((language, own)):
        lists |= _flat(yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))
    return lists


def _flat(data: dict[str, Any]) -> Lists:
    flat: Lists = {}
    for key, value in data.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{name}": tuple(words) for name, words in value.items()}
        else:
            flat[key] = tuple(value)
    return flat
