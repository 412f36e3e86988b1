"""The preview is sent when there is one on disk, and its absence is told and logged."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from core.db.pool import Pool
from core.domain.messages import Media, MediaKind
from tests.worlds import make_context, make_course, make_settings, valued
from tools.send_preview import SendPreviewArguments, send_preview


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of media with one preview, beside a file that is none of anybody's business."""
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "muestra.pdf").write_bytes(b"%PDF")
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path / "media"


async def test_the_preview_goes_out_as_a_document(empty_database: Pool, folder: Path) -> None:
    await make_course(empty_database, preview_path="muestra.pdf", name="IA práctica")
    context = await make_context(empty_database, settings=make_settings(media_dir=folder))
    result = await send_preview(SendPreviewArguments(), context)
    assert result.media == (Media(kind=MediaKind.DOCUMENT, path="muestra.pdf", caption="IA práctica"),)
    assert valued(result)["course.name"] == ["IA práctica"]
    assert result.missing == ""


@pytest.mark.parametrize("path", ["no.pdf", "../secret.txt", "/etc/hosts", "."])
async def test_a_file_that_may_not_or_cannot_be_sent_is_missing(empty_database: Pool, folder: Path, path: str) -> None:
    course_id = await make_course(empty_database, preview_path=path)
    context = await make_context(empty_database, settings=make_settings(media_dir=folder))
    with capture_logs() as logs:
        result = await send_preview(SendPreviewArguments(), context)
    assert (result.media, result.facts, result.missing) == ((), (), "file_not_available")
    assert [(entry["log_level"], entry["row"], entry["path"]) for entry in logs] == [
        ("error", f"courses:{course_id}", path)
    ]


@pytest.mark.parametrize("path", [None, ""])
async def test_a_course_without_a_preview_says_so(empty_database: Pool, path: str | None) -> None:
    await make_course(empty_database, preview_path=path)
    result = await send_preview(SendPreviewArguments(), await make_context(empty_database))
    assert (result.media, result.missing) == ((), "no_preview")


async def test_without_a_course_nothing_is_sent(empty_database: Pool) -> None:
    assert (await send_preview(SendPreviewArguments(), await make_context(empty_database))).missing == "no_course"
    gone = await make_context(empty_database, course_id=10**12)
    assert (await send_preview(SendPreviewArguments(), gone)).missing == "unknown_course"
