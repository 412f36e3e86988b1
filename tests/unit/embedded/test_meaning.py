"""Meaning: the words in the light of what Brenda said last."""

import pytest

from agent.embedded.briefing import Briefing
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
