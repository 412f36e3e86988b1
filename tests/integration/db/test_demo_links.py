from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from core.db import demo_links
from core.db.pool import Pool
from core.domain.promises import DemoLink
from core.errors import ExpiredLinkError, ForgedLinkError, LinkError
from core.integrations.links import LinkPurpose, LinkSigner
from tests.deals import DAY, HOUR, NOW
from tests.worlds import make_course, make_lead


def _signer(now: datetime = NOW) -> LinkSigner:
    return LinkSigner(secret="s" * 32, base="http://127.0.0.1", clock=lambda: now)


async def _create(pool: Pool, course_id: int, samples: bool = False) -> DemoLink | None:
    lead = await make_lead(pool, NOW)
    async with pool.connection() as conn:
        return await demo_links.create(
            conn,
            key=uuid4().hex,
            turn_id="turn-1",
            lead_id=lead.id,
            course_id=course_id,
            now=NOW,
            expires_at=NOW + HOUR,
            samples=samples,
        )


async def _link(pool: Pool) -> DemoLink:
    link = await _create(pool, await make_course(pool))
    assert link is not None
    return link


async def _open(pool: Pool, token: str, now: datetime) -> DemoLink:
    async with pool.connection() as conn:
        return await demo_links.open_link(conn, token, _signer(now), now)


async def _refusal(pool: Pool, token: str, now: datetime) -> LinkError:
    with pytest.raises(LinkError) as refused:
        await _open(pool, token, now)
    return refused.value


async def test_a_link_opens_until_its_row_expires(empty_database: Pool) -> None:
    link = await _link(empty_database)
    token = _signer().token(LinkPurpose.DEMO, link.id)
    assert await _open(empty_database, token, NOW) == link
    assert await _open(empty_database, token, NOW + HOUR - timedelta(seconds=1)) == link
    for late in (NOW + HOUR, NOW + 60 * DAY):
        assert isinstance(await _refusal(empty_database, token, late), ExpiredLinkError)


async def test_nothing_tells_a_forged_link_from_one_whose_row_is_gone(empty_database: Pool) -> None:
    link = await _link(empty_database)
    token = _signer().token(LinkPurpose.DEMO, link.id)
    forged = [
        _signer().token(LinkPurpose.DEMO, UUID(int=7)),
        _signer().token(LinkPurpose.PAYMENT, link.id),
        replace(_signer(), secret="t" * 32).token(LinkPurpose.DEMO, link.id),
        token[1:],
        "\x00",
        "🙂",
    ]
    refusals = [await _refusal(empty_database, each, NOW) for each in forged]
    async with empty_database.connection() as conn:
        await conn.execute("delete from leads")
    refusals.append(await _refusal(empty_database, token, NOW))
    assert {(type(error), str(error)) for error in refusals} == {(ForgedLinkError, str(refusals[0]))}


@pytest.mark.parametrize("fields", [{"is_active": False}, {"is_sample": True}])
async def test_what_is_not_sold_is_not_shown(empty_database: Pool, fields: dict[str, bool]) -> None:
    assert await _create(empty_database, await make_course(empty_database, **fields)) is None


async def test_a_sample_is_shown_where_samples_may_be(empty_database: Pool) -> None:
    assert await _create(empty_database, await make_course(empty_database, is_sample=True), samples=True)
