"""Recollection: what is known of the person, and what of it may be told back."""

from agent.embedded.briefing import Briefing
from agent.embedded.meaning import meaning
from agent.embedded.recollection import known


def memories(words: str, **fields: object) -> object:
    briefing = Briefing(words=words, **fields)  # type: ignore[arg-type]
    return known(briefing, meaning(briefing))["memories"]


REMEMBERED = ("soy contadora en una pyme", "quiero automatizar mis reportes", "tengo 45 años de edad")


def test_a_question_about_one_matter_gets_that_matter() -> None:
    assert memories("te acuerdas en qué trabajo?", remembered=REMEMBERED) == ["eres contadora en una pyme"]


def test_an_open_question_gets_what_was_told_without_numbers() -> None:
    expected = ["eres contadora en una pyme", "quieres automatizar tus reportes"]
    assert memories("qué sabes de mí?", remembered=REMEMBERED) == expected


def test_what_was_never_told_is_not_known() -> None:
    assert memories("te acuerdas de qué país soy?", remembered=REMEMBERED) == []


def test_a_profile_alone_is_enough() -> None:
    assert memories("a qué me dedico?", profile={"occupation": "contadora"}) == ["tu trabajo es de contadora"]


def test_only_what_these_words_tell_counts_as_told() -> None:
    briefing = Briefing(words="vivo en Perú", profile={"occupation": "contadora", "name": "Ana"})
    variables = known(briefing, meaning(briefing))
    assert (variables["told_country"], variables["told_occupation"], variables["occupation"]) == (
        "Perú",
        "",
        "contadora",
    )
    assert variables["name"] == "Ana"
