"""Figures: facts as people say them, gathered into the variables that the embedded model's templates use.

Every template gets the same variables; what is not known is an empty string or an empty list. Facts that belong
together (a testimonial's person and words) share their source, and become one item of a list.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from core.domain.evidence import Fact, FactKind

MONTHS = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()
UNITS = {
    "minutes": ("minuto", "minutos"),
    "hours": ("hora", "horas"),
    "days": ("día", "días"),
    "weeks": ("semana", "semanas"),
    "months": ("mes", "meses"),
    "years": ("año", "años"),
}
SINGLE = {
    "course.name": "course",
    "course.tagline": "tagline",
    "course.description": "description",
    "course.price": "price",
    "course.duration": "weeks",
    "course.hours": "hours",
    "course.modules": "module_count",
    "course.level": "level",
    "course.audience": "audience",
    "course.modality": "modality",
    "course.starts_on": "starts_on",
    "course.certificate": "certificate",
    "course.requirements": "requirements",
    "course.guarantee_days": "guarantee_days",
    "course.guarantee": "guarantee",
    "guarantee.days": "guarantee_days",
    "guarantee.terms": "guarantee",
    "comparison.price_per_hour": "price_per_hour",
    "resource.title": "resource",
    "resource.description": "resource_about",
    "payment.link": "payment_link",
    "payment.amount": "amount",
    "payment.expires_at": "payment_expires",
    "payment.stars": "stars",
    "demo.link": "demo_link",
    "demo.expires_at": "demo_expires",
    "demo.duration": "demo_length",
    "booking.starts_at": "booked_at",
    "advisor.limit": "advisor_limit",
    "follow_up.due_at": "due_at",
    "follow_up.clock": "due_clock",
}
GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "modules": ("module", ("title", "summary", "hours")),
    "testimonials": ("testimonial", ("person", "role", "words")),
    "cases": ("case", ("person", "occupation", "title", "story")),
    "competitors": ("competitor", ("name", "price", "hours", "strengths", "differences", "checked_on")),
    "offers": ("offer", ("name", "percent", "price", "saving", "ends_at", "seats", "bonus", "bonus_value")),
}

TITLES = frozenset({"course.name", "course.tagline", "resource.title"})
WITH_COLON = frozenset({"course.level", "course.modality"})
COMMON_OPENINGS = frozenset(
    "en un una el la los las si no para quienes personas profesionales principiante intermedio avanzado básico "
    "certificado clases cualquier aprendes aprende saber tener manejo computadora ninguno ninguna diploma "
    "constancia online".split()
)
SENTENCES = ("story", "strengths", "differences", "summary")
ENDS = (".", "!", "?", "…")

Variables = dict[str, object]


def spoken(fact: Fact) -> str:
    """The fact's value as it is said in Spanish: "249 USD", "30 de noviembre", "20 lugares". Malformed ones stay."""
    form = FORMS.get(fact.kind)
    return form(fact.value, fact.unit).strip() if form else fact.value


def variables(facts: Sequence[Fact]) -> Variables:
    """All variables, from all facts of a turn; of a key that is there twice the later fact counts."""
    known: Variables = dict.fromkeys((*SINGLE.values(), "sample"), "")
    known |= {SINGLE[fact.key]: _within(fact) for fact in facts if fact.key in SINGLE}
    known["sample"] = "true" if any(fact.key == "sample" for fact in facts) else ""
    known |= {name: _items(facts, prefix, fields) for name, (prefix, fields) in GROUPS.items()}
    known["methods"] = [fact.value for fact in facts if fact.key == "payment.method"]
    known["returns"] = list(_labelled(facts, ("roi.", "statistic.")))
    return known


def _items(facts: Sequence[Fact], prefix: str, fields: tuple[str, ...]) -> list[Variables]:
    """The group's items in order of appearance, each with every field, `sample`, `figures` and `saving`."""
    sources = dict.fromkeys(fact.source for fact in facts if fact.key.startswith(f"{prefix}."))
    return [_item([fact for fact in facts if fact.source == source], prefix, fields) for source in sources]


def _item(facts: Sequence[Fact], prefix: str, fields: tuple[str, ...]) -> Variables:
    said = {fact.key: spoken(fact) for fact in facts}
    item: Variables = {name: said.get(f"{prefix}.{name}", "") for name in fields}
    item |= {name: _ended(said[f"{prefix}.{name}"]) for name in SENTENCES if said.get(f"{prefix}.{name}")}
    item |= {
        name: _decapitalised(said.get(f"{prefix}.{name}", "")) for name in fields if name in ("role", "occupation")
    }
    item["sample"] = "sample" in said
    item["figures"] = list(_labelled(facts, (f"{prefix}.metric.",)))
    if prefix == "competitor":
        item["cheaper_by"] = said.get("comparison.saving", "")
    return item


def _labelled(facts: Iterable[Fact], prefixes: tuple[str, ...]) -> Iterable[str]:
    """Figures with what they measure: "Horas ahorradas por semana: 6 horas"; one without a label is not said."""
    known = [fact for fact in facts if fact.key.startswith(prefixes)]
    labels = {
        (fact.source, fact.key.removesuffix(".label")): fact.value for fact in known if fact.key.endswith(".label")
    }
    for fact in known:
        label = labels.get((fact.source, fact.key), "")
        if label and not fact.key.endswith(".label"):
            yield f"{label[:1].upper()}{label[1:]}: {spoken(fact)}"


def _within(fact: Fact) -> str:
    """The value as it stands within a sentence: no final stop, no second colon, no capital that only opened a line."""
    if fact.kind is not FactKind.TEXT:
        return spoken(fact)
    whole = fact.value.strip().removesuffix(".")
    text = whole if fact.key in TITLES else _lowered(whole)
    return text.replace(": ", ", ", 1) if fact.key in WITH_COLON else text


def _lowered(text: str) -> str:
    first = text.split(" ", 1)[0].rstrip(",:;").casefold()
    return text[:1].lower() + text[1:] if first in COMMON_OPENINGS else text


def _decapitalised(role: str) -> str:
    """ "Abogada" within a sentence is "abogada"; "IT manager" stays."""
    return role[:1].lower() + role[1:] if role[1:2].islower() else role


def _ended(text: str) -> str:
    return text if text.rstrip().endswith(ENDS) else f"{text.rstrip()}."


def _number(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite():
        return text
    return str(number.to_integral_value()) if number == number.to_integral_value() else format(number, "f")


def _day(text: str) -> str:
    """A day, and the hour when one is given, on the clock that the fact itself is written in."""
    try:
        moment = datetime.fromisoformat(text)
        day = moment.date() if "T" in text else date.fromisoformat(text)
    except ValueError:
        return text
    hour = f" a las {moment:%H:%M}" if "T" in text else ""
    return f"{day.day} de {MONTHS[day.month - 1]}{hour}"


def _duration(value: str, unit: str) -> str:
    one, several = UNITS.get(unit, (unit, unit))
    return f"{_number(value)} {one if _number(value) == '1' else several}"


FORMS: Mapping[FactKind, Callable[[str, str], str]] = {
    FactKind.MONEY: lambda value, unit: f"{_number(value)} {unit}",
    FactKind.PERCENT: lambda value, _unit: f"{_number(value)}%",
    FactKind.DATE: lambda value, _unit: _day(value),
    FactKind.SEATS: lambda value, _unit: f"{value} {'lugar' if value == '1' else 'lugares'}",
    FactKind.COUNT: lambda value, unit: f"{_number(value)} {unit}",
    FactKind.DURATION: _duration,
}
