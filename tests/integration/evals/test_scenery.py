"""A scenario's world in the database."""

from typing import Any

import pytest

from core.db.pool import Pool
from core.errors import EvalError
from evals.scenery import place_world
from evals.world import NOW, World

OFFER = {"course": "ia-para-profesionales", "kind": "discount", "name": "Diez", "percent_off": 10, "ends": "2 days"}


async def _placed(lane: Pool, world: dict[str, Any], query: str) -> list[dict[str, Any]]:
    async with lane.connection() as conn:
        await place_world(conn, World.model_validate(world), "chat")
        return await (await conn.execute(query.encode())).fetchall()


async def test_a_list_of_offers_replaces_all_and_takes_its_places(lane: Pool) -> None:
    query = """select name, ends_at, approved_at is not null as approved, (select count(*) from offer_claims
        where offer_id = offers.id and status = 'paid') as paid from offers"""
    [row] = await _placed(lane, {"offers": [{**OFFER, "max_claims": 5, "paid": 3, "held": 1}]}, query)
    assert (row["name"], row["approved"], row["paid"], (row["ends_at"] - NOW).days) == ("Diez", True, 3, 2)


async def test_an_offer_that_nobody_approved_is_there_without_an_approver(lane: Pool) -> None:
    query = "select approved_by, approved_at from offers"
    assert await _placed(lane, {"offers": [{**OFFER, "approved": False}]}, query) == [
        {"approved_by": None, "approved_at": None}
    ]


async def test_nobody_is_on_duty(lane: Pool) -> None:
    assert await _placed(lane, {"advisors": []}, "select * from advisors") == []


async def test_the_lead_is_there_before_they_write(lane: Pool) -> None:
    world = {"lead": {"timezone": "America/Lima", "profile": {"occupation": "docente"}}}
    [row] = await _placed(lane, world, "select chat, timezone, profile, created_at from leads")
    assert row == {"chat": "chat", "timezone": "America/Lima", "profile": {"occupation": "docente"}, "created_at": NOW}


async def test_rows_are_added_changed_and_removed(lane: Pool) -> None:
    course = "ia-para-profesionales"
    world = {
        "remove": [{"table": "student_testimonials"}],
        "change": [{"table": "courses", "where": {"slug": course}, "set": {"price": "99.00"}}],
        "rows": [
            {
                "table": "free_resources",
                "values": {"course": course, "title": "Nueva", "description": "d", "kind": "pdf", "path": "p"},
            }
        ],
        "arm": "aggressive",
    }
    query = f"""select (select count(*) from student_testimonials) as words, price,
        (select count(*) from free_resources where title = 'Nueva' and course_id = courses.id) as resources,
        (select arms from experiments limit 1) as arms from courses where slug = '{course}'"""  # noqa: S608
    [row] = await _placed(lane, world, query)
    assert (row["words"], str(row["price"]), row["resources"], row["arms"]) == (0, "99.00", 1, {"aggressive": 1})


@pytest.mark.parametrize(
    ("world", "message"),
    [
        ({"rows": [{"table": "nowhere", "values": {"a": 1}}]}, "nowhere"),
        ({"change": [{"table": "courses", "set": {"colour": "red"}}]}, "colour"),
        ({"change": [{"table": "courses", "where": {"slug": "x"}, "set": {"price": 1}}]}, "no row is like that"),
        ({"offers": [{**OFFER, "course": "no-hay"}]}, "there is no such course"),
        ({"offers": [{**OFFER, "percent_off": None}]}, "cannot be"),
    ],
)
async def test_a_world_that_cannot_be_is_the_scenarios_fault(lane: Pool, world: dict[str, Any], message: str) -> None:
    async with lane.connection() as conn:
        with pytest.raises(EvalError, match=message):
            await place_world(conn, World.model_validate(world), "chat")
        row = await (await conn.execute("select count(*) as rows from offers")).fetchone()
    assert row == {"rows": 15}
