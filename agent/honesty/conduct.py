"""What a model may never say, whatever the evidence: the four breaches, found in one reading of a reply.

    identity       Brenda as a human, as no AI, or under another name
    leak           tags, keys, tool names or words of the instructions
    deed           an act outside the chat that only the system may tell of
    disparagement  ill words about other schools

Quotations of four words or more are left to the check of claims, which lets none through but a stored person's own.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from agent.honesty.deeds import find_deeds
from agent.honesty.disparagement import find_disparagement
from agent.honesty.identity import find_identity
from agent.honesty.leakage import find_leaks
from agent.honesty.plaintext import Plain, plain
from agent.honesty.quotations import find_quotes

Kind = Literal["identity", "leak", "deed", "disparagement"]


class Breach(NamedTuple):
    """One breach and its place in the folded text."""

    kind: Kind
    start: int
    end: int


def find_breaches(text: str, *, customer: bool = False, tools: Iterable[str] = ()) -> tuple[Breach, ...]:
    """Every breach in a reply, any string; never raises.

    `customer`: the person has paid, so it may be told. `tools`: names that no person should read.
    """
    page = plain(text)
    own = _without_quotes(page)
    found: dict[Kind, list[tuple[int, int]]] = {
        "identity": find_identity(own),
        "leak": find_leaks(text, page.folded, tools),
        "deed": find_deeds(own, customer=customer),
        "disparagement": find_disparagement(own),
    }
    return tuple(Breach(kind, *span) for kind, spans in found.items() for span in spans)


def _without_quotes(page: Plain) -> str:
    folded = page.folded
    for quote in find_quotes(page):
        folded = folded[: quote.start] + "|" * (quote.end - quote.start) + folded[quote.end :]
    return folded
