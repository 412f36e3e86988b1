import pytest

from agent.honesty.topics import END, OFFER, PRICE, START, day_topic, is_about, money_topic, sentence_at


@pytest.mark.parametrize(
    ("sentence", "topic"),
    [("la oferta termina el 24", OFFER), ("el curso empieza el 1", START), ("vence en 2 horas", END),
     ("te escribo el lunes", "")],
)  # fmt: skip
def test_topics_of_days(sentence: str, topic: str) -> None:
    assert day_topic(sentence) == topic


def test_topics_of_amounts() -> None:
    assert money_topic("cuesta 49") == PRICE
    assert money_topic("ahorras 49 del precio") == ""


def test_facts_back_only_their_topic() -> None:
    assert is_about(OFFER, "offer.ends_at")
    assert not is_about(OFFER, "payment.expires_at")
    assert not is_about(START, "offer.ends_at")
    assert not is_about(END, "course.starts_on")
    assert not is_about(PRICE, "offer.saving")


def test_a_decimal_point_ends_no_sentence() -> None:
    text = "hola. cuesta 1.299 y ya. adios."
    assert sentence_at(text, text.index("1"), text.index("1") + 5) == " cuesta 1.299 y ya"
