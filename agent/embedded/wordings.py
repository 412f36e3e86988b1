"""Wordings: choosing among a template's several ways to say a thing, and fitting the pieces of a reply together.

A wording that stands in Brenda's recent messages is passed over; when all do, the one said longest ago comes again. The
turn's seed sets where the search begins, so that the same messages always give the same words.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.embedded.briefing import Briefing
from agent.embedded.figures import Variables
from agent.embedded.meaning import Meaning
from core.errors import PromptError
from core.learning.words import plain

LONGEST = 700
SIGNATURE = 70
TOP = "embedded/"


class Wordings(Protocol):
    """What is needed of a set of prompts."""

    def has(self, name: str) -> bool: ...

    def variants(self, template: str, /, **variables: object) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What one reply is composed from. `shift` moves the search for wordings when a whole reply came out twice."""

    briefing: Briefing
    meant: Meaning
    prompts: Wordings
    known: Variables
    offered: frozenset[str]
    shift: int = 0

    def has(self, name: str) -> bool:
        """Whether there is a template of this name below `prompts/embedded/`."""
        return self.prompts.has(TOP + name)

    def lot(self, purpose: str) -> int:
        """A number that is even over turns and purposes, and the same when the turn is run again."""
        return zlib.crc32(f"{self.briefing.turn.seed}:{len(self.briefing.heard)}:{purpose}".encode()) + self.shift

    def say(self, name: str) -> str:
        """A wording of a template that was not used lately; empty when there is no such template."""
        wordings = [wording for wording in self._wordings(name) if wording and not self._flagged(wording)]
        return fresh(wordings, self.lot(name), (*self.briefing.said, *self.briefing.rejected))

    def _wordings(self, name: str) -> list[str]:
        """All wordings; none when an admin's template cannot take these values, so that the rest can still be said."""
        try:
            return self.prompts.variants(TOP + name, **self.known) if self.has(name) else []
        except PromptError:
            return []

    def _flagged(self, wording: str) -> bool:
        return any(normal(claim) in normal(wording) for claim in self.briefing.flagged if normal(claim))


def fresh(wordings: Sequence[str], start: int, said: Sequence[str]) -> str:
    """The first wording from `start` on that was not said lately; else the one said longest ago; "" of none."""
    if not wordings:
        return ""
    turned = [wordings[(start + place) % len(wordings)] for place in range(len(wordings))]
    earlier = [normal(text) for text in said]
    return min(turned, key=lambda wording: _last_said(normal(wording)[:SIGNATURE], earlier))


def normal(text: str) -> str:
    """Words only, without accents and case: what two messages are compared by."""
    return " ".join(re.findall(r"\w+", plain(text)))


def fitted(pieces: Sequence[str], longest: int = LONGEST) -> str:
    """The pieces as paragraphs, within `longest` characters; what does not fit is left out, but never the first."""
    kept: list[str] = []
    room = longest
    for piece in (piece for piece in pieces if piece):
        cut = piece if kept or len(piece) <= room else _shortened(piece, room)
        if len(cut) + 2 * bool(kept) <= room:
            room -= len(cut) + 2 * bool(kept)
            kept.append(cut)
    return "\n\n".join(kept)


def _last_said(signature: str, earlier: Sequence[str]) -> int:
    return next((place for place in range(len(earlier), 0, -1) if signature in earlier[place - 1]), 0)


def _shortened(text: str, limit: int) -> str:
    """Whole sentences within the limit, else whole words."""
    ends = [found.end() for found in re.finditer(r"[.!?»”](?=\s)", text[:limit])]
    return text[: ends[-1]] if ends else f"{text[: limit - 1].rsplit(None, 1)[0]}…"
