from decimal import Decimal

from agent.honesty.units import length, stem


def test_synonyms_share_a_stem() -> None:
    assert stem("alumnos") == stem("estudiantes") == stem("students") == stem("graduadas")
    assert stem("modulos") == stem("unidades")
    assert stem("modulos") != stem("lecciones")
    assert stem("mentores") == stem("mentor")


def test_a_month_is_not_four_weeks() -> None:
    assert length(Decimal(2), "weeks") == length(Decimal(14), "days")
    assert length(Decimal(12), "months") == length(Decimal(1), "years")
    assert length(Decimal(1), "months") != length(Decimal(4), "weeks")
    assert length(Decimal(1), "lightyears") is None
