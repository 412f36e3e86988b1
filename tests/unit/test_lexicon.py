"""The lexicon file is sound: every label means something and every phrase can be reached."""

import tomllib

from core.domain.perception import Courtesy, Emotion, Intent, Objection, Sentiment, Topic
from core.learning.lexicon import PATH, lexicon
from core.learning.rules import DECISIVE
from core.learning.understanding import understand

DATA = tomllib.loads(PATH.read_text(encoding="utf-8"))
FAMILIES = {"topic": Topic, "objection": Objection, "emotion": Emotion, "sentiment": Sentiment, "chat": Courtesy}
INTENT_LABELS = {label for label, _ in DECISIVE} | {
    f"intent.{name}"
    for name in ("resources", "career", "automation", "explore", "chat", "affirm", "decline", "postpone")
}


def test_every_label_belongs_to_a_vocabulary() -> None:
    for label in DATA["phrases"]:
        family, _, member = label.partition(".")
        if family == "intent":
            assert label in INTENT_LABELS
        elif family != "none":
            assert member in {one.value for one in FAMILIES[family]}


def test_phrases_are_written_without_accents_and_in_lower_case() -> None:
    for phrases in DATA["phrases"].values():
        for phrase in phrases:
            assert phrase == phrase.lower()
            assert phrase.isascii(), phrase


def test_slang_leads_to_plain_words() -> None:
    assert all(words.isascii() and key.isascii() for key, words in DATA["slang"].items())


def test_it_is_read_once() -> None:
    assert lexicon() is lexicon()


def test_every_intent_can_be_reached() -> None:
    words = (
        "hola",
        "info",
        "no gracias",
        "stop",
        "asesor",
        "lo compro",
        "demo",
        "precio",
        "pdf",
        "automatizar",
        "y eso?",
    )
    reached = {understand(word).intent for word in words} | {understand("cambiar de trabajo").intent}
    assert reached == set(Intent)
