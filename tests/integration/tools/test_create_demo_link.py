from dataclasses import replace

import pytest
from pydantic import ValidationError

from core.db import demo_links
from core.db.pool import Pool
from core.integrations.links import LinkSigner
from tests.deals import HOSTILE, HOUR, NOW, rows, same_at_once, same_each_time
from tests.worlds import make_context, make_course, make_settings, production_settings, valued
from tools.create_demo_link import CREATE_DEMO_LINK, CreateDemoLinkArguments

_ASKED = CreateDemoLinkArguments()


async def test_the_link_opens_its_row(empty_database: Pool) -> None:
    await make_course(empty_database)
    context = await make_context(empty_database, now=NOW, settings=make_settings(link_hours=2))
    result = await same_each_time(CREATE_DEMO_LINK, _ASKED, context)
    [row] = await rows(empty_database, "demo_links")
    values = valued(result)
    assert values["demo.expires_at"] == ["2026-11-22T14:30-06:00"]
    assert "demo.duration" not in values
    [url] = values["demo.link"]
    assert [button.url for button in result.buttons] == [url]
    token = url.removeprefix("http://127.0.0.1:8080/demo/")
    async with empty_database.connection() as conn:
        opened = await demo_links.open_link(conn, token, context.links, NOW)
    assert (opened.id, opened.lead_id, opened.expires_at) == (row["id"], context.lead.id, NOW + 2 * HOUR)
    assert {fact.source for fact in result.facts} == {f"demo_links:{row['id']}"}


async def test_four_calls_at_once_make_one_link(empty_database: Pool) -> None:
    await make_course(empty_database)
    await same_at_once(CREATE_DEMO_LINK, _ASKED, await make_context(empty_database, now=NOW))
    assert len(await rows(empty_database, "demo_links")) == 1


async def test_a_turn_that_is_run_again_later_sends_the_same_link(empty_database: Pool) -> None:
    await make_course(empty_database)
    context = await make_context(empty_database, now=NOW)
    later = NOW + HOUR
    links = LinkSigner(secret="s" * 32, base="http://127.0.0.1:8080", clock=lambda: later)
    again = replace(context, now=later, links=links)
    assert await CREATE_DEMO_LINK.run(_ASKED, context) == await CREATE_DEMO_LINK.run(_ASKED, again)


async def test_another_turn_makes_another_link(empty_database: Pool) -> None:
    await make_course(empty_database)
    context = await make_context(empty_database, now=NOW)
    first = await CREATE_DEMO_LINK.run(_ASKED, context)
    assert first != await CREATE_DEMO_LINK.run(_ASKED, replace(context, turn_id="turn-2"))


async def test_what_is_not_sold_is_not_shown(empty_database: Pool) -> None:
    nothing = await make_context(empty_database, now=NOW)
    assert (await CREATE_DEMO_LINK.run(_ASKED, nothing)).missing == "no_course"
    sample = await make_course(empty_database, is_sample=True)
    real = replace(nothing, course_id=sample, settings=production_settings())
    assert (await CREATE_DEMO_LINK.run(_ASKED, real)).missing == "unknown_course"


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_text_is_refused_or_data(empty_database: Pool, text: str) -> None:
    with pytest.raises(ValidationError):
        CreateDemoLinkArguments.model_validate({"for_whom": text})
    await make_course(empty_database)
    context = await make_context(empty_database, now=NOW, turn_id=text.replace("\x00", "")[:200])
    await CREATE_DEMO_LINK.run(_ASKED, context)
    [row] = await rows(empty_database, "demo_links")
    assert row["turn_id"] == context.turn_id
