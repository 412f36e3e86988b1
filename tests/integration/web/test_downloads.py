"""Links to files over real HTTP: who holds one gets the file, everybody else the same kind page."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import HttpUrl, SecretStr

from core.db import meetings
from core.db.pool import Pool
from core.domain.shared_links import SharedKind
from core.integrations.links import LinkPurpose
from tests.integration.test_storage import KEY, answering
from tests.sites import CHAT_URL, Visitor, visiting, visitor_on
from tests.worlds import insert, make_context, make_course, make_settings
from tools.deliver_resource import DeliverResourceArguments, deliver_resource
from tools.link_button import share
from tools.send_preview import SendPreviewArguments, send_preview

CONTENT = b"%PDF-1.7 a guide of the tests"


@pytest.fixture
async def visitor(empty_database: Pool, tmp_path: Path) -> AsyncIterator[Visitor]:
    """A site whose course has one guide, one template and a preview, and a lead who has asked for nothing yet."""
    media = tmp_path / "media"
    media.mkdir()
    (media / "guia.pdf").write_bytes(CONTENT)
    (media / "plan.xlsx").write_bytes(b"PK a table of the tests")
    (tmp_path / "secret.pdf").write_bytes(b"secret")
    course = await make_course(empty_database, name="IA práctica", preview_path="guia.pdf")
    row = {"course_id": course, "description": "D", "kind": "guide"}
    await insert(empty_database, "free_resources", row | {"title": "Guía: ¿por dónde?", "path": "guia.pdf"})
    async with visitor_on(empty_database, media_dir=media) as visitor:
        yield visitor


async def shared(visitor: Visitor, kind: SharedKind = SharedKind.RESOURCE, row: int | None = None) -> str:
    """The path of a link that a tool made just now."""
    context = await make_context(visitor.site.pool, now=visitor.clock(), turn_id=f"turn-{uuid4().hex}")
    settings = make_settings(media_dir=visitor.site.settings.media_dir)
    context = await make_context(
        visitor.site.pool, now=visitor.clock(), turn_id=context.turn_id, settings=settings, links=visitor.site.links
    )
    if row is not None:
        button, _ = await share(context, kind, row, "test", "open.resource")
    elif kind is SharedKind.RESOURCE:
        [button] = (await deliver_resource(DeliverResourceArguments(), context)).buttons
    else:
        [button] = (await send_preview(SendPreviewArguments(), context)).buttons
    return button.url.removeprefix(visitor.site.links.base)


async def events(visitor: Visitor) -> list[str]:
    return [row["kind"] for row in await visitor.rows("select kind from events order by id")]


async def test_a_resource_is_handed_out_with_its_name_and_type(visitor: Visitor) -> None:
    answer = await visitor.opens(await shared(visitor))
    assert (answer.status, answer.body) == (200, CONTENT)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("inline; filename*=utf-8''Gu%C3%ADa%20por%20d")
    assert answer.headers["Cache-Control"] == "no-store"
    assert await events(visitor) == ["resource_downloaded"]
    assert await visitor.rows("select opened_at from shared_links") == [{"opened_at": visitor.clock()}]


async def test_what_a_browser_does_not_show_is_saved(visitor: Visitor) -> None:
    [course] = await visitor.rows("select id from courses")
    row = {"course_id": course["id"], "description": "D", "kind": "template", "title": "Plan", "path": "plan.xlsx"}
    made = await insert(visitor.site.pool, "free_resources", row)
    answer = await visitor.opens(await shared(visitor, row=made["id"]))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Plan.xlsx"'
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")


async def test_asking_leaves_no_trace_and_opening_counts_once_a_day(visitor: Visitor) -> None:
    path = await shared(visitor)
    asked = await visitor.asks("HEAD", path)
    assert (asked.status, asked.body, asked.headers["Content-Length"]) == (200, b"", str(len(CONTENT)))
    assert await events(visitor) == []
    await asyncio.gather(*(visitor.opens(path) for _ in range(4)))
    assert await events(visitor) == ["resource_downloaded"]
    visitor.clock.move(hours=25)
    assert (await visitor.opens(path)).status == 200
    assert await events(visitor) == ["resource_downloaded"] * 2


async def test_a_part_of_the_file_can_be_asked_for(visitor: Visitor) -> None:
    path = await shared(visitor)
    part = await visitor.opens(path, headers={"Range": "bytes=1-3"})
    assert (part.status, part.body) == (206, CONTENT[1:4])
    assert (await visitor.opens(path, headers={"Range": "bytes=900-"})).status == 416


async def test_a_download_may_start_a_follow_up_and_raises_the_score(visitor: Visitor) -> None:
    path = await shared(visitor)
    await visitor.opens(path)
    [planned] = await visitor.rows("select kind, note from follow_ups")
    assert planned == {"kind": "resource_downloaded", "note": "Guía: ¿por dónde?"}
    [lead] = await visitor.rows("select leads.* from leads join shared_links on lead_id = leads.id")
    async with visitor.site.pool.connection() as conn:
        met = await meetings.meet(conn, channel=lead["channel"], chat=lead["chat"], samples=True, now=visitor.clock())
    assert met.downloads == 1


@pytest.mark.parametrize("kind", list(SharedKind))
async def test_forged_foreign_and_erased_read_the_same(visitor: Visitor, kind: SharedKind) -> None:
    place = {SharedKind.RESOURCE: "/r", SharedKind.PREVIEW: "/preview"}[kind]
    genuine = await shared(visitor, kind)
    unknown = visitor.site.links.url(
        LinkPurpose.RESOURCE if kind is SharedKind.RESOURCE else LinkPurpose.PREVIEW, uuid4()
    ).removeprefix(visitor.site.links.base)
    other = {SharedKind.RESOURCE: SharedKind.PREVIEW, SharedKind.PREVIEW: SharedKind.RESOURCE}[kind]
    foreign = f"{place}/{(await shared(visitor, other)).rpartition('/')[2]}"
    await visitor.rows("delete from leads")
    answers = [await visitor.opens(path) for path in (genuine, unknown, foreign, f"{place}/x", genuine[:-1], "/r2")]
    assert {answer.status for answer in answers} == {404}
    assert len({answer.words for answer in answers}) == 1
    assert CHAT_URL in answers[0].text
    assert await events(visitor) == []


async def test_an_old_link_says_only_that_it_is_old(visitor: Visitor) -> None:
    path = await shared(visitor)
    visitor.clock.move(hours=visitor.site.settings.link_hours, seconds=1)
    living = await visitor.opens(path)
    await visitor.rows("delete from leads")
    erased = await visitor.opens(path)
    assert (living.status, living.words) == (410, erased.words)
    assert erased.status == 410


async def test_the_preview_is_a_page_with_the_file_below_it(visitor: Visitor) -> None:
    path = await shared(visitor, SharedKind.PREVIEW)
    seen = await visitor.opens(path)
    assert seen.status == 200
    assert "IA práctica" in seen.words
    assert await events(visitor) == []
    assert (await visitor.opens(f"{path}/archivo")).body == CONTENT
    assert await events(visitor) == ["preview_opened"]


@pytest.mark.parametrize("path", ["../secret.pdf", "/etc/hosts", ".", "gone.pdf", "a\x00b".replace("\x00", "%00")])
async def test_a_file_that_is_not_there_or_not_ours_is_not_available_now(visitor: Visitor, path: str) -> None:
    link = await shared(visitor)
    await visitor.rows("update free_resources set path = %s", path)
    answer = await visitor.opens(link)
    assert answer.status == 503
    assert "secret" not in answer.text
    assert (await visitor.opens(f"{link}/../../secret.pdf")).status == 404
    assert await events(visitor) == []


async def test_samples_are_shown_by_the_embedded_database_only(visitor: Visitor) -> None:
    path = await shared(visitor)
    await visitor.rows("update free_resources set is_sample = true")
    assert (await visitor.opens(path)).status == 200
    real = {"database_url": "postgresql://brenda@127.0.0.1:1/brenda", "media_dir": visitor.site.settings.media_dir}
    async with visitor_on(visitor.site.pool, **real) as other:
        other.clock.now = visitor.clock() + timedelta(seconds=1)
        assert (await other.opens(path)).status == 404


async def test_with_supabase_the_link_leads_to_an_address_that_is_signed_for_a_moment(visitor: Visitor) -> None:
    path = await shared(visitor)
    signed = {"signedURL": "/object/sign/resources/guia.pdf?token=abc"}
    async with answering(200, json.dumps(signed)) as url, _stored_at(visitor, url) as other:
        answer = await other.opens(path)
    assert (answer.status, answer.headers["Cache-Control"]) == (302, "no-store")
    assert answer.headers["Location"] == f"{url}/storage/v1/object/sign/resources/guia.pdf?token=abc"
    assert await events(visitor) == ["resource_downloaded"]


async def test_while_the_storage_does_not_answer_the_page_says_to_try_again(visitor: Visitor) -> None:
    path = await shared(visitor)
    async with answering(500, "{}") as url, _stored_at(visitor, url) as other:
        answer = await other.opens(path)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    assert "Vuelve a intentarlo" in answer.words
    assert await events(visitor) == []


@asynccontextmanager
async def _stored_at(visitor: Visitor, url: str) -> AsyncIterator[Visitor]:
    """The same site with its files at a storage."""
    changes = {"supabase_url": HttpUrl(url), "supabase_key": SecretStr(KEY)}
    async with visiting(replace(visitor.site, settings=visitor.site.settings.model_copy(update=changes))) as other:
        yield other
