"""What is known to be true in a turn, arranged so that a claim can be looked up.

`Evidence.of(facts)` reads the facts once; `a.plus(b)` joins two readings, so that the facts of a course, the same from
turn to turn, need be read only once per process. A fact is evidence of its own kind only, except that a TEXT fact is
evidence of whatever claims are found in it, and that any number in any fact backs a bare number. A fact whose value
cannot be read backs nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final, Self

from agent.honesty.claims import Claim, extract_claims
from agent.honesty.links import same_form
from agent.honesty.moments import Moment
from agent.honesty.plaintext import fold
from agent.honesty.quotations import same_words
from agent.honesty.topics import PRICE, is_about
from agent.honesty.units import PESOS, length, stem
from core.domain.evidence import Fact, FactKind

_FEW: Final = 20
_LISTED: Final = {
    "testimonial.words": "testimonial",
    "case.title": "case",
    "resource.title": "resource",
    "offer.bonus": "bonus",
}
_NONE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Sets only, so that two readings join field by field. `texts` are folded words between spaces."""

    money: frozenset[tuple[Decimal, str]] = frozenset()
    prices: frozenset[Decimal] = frozenset()
    percents: frozenset[str] = frozenset()
    lengths: frozenset[tuple[str, Decimal]] = frozenset()
    counts: frozenset[tuple[str, Decimal]] = frozenset()
    seats: frozenset[Decimal] = frozenset()
    numbers: frozenset[Decimal] = frozenset()
    moments: frozenset[Moment] = frozenset()
    written_days: frozenset[tuple[str, str]] = frozenset()
    links: frozenset[str] = frozenset()
    verbatim: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    promises: frozenset[str] = frozenset()
    listed: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> Self:
        """Read `facts`; those of kind TEXT are searched for claims, which takes the most time."""
        draft = _Draft()
        for fact in facts:
            draft.add(fact)
        return cls(**{field.name: frozenset(getattr(draft, field.name)) for field in fields(cls)})

    def plus(self, other: Self) -> Self:
        """What is known from either."""
        joined = {field.name: getattr(self, field.name) | getattr(other, field.name) for field in fields(self)}
        return type(self)(**joined)

    def without_links(self, text: str) -> str:
        """`text` with the links that are copied from a fact letter by letter blotted out, and all else in its place.

        A signed link is random letters: read as prose, some of them look like disguised numbers or markup.
        """
        for link in self.verbatim:
            if link in text:
                whole = re.compile(rf"(?<![\w/@.-]){re.escape(link)}(?![\w/?#=&%@-]|[.:]\w)")
                text = whole.sub(" " * len(link), text)
        return text

    def supports(self, claim: Claim, *, now: datetime, names: frozenset[str] = _NONE) -> bool:
        """Whether `claim` is backed.

        `names` are people who may be named without a fact, such as the prospect.
        """
        match claim.kind:
            case FactKind.MONEY:
                amount = Decimal(claim.value)
                return self._money(amount, claim.unit) and (claim.topic != PRICE or not amount or amount in self.prices)
            case FactKind.PERCENT:
                return claim.value in self.percents
            case FactKind.DATE:
                return self._date(claim.value, claim.unit, now, claim.topic)
            case FactKind.SEATS:
                return self._seats(claim.value)
            case _:
                return self._thing(claim, now, names)

    def _thing(self, claim: Claim, now: datetime, names: frozenset[str]) -> bool:
        match claim.kind:
            case FactKind.COUNT:
                return self._count(claim.value, claim.unit)
            case FactKind.DURATION:
                return self._duration(claim.value, claim.unit, now)
            case FactKind.LINK:
                return self._link(claim.value)
            case FactKind.PERSON:
                return self._person(claim.value, names)
            case FactKind.QUOTE:
                return self._said(claim.value)
            case _:
                return self._promise(claim.value, claim.unit)

    def _money(self, amount: Decimal, unit: str) -> bool:
        accepted = PESOS | {"$"} if unit == "PESO" else {unit, "PESO" if unit in PESOS else unit}
        known = {currency for known_amount, currency in self.money if known_amount == amount}
        if unit in ("", "$", "free"):
            return bool(known)
        return bool(known & accepted) or (amount == 0 and "free" in known)

    def _date(self, value: str, unit: str, now: datetime, topic: str = "") -> bool:
        apt = (moment for moment in self.moments if is_about(topic, moment.key))
        if (value, unit) in self.written_days or any(moment.fits(value, unit, now) for moment in apt):
            return True
        return unit == "vague" and value == "soon" and bool(self.seats)

    def _seats(self, value: str) -> bool:
        if value == "few":
            return any(seats <= _FEW for seats in self.seats)
        return bool(self.seats) if value == "limited" else Decimal(value) in self.seats

    def _count(self, value: str, noun: str) -> bool:
        family = stem(noun) if noun else ""
        known = {n for other, n in self.counts if other == family} if noun else set(self.numbers)
        if value.startswith(">"):
            least = Decimal(value[1:])
            return any(least <= n <= 2 * least for n in known)
        return Decimal(value) in known or 0 < Decimal(value) <= sum(1 for other, _ in self.listed if other == family)

    def _duration(self, value: str, unit: str, now: datetime) -> bool:
        amount = Decimal(value.lstrip(">"))
        stretch = length(amount, unit.removeprefix("in "))
        if stretch is None:
            return False
        if stretch in self.lengths or (unit.startswith("in ") and self._date(value.lstrip(">"), unit, now)):
            return True
        least = stretch[1]
        return value.startswith(">") and any(kind == stretch[0] and least <= n <= 2 * least for kind, n in self.lengths)

    def _link(self, shown: str) -> bool:
        form = same_form(shown)
        return form in self.links or (form.startswith("@") and f"t.me/{form[1:]}" in self.links)

    def _person(self, name: str, allowed: frozenset[str]) -> bool:
        said = same_words(name).split() or [""]
        known = (*self.people, *(same_words(one) for one in allowed))
        in_text = said[0] in self.words if len(said) == 1 else self._said(" ".join(said))
        return in_text or any(_same_person(said, one.split()) for one in known)

    def _said(self, words: str) -> bool:
        return any(f" {words} " in text for text in self.texts)

    def _promise(self, value: str, unit: str) -> bool:
        return unit in self.promises if unit == "guarantee" else _promise_key(value) in self.promises


