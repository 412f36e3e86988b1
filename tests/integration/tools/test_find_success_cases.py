"""Success cases fit the person, and their figures are facts of their own kind."""

import pytest
from psycopg.types.json import Jsonb

from core.context import Context
from core.db.pool import Pool
from core.domain.people import Profile
from core.domain.tools import ToolResult
from tests.worlds import make_case, make_context, make_course, production_settings, sources, valued
from tools.find_success_cases import LIMIT, FindSuccessCasesArguments, find_success_cases

METRICS = [
    {"name": "clientes", "kind": "count", "value": 12, "unit": "clientes", "label": "clientes nuevos"},
    {"name": "alza", "kind": "percent", "value": 35.5, "unit": "%", "label": "alza de ingresos"},
    {"name": "ventas", "kind": "money", "value": "1200", "unit": "USD", "label": "ventas del primer mes"},
    {"name": "ahorro", "kind": "duration", "value": 6, "unit": "hours", "label": "horas ahorradas por semana"},
]


async def _find(context: Context, **arguments: str) -> ToolResult:
    return await find_success_cases(FindSuccessCasesArguments.model_validate(arguments), context)


async def test_metrics_are_typed_facts_with_their_labels(empty_database: Pool) -> None:
    row = await make_case(empty_database, await make_course(empty_database), metrics=Jsonb(METRICS))
    result = await _find(await make_context(empty_database))
    typed = {
        fact.key: (fact.kind, fact.value, fact.unit) for fact in result.facts if fact.key.startswith("case.metric.")
    }
    assert typed == {
        "case.metric.clientes": ("count", "12", "clientes"),
        "case.metric.clientes.label": ("text", "clientes nuevos", ""),
        "case.metric.alza": ("percent", "35.5", "%"),
        "case.metric.alza.label": ("text", "alza de ingresos", ""),
        "case.metric.ventas": ("money", "1200.00", "USD"),
        "case.metric.ventas.label": ("text", "ventas del primer mes", ""),
        "case.metric.ahorro": ("duration", "6", "hours"),
        "case.metric.ahorro.label": ("text", "horas ahorradas por semana", ""),
    }
    assert {fact.source for fact in result.facts} == {f"success_cases:{row}"}


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        ({"occupation": "contador"}, "Contadora"),
        ({"occupation": "Abogada"}, "Abogado"),
        ({"goal": "poner mi propia agencia"}, "Periodista"),
    ],
)
async def test_the_one_that_fits_comes_first(empty_database: Pool, arguments: dict[str, str], first: str) -> None:
    course_id = await make_course(empty_database)
    stories = {
        "Contadora": "Cerró antes el mes.",
        "Abogado": "Revisa contratos.",
        "Periodista": "Abrió una agencia propia.",
    }
    for occupation, story in stories.items():
        await make_case(empty_database, course_id, occupation=occupation, story=story)
    for turn in range(4):
        result = await _find(await make_context(empty_database, turn_id=f"turn-{turn}"), **arguments)
        assert valued(result)["case.occupation"][0] == first
        assert len(sources(result, "case.title")) == LIMIT
    told = Profile.model_validate(arguments)
    result = await _find(await make_context(empty_database, profile=told))
    assert valued(result)["case.occupation"][0] == first


async def test_unverified_and_sample_cases_stay_unseen(empty_database: Pool) -> None:
    course_id = await make_course(empty_database)
    await make_case(empty_database, course_id, verified_at=None)
    await make_case(empty_database, course_id, consent_reference=None)
    await make_case(empty_database, course_id, is_sample=True)
    shown = await _find(await make_context(empty_database))
    assert valued(shown)["sample"] == ["true"]
    assert len(valued(shown)["case.person"]) == 1
    hidden = await _find(await make_context(empty_database, settings=production_settings()))
    assert hidden == ToolResult(missing="no_success_cases")


async def test_every_sample_case_has_figures_that_can_be_checked(database: Pool) -> None:
    result = await _find(await make_context(database))
    assert len(valued(result)["case.person"]) == LIMIT
    assert any(key.startswith("case.metric.") for key in valued(result))


async def test_without_a_course_there_is_none(empty_database: Pool) -> None:
    assert (await _find(await make_context(empty_database))).missing == "no_course"
