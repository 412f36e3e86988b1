"""What a person makes of a reply: they read words, look at buttons and files, and know nothing else of Brenda.

The readings are regular expressions in `sight.yaml`, written about chat in general and not about Brenda's templates.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from evals.record import TurnRecord

FILE = Path(__file__).with_name("sight.yaml")


@dataclass(frozen=True, slots=True)
class Look:
    """One reply on the screen. `prices` in USD; `buttons` are labels; `links` the addresses behind them."""

    text: str
    lengths: tuple[int, ...]
    buttons: tuple[str, ...]
    links: tuple[str, ...]
    files: int

    @classmethod
    def at(cls, turn: TurnRecord) -> "Look":
        """What is seen of a turn."""
        return cls(
            text="\n".join(turn.texts),
            lengths=tuple(map(len, turn.texts)),
            buttons=tuple(button["label"] for button in turn.buttons),
            links=tuple(button["url"] for button in turn.buttons if button.get("url")),
            files=len(turn.media),
        )

    @property
    def prices(self) -> tuple[float, ...]:
        """Sums in USD, in the order in which they stand."""
        return tuple(float(found.replace(",", ".")) for found in _readings()["price"][0].findall(self.text))

    @property
    def numbers(self) -> frozenset[str]:
        """Every number that can be read, as it is written."""
        return frozenset(re.findall(r"\d+(?:[.,]\d+)*", self.text))

    @property
    def questions(self) -> int:
        """Question marks."""
        return self.text.count("?")

    def answers(self, topic: str) -> bool:
        """Whether a question about this is answered."""
        return self._holds(f"answered.{topic}")

    def meets(self, objection: str) -> bool:
        """Whether an objection was taken up at all."""
        return self._holds(f"objection.{objection}")

    def holds(self, matter: str) -> bool:
        """Whether words of a matter of `sight.yaml` are there: pressure, human_claim, offer, nobody …"""
        return self._holds(matter)

    def link_to(self, kind: str) -> bool:
        """Whether there is a link of a kind (`demo`, `pay`, `file`), by its label and its address."""
        shown = " ".join((*self.buttons, *self.links, *re.findall(r"https?://\S+", self.text)))
        return bool(self.links or "://" in self.text) and bool(_first(_readings()[f"link.{kind}"], shown))

    def button_for(self, matter: str) -> str | None:
        """The label of a button that stands for a matter."""
        patterns = _readings().get(f"button.{matter}", ())
        return next((label for label in self.buttons if _first(patterns, label)), None)

    def _holds(self, key: str) -> bool:
        return _first(_readings().get(key, ()), self.text)


def _first(patterns: Iterable[re.Pattern[str]], text: str) -> bool:
    return any(pattern.search(text) for pattern in patterns)


@lru_cache(maxsize=1)
def _readings() -> dict[str, tuple[re.Pattern[str], ...]]:
    data: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    flat: dict[str, Any] = {}
    for key, value in data.items():
        flat |= {f"{key}.{name}": each for name, each in value.items()} if isinstance(value, dict) else {key: value}
    return {key: tuple(re.compile(one, re.IGNORECASE) for one in _listed(value)) for key, value in flat.items()}


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
