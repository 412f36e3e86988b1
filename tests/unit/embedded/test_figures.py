"""Figures: facts as people say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.embedded.figures import spoken, variables
from core.domain.evidence import Fact, FactKind


def fact(key: str, kind: FactKind, value: str, unit: str = "", source: str = "courses:1") -> Fact:
    return Fact(key=key, kind=kind, value=value, unit=unit, source=source)


@pytest.mark.parametrize(
    ("kind", "value", "unit", "said"),
    [
        (FactKind.MONEY, "249.00", "USD", "249 USD"),
        (FactKind.MONEY, "7.78", "USD", "7.78 USD"),
        (FactKind.PERCENT, "12.5", "%", "12.5%"),
        (FactKind.DATE, "2026-11-30", "", "30 de noviembre"),
        (FactKind.DATE, "2026-11-30T23:59-06:00", "", "30 de noviembre a las 23:59"),
        (FactKind.DATE, "pronto", "", "pronto"),
        (FactKind.SEATS, "20", "places", "20 lugares"),
        (FactKind.SEATS, "1", "places", "1 lugar"),
        (FactKind.COUNT, "12", "módulos", "12 módulos"),
        (FactKind.DURATION, "8", "weeks", "8 semanas"),
        (FactKind.DURATION, "1", "months", "1 mes"),
        (FactKind.TEXT, "En línea", "", "En línea"),
    ],
)
def test_a_value_is_said_as_people_say_it(kind: FactKind, value: str, unit: str, said: str) -> None:
    assert spoken(fact("x", kind, value, unit)) == said


def test_what_is_not_known_is_empty() -> None:
    known = variables(())
    assert known["price"] == ""
    assert known["modules"] == []


def test_facts_of_one_source_become_one_item() -> None:
    known = variables(
        [
            fact("testimonial.person", FactKind.PERSON, "Ana", source="student_testimonials:1"),
            fact("testimonial.words", FactKind.QUOTE, "Me sirvió.", source="student_testimonials:1"),
            fact("sample", FactKind.TEXT, "true", source="student_testimonials:1"),
            fact("testimonial.person", FactKind.PERSON, "Luis", source="student_testimonials:2"),
        ]
    )
    items = known["testimonials"]
    assert isinstance(items, list)
    assert [(item["person"], item["words"], item["sample"]) for item in items] == [
        ("Ana", "Me sirvió.", True),
        ("Luis", "", False),
    ]


def test_a_figure_without_a_label_is_not_said() -> None:
    known = variables(
        [
            fact("statistic.finish", FactKind.PERCENT, "87", "%", "course_statistics:1"),
            fact("statistic.finish.label", FactKind.TEXT, "Alumnos que terminan", "", "course_statistics:1"),
            fact("roi.hours", FactKind.DURATION, "6", "hours", "course_statistics:2"),
        ]
    )
    assert known["returns"] == ["Alumnos que terminan: 87%"]


@given(st.sampled_from(list(FactKind)), st.text(), st.text(max_size=10))
def test_any_value_can_be_said(kind: FactKind, value: str, unit: str) -> None:
    assert isinstance(spoken(fact("x", kind, value, unit)), str)


@pytest.mark.parametrize(
    ("key", "value", "name", "said"),
    [
        ("course.modality", "En línea: clases grabadas.", "modality", "en línea, clases grabadas"),
        ("course.requirements", "Excel instalado.", "requirements", "Excel instalado"),
        ("course.tagline", "Más ideas.", "tagline", "Más ideas"),
        ("course.name", "Un curso", "course", "Un curso"),
    ],
)
def test_a_text_is_fitted_to_stand_within_a_sentence(key: str, value: str, name: str, said: str) -> None:
    assert variables([fact(key, FactKind.TEXT, value)])[name] == said
