"""The catalog: what is sold and what proves its worth, as frozen rows that can state facts about themselves.

A row knows its table, so that every fact that it makes names its source. Figures (statistics and metrics of success
cases) are typed when they are read: a percentage has the unit "%", money a currency, a duration a unit of time.
Nothing here is estimated; what is computed is computed from stored figures by decimal arithmetic.
"""

import re
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.domain.evidence import Fact, FactKind
from core.domain.ranking import distance, fold

_CURRENCY = re.compile(r"[A-Z]{3}")
_TIME_UNITS = frozenset({"minutes", "hours", "days", "weeks", "months", "years"})
_SENTENCE_END = re.compile(r"[.!?…](?=\s|$)")
LONG_TEXT = 400


class Row(BaseModel):
    """A row of the catalog. `is_sample` marks rows of the seed, which may be shown on the embedded database only."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    table: ClassVar[str]
    id: int
    is_sample: bool = False

    @property
    def source(self) -> str:
        """The row as facts name it: "courses:1"."""
        return f"{self.table}:{self.id}"

    def fact(self, key: str, kind: FactKind, value: object, unit: str = "") -> Fact:
        """A fact with this row as its source."""
        return Fact(key=key, kind=kind, value=str(value), unit=unit, source=self.source)

    def texts(self, **values: str | None) -> tuple[Fact, ...]:
        """Text facts, those without a text left out; "course__name" stands for the key "course.name"."""
        named = ((name.replace("__", "."), shortened(text or "")) for name, text in values.items())
        return tuple(self.fact(key, FactKind.TEXT, text) for key, text in named if text)

    def money(self, key: str, amount: Decimal, currency: str) -> Fact:
        """A money fact; the amount is rounded half up to two decimals."""
        return self.fact(key, FactKind.MONEY, cents(amount), currency)

    def measured(self, key: str, figure: "Figure") -> tuple[Fact, Fact]:
        """A figure under the key, and what was measured, in words, under "<key>.label"."""
        number = self.fact(key, figure.kind, figure.written, figure.unit)
        return (number, self.fact(f"{key}.label", FactKind.TEXT, figure.label))

    def marks(self) -> tuple[Fact, ...]:
        """The mark of a sample row, so that it can be said that it is one; nothing for a real row."""
        return (self.fact("sample", FactKind.TEXT, "true"),) if self.is_sample else ()


class Figure(BaseModel):
    """A measured number: `name` is English and dotted into a key, `label` says in Spanish what was measured.

    Raises:
        ValidationError: the kind is unknown, or the unit does not belong to it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]{2,40}$")]
    kind: FactKind
    value: Annotated[Decimal, Field(allow_inf_nan=False)]
    unit: str
    label: Annotated[str, Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _unit_fits(self) -> "Figure":
        fits = {
            FactKind.COUNT: self.unit.strip() != "",
            FactKind.PERCENT: self.unit == "%",
            FactKind.MONEY: _CURRENCY.fullmatch(self.unit) is not None,
            FactKind.DURATION: self.unit in _TIME_UNITS,
        }
        if not fits.get(self.kind, False):
            raise ValueError(
                f"{self.name}: unit {self.unit!r} of kind {self.kind}; count wants a noun, percent %, "
                f"money a currency such as USD, duration one of {', '.join(sorted(_TIME_UNITS))}"
            )
        return self

    @property
    def written(self) -> str:
        """The value as a fact writes it: money with cents, other numbers without needless zeros."""
        return str(cents(self.value)) if self.kind == FactKind.MONEY else plain(self.value)


class Module(Row):
    """A module of a course. `position` counts from 1; `hours` are whole hours."""

    table: ClassVar[str] = "course_modules"
    position: int
    title: str
    summary: str
    hours: int


class Course(Row):
    """A course that is sold. `price` is in `currency` (ISO 4217); paths are relative to the folder of media."""

    table: ClassVar[str] = "courses"
    slug: str
    hashtag: str
    name: str
    tagline: str
    description: str
    level: str
    audience: str
    requirements: str
    modality: str
    price: Decimal
    currency: str
    duration_weeks: int
    total_hours: int
    certificate: str
    guarantee_days: int
    guarantee: str
    starts_on: date | None = None
    image_path: str | None = None
    preview_path: str | None = None


class Testimonial(Row):
    """The very words of a student who was verified and consented. `country` is an ISO 3166-1 code.

    `told` is whether the lead who asks has heard of them before.
    """

    __test__ = False
    table: ClassVar[str] = "student_testimonials"
    person: str
    role: str
    country: str
    words: str
    topics: tuple[str, ...] = ()
    objection: str | None = None
    told: bool = False


class SuccessCase(Row):
    """What a verified student achieved, with measured figures. `told` is whether the lead who asks heard of them."""

    table: ClassVar[str] = "success_cases"
    person: str
    occupation: str
    title: str
    story: str
    metrics: tuple[Figure, ...] = ()
    told: bool = False


class Statistic(Row):
    """A figure about a course and the day on which it was measured."""

    table: ClassVar[str] = "course_statistics"
    figure: Figure
    measured_on: date


class Competitor(Row):
    """Another course, what was true of it on `checked_on`, and the price of ours to set beside it."""

    table: ClassVar[str] = "competitor_analysis"
    competitor: str
    price: Decimal
    currency: str
    total_hours: int | None = None
    strengths: str
    differences: str
    checked_on: date
    course_price: Decimal
    course_currency: str


class Resource(Row):
    """A free file. `kind` is pdf, template, guide or checklist; `path` is relative to the folder of media."""

    table: ClassVar[str] = "free_resources"
    title: str
    description: str
    kind: str
    path: str
    topics: tuple[str, ...] = ()


class Campaign(BaseModel):
    """An advertisement: its code in hashtags and deep links, the course it shows and where it ran ("facebook")."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: int
    code: str
    course_id: int | None = None
    source: str


def course_facts(course: Course, modules: Iterable[Module], today: date | None = None) -> tuple[Fact, ...]:
    """What may be said of a course in any turn. A start before `today` is left out: it is no longer a start."""
    return (
        *course.texts(course__name=course.name, course__tagline=course.tagline, course__description=course.description),
        course.money("course.price", course.price, course.currency),
        *_extent(course, len(tuple(modules))),
        *course.texts(course__level=course.level, course__audience=course.audience, course__modality=course.modality),
        *_start(course, today),
        *course.texts(course__certificate=course.certificate, course__requirements=course.requirements),
        *guarantee_facts(course, "course.guarantee_days", "course.guarantee"),
        *course.marks(),
    )


def guarantee_facts(course: Course, days_key: str, terms_key: str) -> tuple[Fact, ...]:
    """The guarantee's days and terms; nothing when the course has none (0 days)."""
    if not course.guarantee_days:
        return ()
    days = course.fact(days_key, FactKind.DURATION, course.guarantee_days, "days")
    return (days, *course.texts(**{terms_key.replace(".", "__"): course.guarantee}))


def competitor_prices(competitor: Competitor) -> tuple[Fact, ...]:
    """Who it is, its price, when that was checked, and what the course saves; a saving only when there is one.

    Prices in different currencies are not compared, because no exchange rate is stored.
    """
    name = competitor.texts(competitor__name=competitor.competitor)
    price = competitor.money("competitor.price", competitor.price, competitor.currency)
    checked = competitor.fact("competitor.checked_on", FactKind.DATE, competitor.checked_on.isoformat())
    saving = competitor.price - competitor.course_price
    if competitor.currency != competitor.course_currency or saving <= 0:
        return (*name, price, checked)
    return (*name, price, checked, competitor.money("comparison.saving", saving, competitor.currency))


def price_per_hour(price: Decimal, hours: int) -> Decimal:
    """The price of one hour, rounded half up to two decimals; hours are at least 1."""
    return cents(price / hours)


def cents(amount: Decimal) -> Decimal:
    """The amount rounded half up to two decimals."""
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def plain(number: Decimal) -> str:
    """The number without needless zeros and without an exponent: 12.50 is "12.5", 3E+1 is "30"."""
    digits = format(number, "f")
    return (digits.rstrip("0").rstrip(".") if "." in digits else digits) or "0"


def shortened(text: str, limit: int = LONG_TEXT) -> str:
    """The text's first whole sentences within `limit` characters; when the first is longer, its first whole words."""
    whole = text.strip()
    if len(whole) <= limit:
        return whole
    ends = [mark.end() for mark in _SENTENCE_END.finditer(whole[: limit + 1]) if mark.end() <= limit]
    return whole[: ends[-1]] if ends else whole[: limit - 1].rsplit(None, 1)[0] + "…"


def course_of_hashtag(courses: Iterable[Course], hashtag: str) -> Course | None:
    """The course whose hashtag was meant: letter case, accents and a slip of one letter in eight are forgiven.

    Digits are never guessed, and a slip that is as near to two courses chooses neither.
    """
    wanted = _hashtag(hashtag)
    likely = [course for course in courses if _digits(course.hashtag) == _digits(wanted)]
    near = sorted(((distance(wanted, _hashtag(course.hashtag)), course) for course in likely), key=lambda pair: pair[0])
    slips = [slip for slip, _ in near]
    if not near or slips[0] > len(wanted) // 8 or slips[0] in slips[1:]:
        return None
    return near[0][1]


def _extent(course: Course, modules: int) -> tuple[Fact, ...]:
    weeks = course.fact("course.duration", FactKind.DURATION, course.duration_weeks, "weeks")
    hours = course.fact("course.hours", FactKind.DURATION, course.total_hours, "hours")
    return (
        (weeks, hours, course.fact("course.modules", FactKind.COUNT, modules, "módulos")) if modules else (weeks, hours)
    )


def _start(course: Course, today: date | None) -> tuple[Fact, ...]:
    if course.starts_on is None or (today is not None and course.starts_on < today):
        return ()
    return (course.fact("course.starts_on", FactKind.DATE, course.starts_on.isoformat()),)


def _hashtag(text: str) -> str:
    return "".join(letter for letter in fold(text)[:100] if letter.isascii() and letter.isalnum())


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isascii() and letter.isdigit())
