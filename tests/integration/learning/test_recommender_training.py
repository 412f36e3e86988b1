"""From the log to the lean: what was learned is stored, served to the next turn, recorded, and taken back."""

from datetime import UTC, datetime, timedelta

import pytest

from core.db import recommenders
from core.db.pool import Pool
from core.domain.decisions import REWARDS
from core.domain.funnel import Stage
from core.errors import RecommenderError
from core.learning.leaning import NEUTRAL
from core.learning.predictor import Features
from core.learning.recommender_training import relearn
from core.learning.recommenders import Recommenders
from tests.brendas import Talk, brenda_on, queue_on
from tests.decision_log import keep_lead, keep_log, keep_selection
from tests.decisions import doubters_want_testimonials, drawn

STEP = REWARDS["step"]
TOOLS = ["none", "find_testimonials", "show_syllabus", "compare_prices"]
DOUBTS: Features = {"stage": "conversation", "intent": "exploration", "objection": "trust", "score": 0.2}


def now() -> datetime:
    return datetime.now(UTC)


async def test_what_is_learned_from_the_log_is_served_and_recorded(database: Pool) -> None:
    await keep_log(database, 3_000, doubters_want_testimonials, now() - timedelta(days=20))
    async with queue_on(database) as queue, brenda_on(database, queue) as brenda:
        talk = await Talk(brenda).reaches(Stage.CONVERSATION)
        await talk.says("¿qué se ve en el curso?")
        lesson = await relearn(database, now(), STEP)
        await talk.says("la verdad no confío en cursos en línea")
        before, after = await talk.rows("selections")
    assert (lesson.used, lesson.leads) == (3_000, 3_000)
    assert (before["recommender"], before["leans"]) == ("none", {})
    assert after["recommender"] == str(lesson.version)
    assert after["features"]["objection"] == "trust"
    assert after["leans"]["find_testimonials"] == max(after["leans"].values()) > 2
    assert after["probabilities"][after["suggestion"] or "none"] == after["propensity"]
    assert min(after["probabilities"].values()) >= after["exploration_floor"] - 1e-12


async def test_nothing_is_learned_from_who_did_not_allow_it(empty_database: Pool) -> None:
    start = now() - timedelta(days=20)
    await keep_log(empty_database, 50, doubters_want_testimonials, start)
    refuser = await keep_lead(empty_database, 900, start, ticks=(True, False))
    for place, chosen in enumerate(drawn(40, 5)):
        await keep_selection(empty_database, refuser, chosen, start + timedelta(minutes=place), f"refused:{place}")
    lesson = await relearn(empty_database, now(), STEP)
    assert (lesson.used, lesson.leads, lesson.period.unconsented) == (50, 50, 40)


async def test_without_a_decision_to_learn_from_it_says_why(empty_database: Pool) -> None:
    await keep_log(empty_database, 5, doubters_want_testimonials, now() - timedelta(hours=3))
    with pytest.raises(RecommenderError, match=r"0 decisions are about people without consent.* 5 are younger than 7"):
        await relearn(empty_database, now(), STEP)


async def test_a_version_is_read_once_and_another_one_takes_its_place(empty_database: Pool) -> None:
    await keep_log(empty_database, 400, doubters_want_testimonials, now() - timedelta(days=20))
    first = await relearn(empty_database, now(), STEP)
    second = await relearn(empty_database, now(), STEP)
    shelf = Recommenders(empty_database)
    served = await shelf.serve(second.version)
    assert served.version == str(second.version)
    assert await shelf.serve(second.version) is served
    assert (await shelf.serve(first.version)).version == str(first.version)
    assert await shelf.serve(None) is NEUTRAL


async def test_what_is_served_is_what_was_learned(empty_database: Pool) -> None:
    await keep_log(empty_database, 400, doubters_want_testimonials, now() - timedelta(days=20))
    lesson = await relearn(empty_database, now(), STEP)
    served = await Recommenders(empty_database).serve(lesson.version)
    expected = lesson.recommender.leans(DOUBTS, TOOLS)
    assert dict(served.leans(DOUBTS, TOOLS)) == pytest.approx(dict(expected), abs=1e-4)


async def test_what_cannot_be_read_leans_nowhere(empty_database: Pool) -> None:
    async with empty_database.connection() as conn:
        version = await recommenders.add(
            conn, {"columns": []}, reward={}, decisions=0, leads=0, since=now(), until=now(), now=now()
        )
    assert await Recommenders(empty_database).serve(version) is NEUTRAL
    assert await Recommenders(empty_database).serve(version + 1) is NEUTRAL
