"""Leads with a past, for tests of what is learned from them: lines, decisions, ticks and sales, at known times.

`make_history` writes one lead as the turns would have recorded them; `make_many` a whole market whose truth is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from psycopg.types.json import Jsonb

from core.db.pool import Pool
from core.domain.people import Lead
from tests.worlds import insert, make_lead

START = datetime(2026, 6, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Spoken:
    """One turn: what the person said, how it was read, and what came of it."""

    at: datetime
    text: str = "hola"
    perception: dict[str, Any] = field(default_factory=dict)
    answered: bool = True
    tools: tuple[dict[str, Any], ...] = ()
    stage: str = "conversation"


async def make_history(
    pool: Pool, spoken: Sequence[Spoken], *, learning: bool | None = True, bought_at: datetime | None = None
) -> Lead:
    """A lead who said all this, each line followed by a decision. `learning` None: the question was never answered."""
    lead = await make_lead(pool, spoken[0].at)
    if learning is not None:
        await tick(pool, lead.id, learning, spoken[0].at)
    for number, turn in enumerate(spoken):
        await _say(pool, lead.id, f"{lead.chat}:{number}", turn)
    if bought_at:
        await happen(pool, lead.id, "purchase_completed", bought_at)
    return lead


async def tick(pool: Pool, lead: UUID, granted: bool, at: datetime) -> None:
    """A tick for learning, given or taken back."""
    row = {"lead_id": lead, "kind": "learning", "granted": granted, "text_version": "1", "at": at}
    await insert(pool, "consents", row | {"key": f"{lead}:{at.isoformat()}"})


async def happen(pool: Pool, lead: UUID, kind: str, at: datetime, payload: dict[str, Any] | None = None) -> None:
    """An event."""
    key = f"{lead}:{kind}:{uuid4()}"
    await insert(pool, "events", {"lead_id": lead, "kind": kind, "payload": Jsonb(payload or {}), "key": key, "at": at})


async def say(
    pool: Pool, lead: UUID, turn_id: str, author: str, text: str, *, at: datetime, payload: Any = None
) -> None:
    """One line of the record."""
    row = {"lead_id": lead, "turn_id": turn_id, "position": 0, "author": author, "text": text, "created_at": at}
    await insert(pool, "messages", row | {"payload": Jsonb(payload) if payload is not None else None})


async def decide(pool: Pool, lead: UUID, turn_id: str, stage: str, at: datetime, **recorded: Any) -> None:
    """A decision, with the features that the scorecard was served with."""
    row = {
        "lead_id": lead,
        "turn_id": turn_id,
        "stage": stage,
        "arm": "control",
        "eligible": [],
        "offered": [],
        "probabilities": Jsonb({"none": 1.0}),
        "propensity": 1.0,
        "exploration_floor": 0.05,
        "score": 0.1,
        "predictor": "scorecard-1",
        "features": Jsonb({"stage": stage, **recorded}),
        "at": at,
    }
    await insert(pool, "selections", row)


async def _say(pool: Pool, lead: UUID, turn_id: str, turn: Spoken) -> None:
    await say(pool, lead, turn_id, "lead", turn.text, at=turn.at, payload=turn.perception)
    await decide(pool, lead, turn_id, turn.stage, turn.at)
    if turn.answered:
        payload = {"tools": list(turn.tools)} if turn.tools else None
        await say(pool, lead, turn_id, "brenda", "claro", at=turn.at, payload=payload)
    for call in turn.tools:
        await happen(pool, lead, "tool_used", turn.at, {"tool": call["name"]})


async def make_market(pool: Pool, size: int, signal: float, seed: int = 0, learning: bool = True) -> None:
    """`size` leads a tenth of a day apart, two decisions each. The log-odds of a sale rise by `signal` when a lead asks
    for the price and fall by it when not; about three in ten buy, two days later.
    """
    rng = np.random.default_rng(seed)
    for number in range(size):
        asks = bool(rng.random() < 0.5)
        chance = 1 / (1 + np.exp(0.85 - signal * (1 if asks else -1)))
        first = START + timedelta(hours=2.4 * number)
        perception = {"intent": "price_question"} if asks else {"intent": "exploration"}
        length = int(rng.integers(1, 12))
        spoken = [
            Spoken(first, "palabra " * length, perception),
            Spoken(first + timedelta(minutes=5), "palabra " * length, perception),
        ]
        bought = first + timedelta(days=2) if rng.random() < chance else None
        await make_history(pool, spoken, learning=learning, bought_at=bought)
