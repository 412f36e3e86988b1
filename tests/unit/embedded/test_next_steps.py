"""Next steps: one question, where it is welcome."""

import pytest

from agent.embedded.briefing import Answered, Briefing, TurnData
from agent.embedded.meaning import meaning
from agent.embedded.next_steps import next_step
from agent.embedded.wordings import Desk
from tests.unit.embedded.test_wordings import Texts

TOOLS = frozenset({"create_demo_link", "create_payment_link", "show_syllabus", "find_testimonials"})


def step(words: str, tools: frozenset[str] = TOOLS, seed: int = 0, **fields: object) -> str:
    briefing = Briefing(words=words, turn=TurnData(seed=seed), **fields)  # type: ignore[arg-type]
    return next_step(Desk(briefing, meaning(briefing), Texts(), {}, tools))


def steps(words: str, tools: frozenset[str] = TOOLS, **fields: object) -> set[str]:
    return {step(words, tools, seed, **fields) for seed in range(60)}


@pytest.mark.parametrize("words", ["gracias", "hasta luego", "borren mis datos", "me quiero morir", "estoy harto"])
def test_nothing_is_proposed_to_who_leaves_grieves_or_complains(words: str) -> None:
    assert steps(words) == {""}


@pytest.mark.parametrize("words", ["es caro", "eres un robot?", "ahora no"])
def test_after_a_doubt_the_question_is_open(words: str) -> None:
    assert steps(words) == {"next/open"}


def test_after_a_link_nothing_more_is_proposed() -> None:
    assert steps("la demo", answered=(Answered("create_demo_link"),)) == {""}


def test_only_what_there_is_a_tool_for_is_proposed() -> None:
    assert steps("cuanto dura?", tools=frozenset(), said=("hola",)) <= {"next/goal", "next/open", ""}
    assert "next/demo" in steps("cuanto dura?", said=("hola",))


def test_what_was_brought_up_before_is_not_proposed_again() -> None:
    assert "next/demo" not in steps("cuanto dura?", heard=("y la demo?",), said=("hola",))


def test_who_told_their_goal_is_not_asked_for_it() -> None:
    assert "next/goal" not in steps("soy contador, cuanto dura?", said=("hola",))
