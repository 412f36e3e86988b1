"""Meaning: the words in the light of what Brenda said last."""

import pytest

from agent.embedded.briefing import Briefing, TurnData
from agent.embedded.meaning import meaning
from core.domain.perception import Intent, Topic


@pytest.mark.parametrize(
    ("said", "topics"),
    [
        ("¿Te muestro el temario?", (Topic.SYLLABUS,)),
        ("Lo mejor es verlo. ¿Te envío la demo?", (Topic.DEMO,)),
        ("El precio es 5.\n\nSi quieres te enseño el temario. ¿Lo vemos?", (Topic.SYLLABUS,)),
        ("Cuando quieras te paso el enlace de pago. ¿Lo preparo?", ()),
        ("¿Qué otra duda te queda?", ()),
        ("Aquí sigo.", ()),
    ],
)
def test_a_yes_means_what_was_proposed(said: str, topics: tuple[Topic, ...]) -> None:
    meant = meaning(Briefing(words="sí, dale", said=(said,)))
    assert meant.topics == topics
    assert meant.affirmed is (bool(topics) or "pago" in said)


def test_a_yes_to_the_payment_link_is_a_buying_signal() -> None:
    assert meaning(Briefing(words="si", said=("¿Te genero el enlace de pago?",))).intent is Intent.BUYING_SIGNAL


def test_a_yes_with_a_question_of_its_own_means_that_question() -> None:
    meant = meaning(Briefing(words="sí, y cuánto cuesta?", said=("¿Te muestro el temario?",)))
    assert meant.topics == (Topic.PRICE,)


def test_what_is_known_of_a_person_comes_from_everywhere_and_the_newest_counts() -> None:
    briefing = Briefing(
        words="ahora soy abogado",
        heard=("vivo en Perú",),
        remembered=("trabajo en una pyme",),
        profile={"occupation": "contador"},
    )
    meant = meaning(briefing)
    assert meant.profile == {"company": "una pyme", "country": "Perú", "occupation": "abogado"}
    assert meant.told == {"occupation": "abogado"}


def test_an_earlier_refusal_is_remembered_for_a_while() -> None:
    assert meaning(Briefing(words="hola", heard=("no gracias", "ok"))).refused_before
    assert not meaning(Briefing(words="hola", heard=("no gracias", *("hola",) * 5))).refused_before


def test_thanks_and_going_to_think_are_no_yes_to_a_proposal() -> None:
    for words in ("Perfecto, gracias", "va, lo pienso", "dale, lo pienso y después te aviso"):
        meant = meaning(Briefing(words=words, said=("¿Te envío la demo?",)))
        assert (meant.affirmed, meant.topics) == (False, ())
    assert meaning(Briefing(words="va", said=("¿Te envío la demo?",))).topics == (Topic.DEMO,)


@pytest.mark.parametrize("words", ["pásame el link de pago", "quiero ver la demo", "¿tienen descuento?", "dale"])
def test_a_later_wish_to_buy_of_who_is_under_age_is_answered_as_the_first(words: str) -> None:
    said = ("¿Te preparo el enlace de pago?",)
    assert meaning(Briefing(words=words, said=said, turn=TurnData(minor=True))).topics == (Topic.MINOR,)
    assert Topic.MINOR not in meaning(Briefing(words=words, said=said)).topics


def test_who_is_under_age_is_still_told_what_the_course_is() -> None:
    assert meaning(Briefing(words="¿qué temas ve?", turn=TurnData(minor=True))).topics == (Topic.SYLLABUS,)
