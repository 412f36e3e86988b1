"""Testimonials fit the doubt and the person, are quoted whole, and are verified whatever is asked."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.context import Context
from core.db.pool import Pool
from core.domain.evidence import Fact, FactKind
from core.domain.people import Profile
from core.domain.perception import Objection
from core.domain.tools import ToolResult
from tests.worlds import insert, make_context, make_course, make_testimonial, production_settings, valued
from tools.find_testimonials import LIMIT, FindTestimonialsArguments, find_testimonials

PEOPLE = (
    ("Ana", "Contadora", "MX", "price"),
    ("Beto", "Abogado", "PE", "time"),
    ("Caro", "Médica", "CO", "trust"),
    ("Dani", "Diseñador gráfico", "AR", "value"),
    ("Eli", "Docente", "ES", None),
)


async def _fill(pool: Pool) -> int:
    course_id = await make_course(pool)
    for person, role, country, objection in PEOPLE:
        await make_testimonial(pool, course_id, person=person, role=role, country=country, objection=objection)
    return course_id


async def _find(context: Context, **arguments: object) -> ToolResult:
    return await find_testimonials(FindTestimonialsArguments.model_validate(arguments), context)


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        ({"objection": "price"}, "Ana"),
        ({"objection": "trust", "country": "México"}, "Caro"),
        ({"occupation": "abogada"}, "Beto"),
        ({"occupation": "DISEÑADORA"}, "Dani"),
        ({"country": "españa"}, "Eli"),
    ],
)
async def test_the_one_that_fits_comes_first(empty_database: Pool, arguments: dict[str, str], first: str) -> None:
    await _fill(empty_database)
    facts = valued(await _find(await make_context(empty_database), **arguments))
    assert facts["testimonial.person"][0] == first
    assert len(facts["testimonial.person"]) == LIMIT


async def test_what_the_person_told_stands_in_for_what_is_left_out(empty_database: Pool) -> None:
    await _fill(empty_database)
    profile = Profile(occupation="Soy médico", country="Bogotá, Colombia")
    for turn in range(5):
        context = await make_context(empty_database, turn_id=f"turn-{turn}", profile=profile)
        assert valued(await _find(context))["testimonial.person"][0] == "Caro"


async def test_words_are_quoted_whole_with_their_source(empty_database: Pool) -> None:
    course_id = await make_course(empty_database)
    words = "Dudé. " * 99 + "final"
    row = await make_testimonial(empty_database, course_id, words=words, is_sample=True)
    source = f"student_testimonials:{row}"
    assert (await _find(await make_context(empty_database))).facts == (
        Fact(key="testimonial.person", kind=FactKind.PERSON, value="Ana Prueba", source=source),
        Fact(key="testimonial.role", kind=FactKind.TEXT, value="Contadora", source=source),
        Fact(key="testimonial.country", kind=FactKind.TEXT, value="MX", source=source),
        Fact(key="testimonial.words", kind=FactKind.QUOTE, value=words, source=source),
        Fact(key="sample", kind=FactKind.TEXT, value="true", source=source),
    )


async def test_samples_are_never_shown_on_a_real_database(database: Pool) -> None:
    shown = await _find(await make_context(database))
    assert len(valued(shown)["testimonial.person"]) == len(valued(shown)["sample"]) == LIMIT
    hidden = await _find(await make_context(database, settings=production_settings()))
    assert hidden == ToolResult(missing="no_testimonials")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    objection=st.sampled_from([None, *Objection]),
    occupation=st.none() | st.text(max_size=30) | st.sampled_from([role for _, role, _, _ in PEOPLE]),
    country=st.none() | st.sampled_from(["México", "Perú", "Marte"]),
    turn=st.text(max_size=5),
)
async def test_only_verified_rows_and_the_same_ones_within_a_turn(
    empty_database: Pool, objection: Objection | None, occupation: str | None, country: str | None, turn: str
) -> None:
    course_id = await _fill(empty_database)
    for person, role, land, doubt in PEOPLE:
        fields = {"person": f"Falsa {person}", "role": role, "country": land, "objection": doubt}
        await make_testimonial(empty_database, course_id, **fields, verified_at=None)
        await make_testimonial(empty_database, course_id, **fields, consent_reference=None)
    context = await make_context(empty_database, turn_id=turn, course_id=course_id)
    result = await _find(context, objection=objection, occupation=occupation, country=country)
    people = valued(result)["testimonial.person"]
    assert len(set(people)) == LIMIT
    assert set(people) <= {person for person, _, _, _ in PEOPLE}
    assert result == await _find(context, objection=objection, occupation=occupation, country=country)


async def test_none_is_said_when_there_is_none(empty_database: Pool) -> None:
    assert (await _find(await make_context(empty_database))).missing == "no_course"
    await make_course(empty_database)
    assert await _find(await make_context(empty_database)) == ToolResult(missing="no_testimonials")


async def test_nobody_hears_the_same_words_twice_while_there_are_others(empty_database: Pool) -> None:
    course_id = await make_course(empty_database)
    for person in ("Ana", "Beto", "Caro"):
        words = f"Lo que aprendí cambió mi forma de trabajar, dice {person}."
        await make_testimonial(empty_database, course_id, person=person, words=words, objection="price")
    context = await make_context(empty_database)
    heard = valued(await _find(context, objection="price"))["testimonial.words"][0]
    spoken = {"turn_id": "before", "position": 0, "author": "brenda", "text": f"Así lo contó: «{heard}»"}
    await insert(empty_database, "messages", spoken | {"lead_id": context.lead.id})
    facts = valued(await _find(context, objection="price"))
    assert len(facts["testimonial.words"]) == LIMIT
    assert heard not in facts["testimonial.words"]
