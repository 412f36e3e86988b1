"""Evidence: the facts that a reply may state, each with the row that it came from."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class FactKind(StrEnum):
    """How a fact's value is written and compared.

    MONEY     value "249.00", unit an ISO 4217 code ("USD")
    PERCENT   value "35" or "12.5", unit "%"
    DATE      value ISO 8601 date or aware datetime ("2026-11-30", "2026-11-30T23:59:00+00:00")
    SEATS     value "5": places left, or the size of a limited group, unit "places"
    COUNT     value "12", unit a lower-case Spanish plural noun ("módulos", "estudiantes", "proyectos")
    DURATION  value "8", unit one of minutes, hours, days, weeks, months, years
    LINK      value an absolute URL
    PERSON    value a person's name as it may be shown
    QUOTE     value the very words of a person
    TEXT      value free text; the numbers, dates and names within it count as evidence too
    """

    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"
    SEATS = "seats"
    COUNT = "count"
    DURATION = "duration"
    LINK = "link"
    PERSON = "person"
    QUOTE = "quote"
    TEXT = "text"


class Fact(BaseModel):
    """One thing known to be true. `key` is a dotted English name ("course.price"); `source` is "table:row id"."""

    model_config = ConfigDict(frozen=True)

    key: str
    kind: FactKind
    value: str
    unit: str = ""
    source: str
