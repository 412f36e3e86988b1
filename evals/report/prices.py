"""What a turn cost, from the prices in evals/prices.toml; nobody else's price list is kept here, as it would be old."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from core.errors import EvalError
from evals.stage import EMBEDDED
from evals.statistics.summary import Effort

FILE = Path(__file__).resolve().parents[1] / "prices.toml"


@dataclass(frozen=True, slots=True)
class Price:
    """USD for a million tokens."""

    into: float
    out: float


def price_of(model: str, file: Path = FILE) -> Price | None:
    """A model's price; None when nobody wrote it down.

    Raises:
        EvalError: the file is malformed.
    """
    if model == EMBEDDED:
        return Price(0.0, 0.0)
    try:
        known = tomllib.loads(file.read_text(encoding="utf-8"))
        into, out = (float(value) for value in known.get(model, ()) or (-1, -1))
    except (OSError, ValueError, TypeError) as error:
        raise EvalError(f'{file}: should have lines such as "model" = [0.15, 0.60]: {error}') from None
    return Price(into, out) if into >= 0 and out >= 0 else None


def told(effort: Effort, model: str, file: Path = FILE) -> str:
    """A turn's cost as it is read, or what is missing to know it."""
    price = price_of(model, file)
    if model == EMBEDDED:
        return "no cost"
    if price is None:
        return f"cost unknown (no price of {model} in evals/prices.toml)"
    cost = effort.cost(price.into, price.out)
    return "cost unknown (the provider counted no tokens)" if cost is None else f"{cost:.6f} USD"
