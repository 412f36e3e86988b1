"""`/correo/{token}`: a person or a mail program ends e-mails with it, and nobody learns anything from it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from core.db import letters, people, suppressions
from core.db.pool import Pool
from core.integrations.links import LinkPurpose
from tests.post_offices import make_person
from tests.sites import CHAT_URL, Visitor, visitor_on

ANA = "ana@correo.example"


@pytest.fixture
async def visitor(empty_database: Pool) -> AsyncIterator[Visitor]:
    async with visitor_on(empty_database) as visitor:
        yield visitor


async def link(visitor: Visitor) -> tuple[str, UUID]:
    """The page of a person's link, and who they are."""
    lead = await make_person(visitor.site.pool, visitor.clock(), "marketing", email=ANA)
    async with visitor.site.pool.connection() as conn:
        row = await letters.link(conn, lead, ANA, visitor.clock())
    assert row is not None
    return f"/correo/{visitor.site.links.token(LinkPurpose.EMAIL, row)}", lead


async def ended(visitor: Visitor) -> bool:
    async with visitor.site.pool.connection() as conn:
        return await suppressions.is_suppressed(conn, ANA)


async def test_opening_the_page_only_asks(visitor: Visitor) -> None:
    path, _ = await link(visitor)
    page = await visitor.opens(path)
    assert page.status == 200
    assert "No recibir más correos" in page.words
    assert '<form method="post">' in page.text
    assert not await ended(visitor)


async def test_the_button_ends_them_and_again_is_no_harm(visitor: Visitor) -> None:
    path, _ = await link(visitor)
    for _ in range(2):
        page = await visitor.sends(path)
        assert page.status == 200
        assert "no te enviaremos más correos así" in page.words
        assert CHAT_URL in page.text
    [row] = await visitor.rows("select reason, everything from email_suppressions")
    assert row == {"reason": "page", "everything": False}


async def test_a_mail_programs_own_button_ends_them(visitor: Visitor) -> None:
    path, _ = await link(visitor)
    answer = await visitor.posts(
        path, b"List-Unsubscribe=One-Click", {"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status == 200
    assert await ended(visitor)


async def test_the_link_lives_for_years(visitor: Visitor) -> None:
    path, _ = await link(visitor)
    visitor.clock.move(days=365 * 5)
    assert (await visitor.sends(path)).status == 200
    assert await ended(visitor)


async def test_a_complaint_is_not_made_smaller_by_the_button(visitor: Visitor) -> None:
    path, _ = await link(visitor)
    async with visitor.site.pool.connection() as conn:
        await suppressions.suppress(conn, ANA, "spamreport", visitor.clock())
    await visitor.sends(path)
    assert await visitor.rows("select reason, everything from email_suppressions") == [
        {"reason": "spamreport", "everything": True}
    ]


async def test_the_erased_and_the_never_known_read_the_same(visitor: Visitor) -> None:
    path, lead = await link(visitor)
    before = await visitor.sends(path)
    async with visitor.site.pool.connection() as conn, conn.transaction():
        found = await people.by_id(conn, lead)
        assert found is not None
        await people.erase(conn, found, "thread")
    nobody = f"/correo/{visitor.site.links.token(LinkPurpose.EMAIL, uuid4())}"
    for address in (path, nobody):
        assert (await visitor.sends(address)).words == before.words


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_forged_link_opens_nothing(visitor: Visitor, method: str) -> None:
    path, _ = await link(visitor)
    other = visitor.site.links.token(LinkPurpose.DEMO, uuid4())
    for address in (f"{path}x", "/correo/x.y.z", f"/correo/{other}", f"/correo/{uuid4()}"):
        page = await visitor.asks(method, address)
        assert page.status == 404
        assert "no abre nada" in page.words
    assert not await ended(visitor)


async def test_a_link_from_the_future_is_none_of_ours(visitor: Visitor) -> None:
    path, _ = await link(visitor)
    visitor.clock.now -= timedelta(days=1)
    assert (await visitor.sends(path)).status == 404
