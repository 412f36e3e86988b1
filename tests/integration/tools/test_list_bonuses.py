from core.db.pool import Pool
from tests.deals import DAY, NOW, make_offer, same_each_time, sell
from tests.worlds import make_context, make_course, make_lead, sources, valued
from tools.list_bonuses import LIST_BONUSES, MOST, ListBonusesArguments

_ASKED = ListBonusesArguments()


async def test_the_live_bonuses_with_their_terms(empty_database: Pool) -> None:
    course_id = await make_course(empty_database)
    late = await make_offer(empty_database, course_id, kind="bonus", bonus="Plantillas", ends_at=NOW + 2 * DAY)
    soon = await make_offer(
        empty_database, course_id, kind="bonus", bonus="Mentoría", bonus_value="80", max_claims=3, ends_at=NOW + DAY
    )
    await make_offer(empty_database, course_id)
    result = await same_each_time(LIST_BONUSES, _ASKED, await make_context(empty_database, now=NOW))
    values = valued(result)
    assert values["offer.bonus"] == ["Mentoría", "Plantillas"]
    assert values["offer.bonus_value"] == ["80.00"]
    assert values["offer.seats"] == ["3"]
    assert "offer.price" not in values
    assert sources(result, "offer.bonus") == [f"offers:{soon}", f"offers:{late}"]


async def test_what_is_over_unapproved_or_given_away_is_not_listed(empty_database: Pool) -> None:
    course_id = await make_course(empty_database)
    bonus = {"kind": "bonus", "bonus": "Mentoría"}
    await make_offer(empty_database, course_id, starts_at=NOW - 2 * DAY, ends_at=NOW - DAY, **bonus)
    await make_offer(empty_database, course_id, approved_by=None, approved_at=None, **bonus)
    given_away = await make_offer(empty_database, course_id, max_claims=1, **bonus)
    await sell(empty_database, given_away, (await make_lead(empty_database, NOW)).id)
    result = await LIST_BONUSES.run(_ASKED, await make_context(empty_database, now=NOW))
    assert (result.missing, result.facts) == ("no_live_bonus", ())


async def test_an_answer_stays_small(empty_database: Pool) -> None:
    course_id = await make_course(empty_database)
    for number in range(MOST + 2):
        await make_offer(empty_database, course_id, kind="bonus", bonus=f"Bono {number}")
    result = await LIST_BONUSES.run(_ASKED, await make_context(empty_database, now=NOW))
    assert len(valued(result)["offer.bonus"]) == MOST


async def test_without_a_course_there_is_nothing_to_list(empty_database: Pool) -> None:
    assert (await LIST_BONUSES.run(_ASKED, await make_context(empty_database, now=NOW))).missing == "no_course"
