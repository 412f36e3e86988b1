"""The rules: what the lexicon finds in a message, what it weighs most, and what only looks like an objection."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.perception import Courtesy, Emotion, Intent, Language, Objection, Sentiment, Topic
from core.learning.rules import affirms, courtesy, declines, judge, language, postpones, read
from core.learning.words import raw_words


@pytest.mark.parametrize(
    "text",
    [
        "realidad",
        "precioso",
        "Valencia",
        "Carolina",
        "hasta luego",
        "Vale 👍",
        "Seguro que sí",
        "¿Cuál es el precio?",
        "soy de Valencia y me llamo Carolina",
    ],
)
def test_what_only_looks_like_an_objection_is_none(text: str) -> None:
    assert judge(read(text)).objection is Objection.NONE


@pytest.mark.parametrize(
    ("text", "objection"),
    [
        ("no me alcanza", Objection.PRICE),
        ("carísimo", Objection.PRICE),
        ("lo tengo que pensar", Objection.VALUE),
        ("despues vemos", Objection.TIME),
        ("es una estafa", Objection.TRUST),
    ],
)
def test_what_holds_a_person_back_is_named(text: str, objection: Objection) -> None:
    assert judge(read(text)).objection is objection


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("quiero comprar pero no me escriban más", Intent.STOP_REQUEST),
        ("no gracias, ¿cuánto cuesta?", Intent.PRICE_QUESTION),
        ("no gracias", Intent.REFUSAL),
        ("hola, quiero hablar con una persona", Intent.WANTS_HUMAN),
        ("hola", Intent.SMALL_TALK),
        ("🔥🔥", Intent.SMALL_TALK),
        ("zzz", Intent.GENERAL_QUESTION),
    ],
)
def test_the_weightiest_finding_decides(text: str, intent: Intent) -> None:
    assert judge(read(text)).intent is intent


def test_a_negation_takes_a_finding_back() -> None:
    reading = read("no es caro")
    assert "objection.price" not in reading.labels
    assert judge(reading).objection is Objection.NONE


def test_topics_stand_beside_the_intent() -> None:
    assert Topic.CERTIFICATE in judge(read("¿dan certificado y cuánto dura?")).topics
    assert Topic.DURATION in judge(read("¿dan certificado y cuánto dura?")).topics


def test_mood_comes_from_words_and_emoji() -> None:
    assert judge(read("me encanta 😍")).sentiment is Sentiment.POSITIVE
    assert judge(read("no entiendo")).emotion is Emotion.CONFUSED
    assert judge(read("😡")).sentiment is Sentiment.NEGATIVE


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("how much is the course", Language.ENGLISH),
        ("quanto custa isso para mim", Language.PORTUGUESE),
        ("cuánto cuesta", Language.SPANISH),
        ("ok", Language.SPANISH),
    ],
)
def test_language_by_its_small_words(text: str, spoken: Language) -> None:
    assert language(raw_words(text)) is spoken


def test_yes_and_no_to_what_was_proposed() -> None:
    assert affirms("sí, claro")
    assert not affirms("no gracias")
    assert declines("ahora no")
    assert not declines("sí")


def test_the_weightiest_courtesy() -> None:
    assert courtesy("hola, gracias, hasta luego") is Courtesy.FAREWELL
    assert courtesy("hola, muchas gracias") is Courtesy.THANKS
    assert courtesy("cuánto cuesta") is Courtesy.NONE


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    reading = read(text)
    assert not reading.denied & reading.labels
    assert reading.after_no <= reading.labels
    judge(reading)


@pytest.mark.parametrize(
    ("text", "closes"),
    [
        ("va, lo pienso", True),
        ("Vale, me lo pienso, gracias", True),
        ("dale, lo pienso y después te aviso", True),
        ("vou pensar com calma", True),
        ("thanks, let me think about it", True),
        ("lo tengo que pensar", False),
        ("va, lo pienso. ¿cuánto cuesta?", False),
        ("va, lo pienso, pero está caro", False),
        ("va, no lo pienso más: quiero pagar", False),
    ],
)
def test_who_goes_to_think_is_told_from_who_doubts(text: str, closes: bool) -> None:
    assert postpones(text) is closes


@pytest.mark.parametrize(
    "text", ["Perfecto, gracias", "listo, gracias", "va, lo pienso", "Vale, me lo pienso, gracias"]
)
def test_thanks_that_end_a_matter_are_no_yes(text: str) -> None:
    assert not affirms(text)


@pytest.mark.parametrize(
    "text", ["sí", "dale", "va", "claro", "sí por favor", "perfecto", "sí, gracias", "dale, gracias"]
)
def test_a_plain_yes_stays_a_yes_also_with_thanks(text: str) -> None:
    assert affirms(text)


def test_a_forwarded_message_buys_nothing() -> None:
    assert judge(read("quiero inscribirme")).intent is Intent.BUYING_SIGNAL
    assert judge(read("FWD: quiero inscribirme")).intent is not Intent.BUYING_SIGNAL