class _Draft:
    """Evidence while it is being read."""

    def __init__(self) -> None:
        self.money: set[tuple[Decimal, str]] = set()
        self.prices: set[Decimal] = set()
        self.percents: set[str] = set()
        self.lengths: set[tuple[str, Decimal]] = set()
        self.counts: set[tuple[str, Decimal]] = set()
        self.seats: set[Decimal] = set()
        self.numbers: set[Decimal] = set()
        self.moments: set[Moment] = set()
        self.written_days: set[tuple[str, str]] = set()
        self.links: set[str] = set()
        self.verbatim: set[str] = set()
        self.people: set[str] = set()
        self.texts: set[str] = set()
        self.words: set[str] = set()
        self.promises: set[str] = set()
        self.listed: set[tuple[str, str]] = set()

    def add(self, fact: Fact) -> None:
        if fact.key.startswith(("course.guarantee", "guarantee.")):
            self.promises.add("guarantee")
        if fact.key in _LISTED:
            self.listed.add((_LISTED[fact.key], fact.source or fact.value))
        if fact.kind is FactKind.TEXT:
            self._add_text(fact.value)
        elif fact.kind is FactKind.QUOTE:
            self.texts.add(f" {same_words(fact.value)} ")
        elif fact.kind is FactKind.PERSON:
            self.people.add(same_words(fact.value))
        elif fact.kind is FactKind.LINK:
            self.links.add(same_form(fact.value))
            self.verbatim.add(fact.value)
        elif fact.kind is FactKind.DATE:
            self._add_moment(fact.value, fact.key)
        else:
            self._add_amount(fact.kind, fact.value, fact.unit, fact.key)

    def _add_text(self, text: str) -> None:
        said = same_words(text)
        self.texts.add(f" {said} ")
        self.words.update(said.split())
        for claim in extract_claims(text):
            if claim.kind is FactKind.DATE:
                self._add_written_day(claim)
            elif claim.kind is FactKind.LINK:
                self.links.add(same_form(claim.value))
            elif claim.kind is FactKind.TEXT:
                self.promises.add("guarantee" if claim.unit == "guarantee" else _promise_key(claim.value))
            elif claim.unit == "bundle":
                self.percents.add(claim.value)
            elif claim.kind not in (FactKind.PERSON, FactKind.QUOTE) and claim.unit != "vague":
                self._add_amount(claim.kind, claim.value.lstrip(">"), claim.unit.removeprefix("in "))

    def _add_written_day(self, claim: Claim) -> None:
        """What a stored text calls "hoy" or "pronto" was true when it was written, and is no evidence now."""
        if claim.unit == "date":
            self._add_moment(claim.value, "")
        elif claim.unit not in ("relative", "vague", "weekday"):
            self.written_days.add((claim.value, claim.unit))

    def _add_moment(self, value: str, key: str) -> None:
        moment = Moment.parse(value, key)
        if moment is not None:
            self.moments.add(moment)

    def _add_amount(self, kind: FactKind, value: str, unit: str, key: str = "") -> None:
        try:
            amount = Decimal(value)
        except InvalidOperation:
            return
        if not amount.is_finite():
            return
        self.numbers.add(amount)
        if kind is FactKind.MONEY:
            self.money.add((amount, unit if unit in ("free", "$") else unit.upper()))
            self.prices.update((amount,) if is_about(PRICE, key) else ())
        elif kind is FactKind.PERCENT:
            self.percents.add(format(amount.normalize(), "f") if amount else "0")
        elif kind is FactKind.SEATS:
            self.seats.add(amount)
        elif kind is FactKind.COUNT:
            self.counts.add((stem(fold(unit)), amount))
        elif (stretch := length(amount, unit)) is not None:
            self.lengths.add(stretch)


def _same_person(said: list[str], known: list[str]) -> bool:
    """ "Laura", "Laura G." and "Laura Gómez" are Laura Gómez; "Laura Pérez" is not."""
    if not said or not known or (said[0] != known[0] and not (len(said) == 1 and said[0] in known)):
        return False
    return all(any(one == other or _initial(one, other) for other in known) for one in said)


def _initial(one: str, other: str) -> bool:
    return min(len(one), len(other)) == 1 and one[0] == other[0]


def _promise_key(value: str) -> str:
    return " ".join(sorted({word[:6] for word in value.split()}))
