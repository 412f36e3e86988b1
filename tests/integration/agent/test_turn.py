"""Turns from the advertisement to the payment, what they leave behind, and what a turn that is run again does."""

import psycopg
import pytest
from psycopg.types.json import Jsonb

from agent.turn import Brenda
from core.db import turns
from core.db.pool import Pool
from core.domain.funnel import Milestone, Stage
from core.domain.messages import Input, InputKind
from tests.brendas import CAMPAIGN, COURSE, Talk, actions, brenda_on, queue_on, texts
from tests.fakes.openai_server import FakeOpenAI, says, script, uses

SPINE = (
    (COURSE + " " + CAMPAIGN + " hola, vi el anuncio", Stage.CONSENT, ""),
    ("Acepto", Stage.NAME, ""),
    ("me llamo Ana", Stage.CONVERSATION, ""),
    ("¿qué se ve en el curso?", Stage.CONVERSATION, "show_syllabus"),
    ("está muy caro para mí", Stage.CONVERSATION, ""),
    ("¿qué dicen otros alumnos?", Stage.CONVERSATION, "find_testimonials"),
    ("¿tienen alguna oferta o descuento?", Stage.CONVERSATION, "present_offer"),
    ("quiero ver la demo", Stage.DEMO, "create_demo_link"),
    ("quiero inscribirme, ¿me das el enlace de pago?", Stage.CHECKOUT, "create_payment_link"),
)


async def test_the_spine_from_the_advertisement_to_the_customer_who_leaves(talk: Talk) -> None:
    for words, stage, tool in SPINE:
        result = await talk.says(words)
        assert result.stage is stage, words
        assert texts(result)
        if tool:
            assert tool in {call.name for call in result.calls if not call.missing}, words
    assert (await talk.world(InputKind.PAYMENT, "paid")).stage is Stage.CUSTOMER
    assert (await talk.commands("asesor")).stage is Stage.HANDOFF
    assert (await talk.world(InputKind.ADVISOR, "handback")).stage is Stage.CUSTOMER
    assert (await talk.says("no me escriban más por favor")).stage is Stage.OPTED_OUT
    assert (await talk.says("hola, volví")).stage is Stage.CUSTOMER
    lead = await talk.lead()
    assert (lead["name"], lead["stage"], lead["campaign"], lead["source"]) == (
        "Ana",
        "customer",
        "IG_NOVIEMBRE",
        "instagram",
    )


async def test_the_first_message_says_that_she_is_an_ai_and_asks_for_consent(talk: Talk) -> None:
    first = await talk.says("¿cuánto cuesta?")
    assert "IA" in first.outgoing[0].text or "inteligencia artificial" in first.outgoing[0].text
    assert actions(first) == ["consent.accept", "consent.read", "consent.decline"]


async def test_every_milestone_is_written_once_however_often_it_happens(talk: Talk) -> None:
    await talk.reaches(Stage.CHECKOUT)
    await talk.says("¿y la demo? quiero ver la demo")
    for _ in range(2):
        await talk.commands("start", "CURSO_IA_PROFESIONALES__IG_NOVIEMBRE")
        await talk.presses("course.ia-para-profesionales")
        await talk.presses("consent.accept")
        await talk.says("quiero ver la demo otra vez")
        await talk.world(InputKind.PAYMENT, "paid")
    written = {kind.value: len(await talk.events(kind.value)) for kind in Milestone}
    assert written == dict.fromkeys(written, 1)


async def test_nothing_is_sold_before_consent(asked: Talk, fake: FakeOpenAI) -> None:
    await asked.says(f"{COURSE} quiero comprar ya")
    for words in ("quiero comprar ya", "mándame el enlace de pago", "quiero ver la demo", "¿hay descuento?"):
        await asked.says(words)
    for action in ("ask.buy", "ask.demo", "course.ia-para-profesionales", "ask.price"):
        assert (await asked.presses(action)).stage is Stage.CONSENT
    assert fake.count == 0
    assert not any(turn.calls or turn.evidence for turn in asked.results)


async def test_messages_that_came_together_get_one_answer(asked: Talk, fake: FakeOpenAI) -> None:
    await asked.reaches(Stage.CONVERSATION)
    result = await asked.says("hola", "una duda", "¿para quién es?")
    assert (fake.count, len(result.outgoing)) == (1, 1)
    assert fake.requests[-1].body["messages"][-1]["content"] == "hola\nuna duda\n¿para quién es?"
    assert [row["text"] for row in await asked.rows("messages") if row["author"] == "lead"][-3:] == [
        "hola",
        "una duda",
        "¿para quién es?",
    ]


async def test_one_model_call_without_a_tool_and_two_with(asked: Talk, fake: FakeOpenAI) -> None:
    await asked.reaches(Stage.CONVERSATION)
    assert (await asked.says("¿para quién es?")).model_calls == 1
    fake.respond = script(uses("update_profile", goal="aprender"), says("Anotado."))
    assert (await asked.says("quiero aprender")).model_calls == 2
    assert fake.count == 3


