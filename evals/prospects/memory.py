"""What a person remembers of the chat: prices, what was asked how often, what is still open. Kept by the machine."""

from dataclasses import dataclass, field

from evals.prospects.sight import Look

SAME_CHARS = 40
"""A shorter reply may come again: it is a courtesy."""
LONG_CHARS = 700
CHEAPER_AT_MOST = 0.3
"""A sum below this share of the first price is no price of the course: a figure by the hour, somebody's savings."""


@dataclass(slots=True)
class Memory:
    """`without`: turns in a row that brought nothing they came for. Sums in USD."""

    said: list[str] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)
    replies: list[str] = field(default_factory=list)
    first_price: float | None = None
    price: float | None = None
    raised: bool = False
    repeated: bool = False
    claimed_human: bool = False
    long_ones: int = 0
    without: int = 0
    turns: int = 0
    refused: bool = False
    has_link: bool = False

    def note(self, look: Look) -> None:
        """Take in a reply."""
        self.turns += 1
        self.numbers |= look.numbers
        self.long_ones += sum(length > LONG_CHARS for length in look.lengths)
        self.claimed_human = self.claimed_human or look.holds("human_claim")
        same = len(look.text) >= SAME_CHARS and look.text in self.replies
        self.repeated = self.repeated or same
        self.replies.append(look.text)
        self._note_prices(look)

    def _note_prices(self, look: Look) -> None:
        told = [sum_ for sum_ in look.prices if self._is_price(sum_)]
        if not told:
            return
        if self.first_price is None:
            self.first_price = self.price = told[0]
        lowest = min(told)
        if look.link_to("pay"):
            self.price = told[0]
        elif look.holds("offer") and not look.holds("no_offer"):
            self.price = min(lowest, self.price or lowest)
        self.raised = self.raised or max(told) > self.first_price

    def _is_price(self, amount: float) -> bool:
        return self.first_price is None or CHEAPER_AT_MOST * self.first_price <= amount <= 2 * self.first_price
