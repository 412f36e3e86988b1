"""What the model is shown: bounded, with a prefix that a provider can cache, and without forgetting what was told."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from core.domain.funnel import Stage
from tests.brendas import Talk, brenda_on, said_by
from tests.fakes.openai_server import FakeOpenAI, Recorded, says, script, uses
from tests.integration.agent.test_checkpoints import kept_bytes

TURNS = 200
FACT = "Soy contadora en Medellín y tengo 3 empleados"
OBJECTIONS = ("es muy caro", "no tengo tiempo", "no sé si me sirva", "¿y si es una estafa?")


@dataclass(frozen=True)
class LongTalk:
    """200 turns of one chat: the model's requests, and what was stored after some of them."""

    talk: Talk
    requests: list[Recorded]
    stored: dict[int, int]


def words_of(turn: int) -> str:
    """Questions, doubts, and things that people tell of themselves."""
    if turn == 3:
        return f"{FACT}."
    if turn % 7 == 0:
        return OBJECTIONS[turn % 4]
    if turn % 5 == 0:
        return f"Quiero saber más de la parte {turn}, porque me interesa mucho para mi trabajo."
    return f"¿Qué se ve en la clase {turn} y cuánto dura?"


@pytest.fixture(scope="module")
async def long_talk(pool: Any, queue: Any) -> LongTalk:
    async with FakeOpenAI() as fake, brenda_on(pool, queue, fake) as brenda:
        talk, stored = await Talk(brenda).reaches(Stage.CONVERSATION), {}
        for turn in range(1, TURNS + 1):
            await talk.says(words_of(turn))
            if turn % 100 > 94 or turn % 100 == 0:
                stored[turn] = await kept_bytes(talk)
        return LongTalk(talk, fake.requests, stored)


def content(request: Recorded) -> list[str]:
    return [str(message["content"]) for message in request.body["messages"]]


def test_a_turn_without_a_tool_asks_the_model_once(long_talk: LongTalk) -> None:
    assert len(long_talk.requests) == TURNS


def test_a_fact_told_in_turn_3_is_known_in_turn_200(long_talk: LongTalk) -> None:
    for request in (long_talk.requests[50], long_talk.requests[-1]):
        assert FACT in said_by(request, "user")
        assert FACT not in said_by(request, "system")


def test_the_prompt_stays_within_its_budget_and_does_not_grow(long_talk: LongTalk) -> None:
    sizes = [sum(map(len, content(request))) for request in long_talk.requests]
    assert max(sizes) <= long_talk.talk.brenda.settings.prompt_budget_chars
    assert max(sizes[150:]) <= 1.2 * max(sizes[10:50])


def test_the_system_message_is_the_same_in_every_turn(long_talk: LongTalk) -> None:
    assert len({content(request)[0] for request in long_talk.requests}) == 1


def test_what_comes_before_the_turn_only_grows_but_for_folds(long_talk: LongTalk) -> None:
    """A provider's cache hits as long as a request begins with the whole of the one before, less its own turn."""
    folds = 0
    for before, after in zip(long_talk.requests, long_talk.requests[1:], strict=False):
        prefix = content(before)[:-2]
        folds += content(after)[: len(prefix)] != prefix
    assert 0 < folds <= TURNS / 3


def test_what_is_stored_does_not_grow(long_talk: LongTalk) -> None:
    early, late = (max(size for turn, size in long_talk.stored.items() if turn // 101 == half) for half in (0, 1))
    assert late <= 1.1 * early


async def test_a_small_budget_drops_the_oldest_lines_and_no_fact(pool: Any, queue: Any) -> None:
    async with FakeOpenAI() as fake, brenda_on(pool, queue, fake) as roomy:
        talk = await Talk(roomy).reaches(Stage.CONVERSATION)
        await talk.says(FACT)
        budget = sum(map(len, content(fake.requests[-1]))) + 1_500
        settings = roomy.settings.model_copy(update={"prompt_budget_chars": budget})
        talk.brenda = replace(roomy, settings=settings)
        for turn in range(4):
            await talk.says(f"¿qué se ve en la clase {turn}? {'y además ' * 40}")
        last = fake.requests[-1]
        assert sum(map(len, content(last))) <= budget
        assert "clase 0" not in said_by(last, "user")
        assert FACT in said_by(last, "user")


@pytest.mark.parametrize("stage", [Stage.CONVERSATION, Stage.DEMO, Stage.CHECKOUT, Stage.CUSTOMER])
async def test_the_longest_message_fits_the_usual_budget(
    talk: Talk, asked: Talk, fake: FakeOpenAI, stage: Stage
) -> None:
    await talk.reaches(stage)
    asked.chat, asked.results = talk.chat, talk.results
    for _ in range(5):
        await asked.says("¿qué tal? " * 399)
    sizes = [sum(map(len, content(request))) for request in fake.requests]
    assert len(sizes) == 5
    assert max(sizes) <= asked.brenda.settings.prompt_budget_chars


async def test_short_statements_are_facts_too(asked: Talk, fake: FakeOpenAI) -> None:
    await asked.reaches(Stage.CONVERSATION)
    await asked.says("soy contadora")
    for turn in range(10):
        await asked.says(f"¿qué se ve en la clase {turn}?")
    assert "soy contadora" in said_by(fake.requests[-1], "user")


async def test_the_profile_is_told_as_the_persons(asked: Talk, fake: FakeOpenAI) -> None:
    await asked.reaches(Stage.CONVERSATION)
    fake.respond = script(uses("update_profile", goal="automatizar reportes"), says("Anotado."))
    await asked.says("quiero automatizar reportes")
    await asked.says("¿y cuánto dura?")
    memory = fake.requests[-1].body["messages"][1]
    assert memory["role"] == "user"
    assert "Nombre: Ana" in memory["content"]
    assert "automatizar reportes" in memory["content"]
