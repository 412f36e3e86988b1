from datetime import UTC, datetime

import pytest

from agent.honesty.claims import extract_claims
from agent.honesty.evidence import Evidence
from core.domain.evidence import Fact, FactKind

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)


def backed(reply: str, kind: FactKind, value: str, unit: str = "", key: str = "x.y") -> bool:
    known = Evidence.of([Fact(key=key, kind=kind, value=value, unit=unit, source="t:1")])
    claims = extract_claims(reply)
    assert claims
    return all(known.supports(claim, now=NOW) for claim in claims)


@pytest.mark.parametrize(
    ("reply", "kind", "value", "unit"),
    [
        ("$249", FactKind.MONEY, "249.00", "EUR"),
        ("500 pesos", FactKind.MONEY, "500", "MXN"),
        ("14 días", FactKind.DURATION, "2", "weeks"),
        ("un año", FactKind.DURATION, "12", "months"),
        ("60 minutos de video", FactKind.DURATION, "1", "hours"),
        ("12 unidades", FactKind.COUNT, "12", "módulos"),
        ("más de 2000 alumnos", FactKind.COUNT, "2345", "estudiantes"),
        ("dura 6 semanas", FactKind.TEXT, "Un plan de seis semanas", ""),
        ("es gratis", FactKind.TEXT, "Guía gratuita", ""),
        ("@brenda_bot", FactKind.LINK, "https://t.me/brenda_bot", ""),
        ("nuestra alumna Laura G.", FactKind.PERSON, "Laura Gómez", ""),
    ],
)
def test_backed(reply: str, kind: FactKind, value: str, unit: str) -> None:
    assert backed(reply, kind, value, unit)


@pytest.mark.parametrize(
    ("reply", "kind", "value", "unit"),
    [
        ("249 euros", FactKind.MONEY, "249.00", "USD"),
        ("quedan 5 lugares", FactKind.COUNT, "5", "lugares"),
        ("4 semanas", FactKind.DURATION, "1", "months"),
        ("más de 2000 alumnos", FactKind.COUNT, "200000", "estudiantes"),
        ("12 proyectos", FactKind.COUNT, "12", "módulos"),
        ("249 horas", FactKind.MONEY, "249", "USD"),
        ("nuestra alumna Laura Pérez", FactKind.PERSON, "Laura Gómez", ""),
        ("termina hoy", FactKind.TEXT, "La promoción termina hoy", ""),
        ("$300", FactKind.QUOTE, "Gané $300", ""),
    ],
)
def test_not_backed(reply: str, kind: FactKind, value: str, unit: str) -> None:
    assert not backed(reply, kind, value, unit)


def test_what_a_bonus_is_worth_is_no_price() -> None:
    assert backed("Incluye un bono de $49", FactKind.MONEY, "49", "USD", "offer.bonus_value")
    assert not backed("Cuesta $49", FactKind.MONEY, "49", "USD", "offer.bonus_value")


def test_shown_testimonials_may_be_counted() -> None:
    facts = [
        Fact(key="testimonial.words", kind=FactKind.QUOTE, value=f"Palabra {n}", source=f"t:{n}") for n in range(3)
    ]
    (claim,) = extract_claims("Te comparto 3 testimonios")
    assert Evidence.of(facts).supports(claim, now=NOW)
    assert not Evidence.of(facts[:2]).supports(claim, now=NOW)
