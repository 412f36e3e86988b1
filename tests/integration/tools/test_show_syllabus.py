"""The syllabus is shown whole, by topic or by number, from the course's own rows."""

import pytest
from pydantic import ValidationError

from core.db.pool import Pool
from tests.worlds import insert, make_context, make_course, sources, valued
from tools.show_syllabus import SHOW_SYLLABUS, ShowSyllabusArguments, show_syllabus

TITLES = ("Primeros pasos", "Prompts que funcionan", "Automatización de reportes", "Imágenes", "Proyecto final")


async def _course(pool: Pool) -> list[str]:
    course_id = await make_course(pool)
    rows = [
        {
            "course_id": course_id,
            "position": position,
            "title": title,
            "summary": f"Resumen {title}.",
            "hours": position + 1,
        }
        for position, title in enumerate(TITLES, 1)
    ]
    return [f"course_modules:{(await insert(pool, 'course_modules', row))['id']}" for row in rows]


async def test_all_modules_come_with_their_hours_and_without_summaries(empty_database: Pool) -> None:
    modules = await _course(empty_database)
    result = await show_syllabus(ShowSyllabusArguments(), await make_context(empty_database))
    facts = valued(result)
    assert (facts["module.title"], facts["module.hours"]) == (list(TITLES), ["2", "3", "4", "5", "6"])
    assert "module.summary" not in facts
    assert sources(result, "module.title") == sources(result, "module.hours") == modules
    assert result.missing == ""


@pytest.mark.parametrize("topic", ["automatizar un reporte", "REPORTES", "automatizacion"])
async def test_a_topic_shows_its_module_in_detail(empty_database: Pool, topic: str) -> None:
    modules = await _course(empty_database)
    facts = await show_syllabus(ShowSyllabusArguments(topic=topic), await make_context(empty_database))
    assert valued(facts)["module.title"] == ["Automatización de reportes"]
    assert valued(facts)["module.summary"] == ["Resumen Automatización de reportes."]
    assert valued(facts)["module.position"] == ["3"]
    assert set(sources(facts, "module.summary")) == {modules[2]}


async def test_a_topic_that_is_not_taught_shows_what_is(empty_database: Pool) -> None:
    await _course(empty_database)
    result = await show_syllabus(ShowSyllabusArguments(topic="cocina tailandesa"), await make_context(empty_database))
    assert valued(result)["module.title"] == list(TITLES)


async def test_a_module_is_found_by_its_number(empty_database: Pool) -> None:
    await _course(empty_database)
    context = await make_context(empty_database)
    found = await show_syllabus(ShowSyllabusArguments(module=4), context)
    assert valued(found)["module.title"] == ["Imágenes"]
    none = await show_syllabus(ShowSyllabusArguments(module=6), context)
    assert (none.facts, none.missing) == ((), "no_such_module")


@pytest.mark.parametrize("wrong", [{"module": 0}, {"module": 10**30}, {"module": "tres"}, {"modulo": 1}])
def test_what_cannot_be_a_module_is_refused_by_name(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        SHOW_SYLLABUS.arguments.model_validate(wrong)


async def test_without_a_course_nothing_is_shown(empty_database: Pool) -> None:
    nobody = await make_context(empty_database)
    assert (await show_syllabus(ShowSyllabusArguments(), nobody)).missing == "no_course"
    gone = await make_context(empty_database, course_id=10**12)
    assert (await show_syllabus(ShowSyllabusArguments(), gone)).missing == "unknown_course"
