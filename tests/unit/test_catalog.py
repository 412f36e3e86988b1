"""The catalog's rows state facts about themselves, and compute nothing that is not stored."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.domain.catalog import (
    LONG_TEXT,
    Competitor,
    Course,
    Figure,
    Module,
    competitor_prices,
    course_facts,
    course_of_hashtag,
    plain,
    price_per_hour,
    shortened,
)
from core.domain.evidence import Fact, FactKind

COURSE = Course(
    id=7,
    slug="ia-profesionales",
    hashtag="CURSO_IA_PROFESIONALES",
    name="IA para profesionales",
    tagline="Trabaja con IA",
    description="Aprende a usarla.",
    level="inicial",
    audience="profesionales",
    requirements="ninguno",
    modality="en línea",
    price=Decimal("249.00"),
    currency="USD",
    duration_weeks=8,
    total_hours=32,
    certificate="Certificado digital",
    guarantee_days=30,
    guarantee="Se devuelve todo el dinero.",
    starts_on=date(2026, 12, 7),
)
MODULE = Module(id=1, position=1, title="Inicio", summary="Lo básico.", hours=4)
prices = st.decimals(min_value="0.01", max_value="99999999.99", places=2)


def _course(**fields: Any) -> Course:
    return COURSE.model_copy(update=fields)


def _competitor(**fields: Any) -> Competitor:
    row = {
        "id": 3,
        "competitor": "Otra escuela",
        "price": Decimal("400.00"),
        "currency": "USD",
        "strengths": "Marca conocida",
        "differences": "Sin tutoría",
        "checked_on": date(2026, 11, 1),
        "course_price": Decimal("249.00"),
        "course_currency": "USD",
    }
    return Competitor.model_validate(row | fields)


def _by_key(facts: tuple[Fact, ...]) -> dict[str, tuple[str, str, str]]:
    return {fact.key: (fact.kind, fact.value, fact.unit) for fact in facts}


def test_course_facts_are_typed_and_name_their_row() -> None:
    facts = course_facts(COURSE, [MODULE, MODULE])
    assert {fact.source for fact in facts} == {"courses:7"}
    assert _by_key(facts) == {
        "course.name": ("text", "IA para profesionales", ""),
        "course.tagline": ("text", "Trabaja con IA", ""),
        "course.description": ("text", "Aprende a usarla.", ""),
        "course.price": ("money", "249.00", "USD"),
        "course.duration": ("duration", "8", "weeks"),
        "course.hours": ("duration", "32", "hours"),
        "course.modules": ("count", "2", "módulos"),
        "course.level": ("text", "inicial", ""),
        "course.audience": ("text", "profesionales", ""),
        "course.modality": ("text", "en línea", ""),
        "course.starts_on": ("date", "2026-12-07", ""),
        "course.certificate": ("text", "Certificado digital", ""),
        "course.requirements": ("text", "ninguno", ""),
        "course.guarantee_days": ("duration", "30", "days"),
        "course.guarantee": ("text", "Se devuelve todo el dinero.", ""),
    }


def test_what_a_course_does_not_have_is_not_a_fact() -> None:
    bare = _course(starts_on=None, guarantee_days=0, certificate=" ")
    absent = {"course.starts_on", "course.guarantee_days", "course.guarantee", "course.certificate", "course.modules"}
    assert not absent & _by_key(course_facts(bare, [])).keys()


def test_a_start_that_has_passed_is_not_told_as_one() -> None:
    def starts(today: date) -> bool:
        return "course.starts_on" in _by_key(course_facts(COURSE, [], today))

    assert starts(date(2026, 12, 7))
    assert not starts(date(2026, 12, 8))


def test_a_sample_course_says_so() -> None:
    assert Fact(key="sample", kind=FactKind.TEXT, value="true", source="courses:7") in course_facts(
        _course(is_sample=True), []
    )
    assert "sample" not in _by_key(course_facts(COURSE, []))


def test_course_facts_stay_compact_whatever_an_admin_wrote() -> None:
    facts = course_facts(_course(description="Larga. " * 2000, audience="todos " * 2000), [MODULE])
    assert max(len(fact.value) for fact in facts) <= LONG_TEXT


@given(prices, st.integers(1, 10_000))
def test_price_per_hour_is_the_nearest_cent_half_up(price: Decimal, hours: int) -> None:
    hour = price_per_hour(price, hours)
    assert hour.as_tuple().exponent == -2
    assert abs(hour * hours - price) <= Decimal("0.005") * hours
    with localcontext(prec=80):
        assert hour == (price / hours).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def test_half_a_cent_is_rounded_up() -> None:
    assert price_per_hour(Decimal("0.25"), 2) == Decimal("0.13")
    assert price_per_hour(Decimal("100.00"), 32) == Decimal("3.13")


@given(prices, prices)
def test_a_saving_is_told_only_when_it_is_one(other: Decimal, own: Decimal) -> None:
    facts = _by_key(competitor_prices(_competitor(price=other, course_price=own)))
    saving = facts.get("comparison.saving")
    assert saving == (("money", f"{other - own:.2f}", "USD") if other > own else None)
    assert facts["competitor.price"] == ("money", f"{other:.2f}", "USD")
    assert facts["competitor.checked_on"] == ("date", "2026-11-01", "")


def test_prices_in_different_currencies_are_not_compared() -> None:
    assert "comparison.saving" not in _by_key(competitor_prices(_competitor(currency="EUR")))


@pytest.mark.parametrize(
    ("kind", "value", "unit", "written"),
    [
        ("count", "12", "proyectos", "12"),
        ("percent", "35.00", "%", "35"),
        ("percent", "12.50", "%", "12.5"),
        ("money", "1200", "USD", "1200.00"),
        ("duration", "5.5", "hours", "5.5"),
        ("count", "1E+3", "estudiantes", "1000"),
    ],
)
def test_a_figure_is_written_as_its_kind_wants(kind: str, value: str, unit: str, written: str) -> None:
    figure = Figure.model_validate({"name": "ahorro", "kind": kind, "value": value, "unit": unit, "label": "Ahorro"})
    assert COURSE.measured("roi.ahorro", figure) == (
        Fact(key="roi.ahorro", kind=FactKind(kind), value=written, unit=unit, source="courses:7"),
        Fact(key="roi.ahorro.label", kind=FactKind.TEXT, value="Ahorro", source="courses:7"),
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"unit": "percent"},
        {"kind": "money", "unit": "dólares"},
        {"kind": "duration", "unit": "horas"},
        {"kind": "count", "unit": " "},
        {"kind": "seats", "unit": "places"},
        {"kind": "text", "unit": ""},
        {"value": "NaN"},
        {"value": "mucho"},
        {"name": "Con Espacios"},
        {"label": ""},
    ],
)
def test_a_figure_that_cannot_be_checked_is_refused(wrong: dict[str, str]) -> None:
    right = {"name": "alza", "kind": "percent", "value": "35", "unit": "%", "label": "Alza de salario"}
    assert Figure.model_validate(right).written == "35"
    with pytest.raises(ValidationError):
        Figure.model_validate(right | wrong)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12))
def test_plain_numbers_keep_their_value(number: Decimal) -> None:
    assert Decimal(plain(number)) == number
    assert "E" not in plain(number)


@given(st.text(), st.integers(20, 200))
def test_a_shortened_text_begins_like_the_whole_and_fits(text: str, limit: int) -> None:
    short = shortened(text, limit)
    assert len(short) <= limit
    assert text.strip().startswith(short.removesuffix("…"))
    assert (short == text.strip()) or len(text.strip()) > limit


def test_a_text_is_cut_at_a_sentence_end() -> None:
    assert shortened("Cuesta 3.5 horas. Y luego sigue mucho más.", 30) == "Cuesta 3.5 horas."
    assert shortened("una sola frase larguísima sin punto", 20) == "una sola frase…"


@pytest.mark.parametrize(
    "typed",
    ["#CURSO_IA_PROFESIONALES", "curso_ia_profesionales", "Curso IA Profesionales", "#CURSO_ÍA_PROFESIONÁLES",
     "#CURSO_IA_PROFESIONLES", "#CRUSO_IA_PROFESIONALES", "  #cursoiaprofesionales\u200b  "],
)  # fmt: skip
def test_a_hashtag_is_understood_as_people_type_it(typed: str) -> None:
    assert course_of_hashtag([COURSE, _course(id=8, hashtag="CURSO_MARKETING")], typed) == COURSE


@pytest.mark.parametrize(
    "typed", ["", "#", "#CURSO_COCINA", "#CURSO_IA", "🙂", "\x00", "x" * 50_000, "'; drop table courses"]
)
def test_an_unknown_hashtag_is_nobodys(typed: str) -> None:
    assert course_of_hashtag([COURSE], typed) is None


def test_digits_are_never_guessed() -> None:
    first = _course(hashtag="CURSO_IA_NIVEL_1")
    assert course_of_hashtag([first], "#CURSO_IA_NIVEL_2") is None
    assert course_of_hashtag([first], "#curso_ia_nivl_1") == first


def test_a_slip_between_two_courses_chooses_neither() -> None:
    pair = [_course(hashtag="CURSO_DATOS_A"), _course(id=8, hashtag="CURSO_DATOS_B")]
    assert course_of_hashtag(pair, "#CURSO_DATOS_C") is None
    assert course_of_hashtag(pair, "#CURSO_DATOS_B") == pair[1]
