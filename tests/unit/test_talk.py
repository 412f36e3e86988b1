"""What is kept of a chat is bounded, and what a person told about themselves early stays."""

from hypothesis import given
from hypothesis import strategies as st

from agent.talk import LINE_CHARS, REMEMBERED, SENTENCE_CHARS, WINDOW, Talk
from core.domain.messages import Said
from core.domain.perception import Intent, Objection, Perception, Topic

words = st.text(max_size=300)


def say(talk: Talk, text: str, perception: Perception | None = None) -> Talk:
    heard = talk.hear(text, perception or Perception())
    return heard.add(Said(role="user", text=text), Said(role="assistant", text="Claro, te cuento."))


@given(st.lists(words, max_size=40))
def test_a_chat_of_any_length_stays_bounded(texts: list[str]) -> None:
    talk = Talk()
    for text in texts:
        talk = say(talk, text)
    assert len(talk.history) <= WINDOW
    assert all(len(line.text) <= LINE_CHARS for line in talk.history)
    assert len(talk.remembered) <= REMEMBERED
    assert all(len(line) <= SENTENCE_CHARS for line in talk.remembered)


def test_facts_of_turn_3_are_known_in_turn_200() -> None:
    talk = Talk()
    for turn in range(1, 201):
        talk = say(talk, "Soy contadora en Medellín y tengo 3 empleados." if turn == 3 else f"¿Y la clase {turn}?")
        talk = say(talk, f"Quiero saber más de la parte {turn}, porque me interesa mucho.") if turn % 5 == 0 else talk
    assert "Soy contadora en Medellín y tengo 3 empleados" in talk.remembered
    assert talk.habits.turns == 240


def test_the_window_lets_go_of_half_at_once_so_that_the_prefix_stays() -> None:
    talk, lengths, moved = Talk(), [], 0
    for turn in range(40):
        before = talk.history
        talk = say(talk, f"mensaje {turn}")
        moved += talk.history[: len(before)] != before
        lengths.append(len(talk.history))
    assert max(lengths) <= WINDOW
    assert moved <= 40 / (WINDOW / 4) + 1


def test_what_is_counted() -> None:
    talk = say(Talk(), "¿cuánto cuesta?", Perception(topics=(Topic.PRICE,)))
    talk = say(talk, "es caro", Perception(objection=Objection.PRICE, topics=(Topic.PRICE,)))
    talk = say(talk, "no gracias", Perception(intent=Intent.REFUSAL)).use(("show_syllabus",))
    assert talk.asked == {"price": 2}
    assert talk.objected == {"price": 1}
    assert talk.refused_at == 3
    assert talk.used == {"show_syllabus": 3}
    assert (talk.habits.questions, talk.habits.objections, talk.habits.tools) == (1, 1, 1)


@given(st.lists(words, max_size=10))
def test_it_survives_json(texts: list[str]) -> None:
    talk = Talk()
    for text in texts:
        talk = say(talk, text)
    assert Talk.model_validate(talk.model_dump(mode="json", exclude_defaults=True)) == talk


@given(st.lists(words, max_size=40))
def test_who_said_to_be_under_age_stays_so(texts: list[str]) -> None:
    talk = Talk().heed(Perception(topics=(Topic.MINOR,)))
    for text in texts:
        talk = say(talk, text).use(("show_syllabus",))
    assert talk.minor
    assert not Talk().heed(Perception(topics=(Topic.PRICE,))).minor
    assert say(Talk(), "tengo 15 años", Perception(topics=(Topic.MINOR,))).minor
