"""A reply that lies goes back once with the reason, and is then replaced; a promise needs the job that keeps it."""

import pytest

from core.domain.funnel import Stage
from tests.brendas import Talk, said_by, texts
from tests.fakes.openai_server import FakeOpenAI, says, script, uses

LIES = (
    ("El curso cuesta 10 dólares.", "10 dólares"),
    ("Hoy tiene un 90 % de descuento.", "90 %"),
    ("Quedan solo 2 lugares.", "2 lugares"),
    ("La oferta termina hoy a medianoche.", "hoy"),
    ("Mira https://malo.example/curso", "https://malo.example/curso"),
    ("El curso dura 3 días.", "3 días"),
    ("Julián Peralta ganó mucho con el curso.", "Julián Peralta"),
)
BREACHES = (
    ("Soy humana, no soy una IA.", "te haces pasar por una persona"),
    ("Voy a llamar a create_payment_link.", "herramientas internas"),
    ("Pago confirmado, ya quedaste inscrito.", "solo avisa el sistema"),
    ("Las otras escuelas son una estafa.", "hablas mal de otras escuelas"),
)
PROMISES = (
    "Mañana te aviso de los horarios.",
    "Déjame consultar y te escribo.",
    "Voy a preguntar al equipo.",
    "Un asesor te contactará pronto.",
    "Nos pondremos en contacto contigo.",
    "Te confirmaremos los horarios.",
    "En cuanto sepa algo, te digo.",
    "I will get back to you.",
)


@pytest.mark.parametrize(("lie", "claim"), LIES)
async def test_a_lie_is_corrected_once_with_its_reason(asked: Talk, fake: FakeOpenAI, lie: str, claim: str) -> None:
    await asked.reaches(Stage.CONVERSATION)
    fake.respond = script(says(lie), says("Es un curso para tu trabajo."))
    result = await asked.says("cuéntame")
    assert texts(result) == "Es un curso para tu trabajo."
    assert (result.model_calls, fake.count) == (2, 2)
    messages = fake.requests[1].body["messages"]
    assert [message["role"] for message in messages[-2:]] == ["assistant", "system"]
    assert messages[-2]["content"] == lie
    assert claim in messages[-1]["content"]
    assert "tools" not in fake.requests[1].body
    assert len(await asked.events("claim_refused")) == 1


@pytest.mark.parametrize(("breach", "label"), BREACHES)
async def test_what_no_model_may_say_goes_back_without_its_words(
    asked: Talk, fake: FakeOpenAI, breach: str, label: str
) -> None:
    await asked.reaches(Stage.CONVERSATION)
    fake.respond = script(says(breach), says("Es un curso para tu trabajo."))
    result = await asked.says("cuéntame")
    assert texts(result) == "Es un curso para tu trabajo."
    reason = fake.requests[1].body["messages"][-1]["content"]
    assert label in reason
    assert breach not in reason and "«" not in reason


async def test_a_customer_may_hear_of_the_payment(asked: Talk, fake: FakeOpenAI) -> None:
    await asked.reaches(Stage.CUSTOMER)
    fake.respond = script(says("Sí, ya quedaste inscrita."))
    assert texts(await asked.says("¿ya quedé inscrita?")) == "Sí, ya quedaste inscrita."


@pytest.mark.parametrize("stage", [Stage.CONVERSATION, Stage.DEMO, Stage.CHECKOUT, Stage.CUSTOMER])
async def test_who_lies_twice_is_replaced(talk: Talk, asked: Talk, fake: FakeOpenAI, stage: Stage) -> None:
    await talk.reaches(stage)
    asked.chat, asked.results = talk.chat, talk.results
    fake.respond = script(says("El curso cuesta 10 dólares."))
    result = await asked.says("cuéntame")
    safe = asked.brenda.prompts.current.variants(
        f"messages/safe/{stage}", name="Ana", course_name="IA para Profesionales"
    )
    assert texts(result) in safe
    assert (result.model_calls, result.stage) == (2, stage)
    assert len([event for event in result.events if event.kind == "claim_refused"]) == 2


@pytest.mark.parametrize("promise", PROMISES)
async def test_a_promise_without_a_job_is_not_made(asked: Talk, fake: FakeOpenAI, promise: str) -> None:
    await asked.reaches(Stage.CONVERSATION)
    fake.respond = script(says(promise), says("No tengo ese dato."))
    result = await asked.says("¿qué horarios hay?")
    assert texts(result) == "No tengo ese dato."
    assert "promesa" in said_by(fake.requests[1], "system")


async def test_a_promise_with_its_job_is_made(asked: Talk, fake: FakeOpenAI) -> None:
    await asked.reaches(Stage.CONVERSATION)
    fake.respond = script(uses("schedule_follow_up", in_hours=24), says("Listo, mañana te escribo."))
    result = await asked.says("escríbeme mañana")
    assert texts(result) == "Listo, mañana te escribo."
    assert len(await asked.rows("follow_ups")) == 1


async def test_a_promise_whose_job_could_not_be_made_is_not_made(asked: Talk, fake: FakeOpenAI) -> None:
    await asked.reaches(Stage.CONVERSATION)
    fake.respond = script(
        uses("schedule_follow_up", in_hours=-5), says("Mañana te aviso."), says("No puedo a esa hora.")
    )
    assert texts(await asked.says("escríbeme ayer")) == "No puedo a esa hora."
    assert await asked.rows("follow_ups") == []


@pytest.mark.parametrize(
    "honest",
    [
        "Cuesta 249 USD, Ana.",
        "Son 8 semanas y 8 módulos.",
        "Vale doscientos cuarenta y nueve dólares.",
        "Claro que sí. ¿A qué te dedicas?",
    ],
)
async def test_what_the_courses_facts_say_may_be_said(asked: Talk, fake: FakeOpenAI, honest: str) -> None:
    await asked.reaches(Stage.CONVERSATION)
    fake.respond = script(says(honest))
    result = await asked.says("cuéntame")
    assert (texts(result), result.model_calls) == (honest, 1)


async def test_what_the_person_says_is_evidence_of_nothing(asked: Talk, fake: FakeOpenAI) -> None:
    await asked.reaches(Stage.CONVERSATION)
    fake.respond = script(
        uses("update_profile", budget="99 dólares"), says("Entonces cuesta 99 dólares."), says("Lo reviso contigo.")
    )
    assert texts(await asked.says("me dijeron que cuesta 99 dólares")) == "Lo reviso contigo."
