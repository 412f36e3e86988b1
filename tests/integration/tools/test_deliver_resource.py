"""The best resource is delivered, not the same one again, and none that is not on disk."""

from pathlib import Path

import pytest
from psycopg.types.json import Jsonb
from structlog.testing import capture_logs

from core.context import Context
from core.db.pool import Pool
from core.domain.people import Profile
from core.domain.tools import ToolResult
from tests.worlds import insert, make_context, make_course, make_settings, production_settings, valued
from tools.deliver_resource import DeliverResourceArguments, deliver_resource

RESOURCES = (
    ("Guía de prompts", "guide", ["prompts", "redacción"]),
    ("Plantilla de presupuesto", "template", ["finanzas", "contabilidad"]),
    ("Lista para automatizar tareas", "checklist", ["automatización", "oficina"]),
)


@pytest.fixture
async def course_id(empty_database: Pool, tmp_path: Path) -> int:
    """A course with three resources whose files lie in the test's folder."""
    course_id = await make_course(empty_database)
    for number, (title, kind, topics) in enumerate(RESOURCES):
        row = {"course_id": course_id, "title": title, "description": "D", "kind": kind, "topics": topics}
        await insert(empty_database, "free_resources", {**row, "path": f"{number}.pdf"})
        (tmp_path / f"{number}.pdf").write_bytes(b"%PDF")
    return course_id


async def _world(pool: Pool, folder: Path, turn_id: str = "turn-1", **more: object) -> Context:
    return await make_context(pool, settings=make_settings(media_dir=folder), turn_id=turn_id, **more)  # type: ignore[arg-type]


async def _deliver(context: Context, **arguments: object) -> ToolResult:
    return await deliver_resource(DeliverResourceArguments.model_validate(arguments), context)


async def _record(context: Context, result: ToolResult, turn_id: str) -> None:
    resource_id = int(result.facts[0].source.removeprefix("free_resources:"))
    row = {"lead_id": context.lead.id, "kind": "resource_delivered", "payload": Jsonb({"resource_id": resource_id})}
    await insert(context.pool, "events", {**row, "turn_id": turn_id, "key": f"{turn_id}:{resource_id}"})


@pytest.mark.usefixtures("course_id")
@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        ({"topic": "cómo AUTOMATIZAR una tarea"}, "Lista para automatizar tareas"),
        ({"topic": "redaccion"}, "Guía de prompts"),
        ({"kind": "template"}, "Plantilla de presupuesto"),
        ({"kind": "guide", "topic": "contabilidad"}, "Plantilla de presupuesto"),
    ],
)
async def test_the_best_match_is_delivered(
    empty_database: Pool, tmp_path: Path, arguments: dict[str, str], title: str
) -> None:
    result = await _deliver(await _world(empty_database, tmp_path), **arguments)
    assert valued(result)["resource.title"] == [title]
    assert [media.caption for media in result.media] == [title]
    assert result.media[0].path.endswith(".pdf")
    assert {fact.source.partition(":")[0] for fact in result.facts} == {"free_resources", "shared_links"}
    [button] = result.buttons
    assert valued(result)["resource.link"] == [button.url]


@pytest.mark.usefixtures("course_id")
async def test_without_a_wish_the_persons_profile_decides(empty_database: Pool, tmp_path: Path) -> None:
    for number in range(5):
        context = await _world(
            empty_database, tmp_path, f"turn-{number}", profile=Profile(occupation="Asistente de oficina")
        )
        assert valued(await _deliver(context))["resource.title"] == ["Lista para automatizar tareas"]


@pytest.mark.usefixtures("course_id")
async def test_a_lead_gets_each_resource_once_and_then_hears_that_there_is_no_more(
    empty_database: Pool, tmp_path: Path
) -> None:
    context = await _world(empty_database, tmp_path, "turn-now")
    titles = []
    for turn in range(3):
        result = await _deliver(context)
        titles += valued(result)["resource.title"]
        await _record(context, result, f"turn-{turn}")
    assert sorted(titles) == sorted(title for title, _, _ in RESOURCES)
    assert await _deliver(context) == ToolResult(missing="all_resources_delivered")


@pytest.mark.usefixtures("course_id")
async def test_a_turn_that_is_run_again_delivers_the_same(empty_database: Pool, tmp_path: Path) -> None:
    context = await _world(empty_database, tmp_path, "turn-again")
    first = await _deliver(context)
    await _record(context, first, "turn-again")
    assert await _deliver(context) == first


@pytest.mark.usefixtures("course_id")
async def test_a_missing_file_is_logged_and_the_next_best_is_delivered(empty_database: Pool, tmp_path: Path) -> None:
    (tmp_path / "1.pdf").unlink()
    context = await _world(empty_database, tmp_path)
    with capture_logs() as logs:
        result = await _deliver(context, topic="contabilidad")
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("media_file_missing", "error")]
    assert result.media[0].path in ("0.pdf", "2.pdf")
    for number in (0, 2):
        (tmp_path / f"{number}.pdf").unlink()
    with capture_logs() as logs:
        assert await _deliver(context) == ToolResult(missing="file_not_available")
    assert len(logs) == 3


async def test_a_path_out_of_the_folder_is_not_followed(empty_database: Pool, tmp_path: Path) -> None:
    course_id = await make_course(empty_database)
    (tmp_path / "media").mkdir()
    (tmp_path / "secret.pdf").write_bytes(b"secret")
    row = {"course_id": course_id, "title": "Guía", "description": "D", "kind": "guide", "path": "../secret.pdf"}
    await insert(empty_database, "free_resources", row)
    result = await _deliver(await _world(empty_database, tmp_path / "media"))
    assert result == ToolResult(missing="file_not_available")


async def test_nothing_to_deliver_is_said(empty_database: Pool, tmp_path: Path) -> None:
    assert (await _deliver(await _world(empty_database, tmp_path))).missing == "no_course"
    course_id = await make_course(empty_database)
    row = {"course_id": course_id, "title": "Guía", "description": "D", "kind": "guide", "path": "g.pdf"}
    await insert(empty_database, "free_resources", row | {"is_sample": True})
    real = await make_context(empty_database, settings=production_settings(media_dir=tmp_path))
    assert (await _deliver(real)).missing == "no_resource"
