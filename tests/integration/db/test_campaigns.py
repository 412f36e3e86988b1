"""Campaigns are found by the code as people and links carry it."""

import pytest

from core.db import campaigns
from core.db.pool import Pool
from tests.worlds import insert, make_course


@pytest.mark.parametrize("typed", ["FB_Enero", "fb_enero", "#FB_ENERO", "  fb_énero\u200b "])
async def test_a_code_is_found_however_it_is_written(empty_database: Pool, typed: str) -> None:
    course_id = await make_course(empty_database)
    row = {"code": "FB_Enero", "course_id": course_id, "source": "facebook"}
    inserted = await insert(empty_database, "campaigns", row)
    async with empty_database.connection() as conn:
        found = await campaigns.by_code(conn, typed, samples=False)
    assert found is not None
    assert (found.id, found.course_id, found.source) == (inserted["id"], course_id, "facebook")


async def test_the_exact_code_wins(empty_database: Pool) -> None:
    for code in ("promo", "PROMO", "Promo"):
        await insert(empty_database, "campaigns", {"code": code, "source": code})
    async with empty_database.connection() as conn:
        for code in ("promo", "PROMO", "Promo"):
            found = await campaigns.by_code(conn, code, samples=False)
            assert found is not None
            assert found.source == code


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "#",
        "otra",
        "a b",
        "%",
        "_",
        "pr\x00omo%",
        "\ud800",
        "🙂",
        "' or true --",
        pytest.param("x" * 20_000, id="huge"),
    ],
)
async def test_an_unknown_code_is_none(empty_database: Pool, typed: str) -> None:
    await insert(empty_database, "campaigns", {"code": "promo", "source": "facebook"})
    async with empty_database.connection() as conn:
        assert await campaigns.by_code(conn, typed, samples=True) is None


async def test_a_sample_is_seen_only_where_samples_are(empty_database: Pool) -> None:
    await insert(empty_database, "campaigns", {"code": "muestra", "source": "facebook", "is_sample": True})
    async with empty_database.connection() as conn:
        assert await campaigns.by_code(conn, "muestra", samples=False) is None
        assert await campaigns.by_code(conn, "muestra", samples=True) is not None