async def test_a_turn_that_is_run_again_asks_nobody_and_writes_nothing(asked: Talk, fake: FakeOpenAI) -> None:
    await asked.reaches(Stage.CONVERSATION)
    fake.respond = script(uses("schedule_follow_up", in_hours=24), says("Anotado."))
    request = asked.request(Input(kind=InputKind.TEXT, text="escríbeme mañana"))
    result = await asked.gives(*request.inputs)
    before = [await asked.rows(table) for table in ("messages", "events", "outbox", "selections", "follow_ups")]
    asked.clock.move(minutes=5)
    again = await asked.brenda.take_turn(request)
    told = {
        "turn_id",
        "at",
        "heard",
        "outgoing",
        "calls",
        "sources",
        "perception",
        "selection",
        "model",
        "arm",
        "stage",
    }
    assert again.model_dump(include=told) == result.model_dump(include=told)
    assert [await asked.rows(table) for table in ("messages", "events", "outbox", "selections", "follow_ups")] == before
    assert fake.count == 2


async def test_a_turn_whose_record_failed_left_nothing_and_is_taken_again(database: Pool) -> None:
    async with FakeOpenAI() as fake, queue_on(database) as queue, brenda_on(database, queue, fake) as brenda:
        talk = await Talk(brenda).reaches(Stage.CONVERSATION)
        request = talk.request(Input(kind=InputKind.TEXT, text="¿para quién es?"))
        await talk.query("alter table selections rename to selections_away")
        with pytest.raises(psycopg.errors.UndefinedTable):
            await brenda.take_turn(request)
        await talk.query("alter table selections_away rename to selections")
        assert not [row for row in await talk.rows("messages") if row["turn_id"] == request.turn_id]
        result = await brenda.take_turn(request)
        assert texts(result) == "Claro, con gusto te cuento del curso."
        assert [row["turn_id"] for row in await talk.rows("selections")] == [request.turn_id]
        said = [row for row in await talk.rows("outbox") if row["channel"] != "crm"]
        assert len(said) == sum(len(turn.outgoing) for turn in talk.results) + 1


async def test_a_database_that_goes_away_in_mid_turn_and_returns(postgres: object, database: Pool) -> None:
    async with FakeOpenAI() as fake, queue_on(database) as queue, brenda_on(database, queue, fake) as brenda:
        talk = await Talk(brenda).reaches(Stage.CONVERSATION)
        answer = says("Es para quien quiere aprender.")

        def cut_off(_body: object) -> object:
            with psycopg.connect(str(database.conninfo), autocommit=True) as conn:
                conn.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity "
                    "where datname = current_database() and pid <> pg_backend_pid()"
                )
            fake.respond = script(answer)
            return answer

        fake.respond = cut_off  # type: ignore[assignment]
        request = talk.request(Input(kind=InputKind.TEXT, text="¿para quién es?"))
        try:
            result = await brenda.take_turn(request)
        except psycopg.OperationalError:
            result = await brenda.take_turn(request)
        assert texts(result) == "Es para quien quiere aprender."
        async with database.connection() as conn:
            assert await turns.is_recorded(conn, request.turn_id)
        assert len(await talk.events("ai_engaged")) == 1


async def test_every_message_names_the_prompts_that_made_it(talk: Talk) -> None:
    await talk.reaches(Stage.DEMO)
    [kept] = await talk.query("select count(*) as n from prompt_versions where hash = %s", talk.results[-1].prompt_hash)
    said = [row for row in await talk.rows("messages") if row["author"] == "brenda"]
    assert kept["n"] == 1
    assert said
    sent = [row for row in await talk.rows("outbox") if row["channel"] != "crm"]
    assert {row["prompt_hash"] for row in [*said, *sent]} == {talk.results[-1].prompt_hash}


async def test_an_arm_is_stored_at_first_exposure_and_stays_when_weights_change(database: Pool) -> None:
    async with queue_on(database) as queue, brenda_on(database, queue) as brenda:
        early, late = await Talk(brenda).reaches(Stage.CONVERSATION), await Talk(brenda).reaches(Stage.CONVERSATION)
        assert await early.query("select * from assignments") == []
        arm = (await early.says("¿para quién es?")).arm
        other = "control" if arm == "consultative" else "consultative"
        await early.query("update experiments set arms = %s where key = 'tone'", Jsonb({other: 1}))
        assert (await early.says("¿y cuánto dura?")).arm == arm
        assert (await late.says("¿para quién es?")).arm == other
        stored = await early.query("select lead_id, arm, exposed_at from assignments order by exposed_at")
        assert [row["arm"] for row in stored] == [arm, other]
        assert stored[0]["exposed_at"] == early.results[3].at


async def test_without_a_running_experiment_everybody_is_in_control(database: Pool) -> None:
    async with queue_on(database) as queue, brenda_on(database, queue) as brenda:
        talk = await Talk(brenda).reaches(Stage.CONVERSATION)
        await talk.query("update experiments set stopped_at = now()")
        assert (await talk.says("¿para quién es?")).arm == "control"
        assert await talk.query("select * from assignments") == []


async def test_the_name_of_a_course(brenda: Brenda) -> None:
    async with brenda.pool.connection() as conn:
        row = await (await conn.execute("select id, name from courses limit 1")).fetchone()
        assert row is not None
        assert await brenda.course_name(conn, row["id"]) == row["name"]
        assert await brenda.course_name(conn, None) == ""
        assert await brenda.course_name(conn, 999_999_999) == ""
