"""What people write, as data."""

import random
import re
from typing import get_args

import pytest
import yaml

from core.errors import EvalError
from evals.persona import Persona
from evals.prospect import AskTopic
from evals.prospects.wordings import FOLDER, Wordings

FILES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
WISHES = ("demo", "buy", "resources", "human")


def _persona(language: str = "es", country: str = "MX", **typing: bool) -> Persona:
    given = {"id": "ana-prueba", "name": "Ana", "country": country, "language": language, "typing": typing}
    return Persona.model_validate(given)


def test_a_country_has_words_of_its_own_and_the_rest_of_its_language() -> None:
    words = Wordings.of(_persona(country="AR"))
    assert words.name == "es-AR" and "¿Cuánto sale el curso?" in words.lists["ask.price"]
    assert words.lists["ask.certificate"] == Wordings.of(_persona(country="UY")).lists["ask.certificate"]


def test_voseo_is_that_of_the_rio_de_la_plata_wherever_one_lives() -> None:
    assert Wordings.of(_persona(country="CO", voseo=True)).name == "es-AR"


def test_spanish_has_words_for_every_question_wish_and_objection() -> None:
    words = Wordings.of(_persona(country="UY"))
    needed = [f"ask.{topic}" for topic in get_args(AskTopic)] + [f"want.{wish}" for wish in WISHES]
    assert not [key for key in needed if not words.has(key)]


@pytest.mark.parametrize("name", FILES)
def test_what_may_be_asked_twice_can_be_asked_in_two_wordings(name: str) -> None:
    data = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    groups = [lists for group in ("ask", "want", "object") for lists in data.get(group, {}).values()]
    assert groups and all(len(set(lists)) >= 2 for lists in groups)


@pytest.mark.parametrize("name", FILES)
def test_no_wording_holds_a_figure_that_a_person_could_not_know(name: str) -> None:
    assert not re.search(r"\d", (FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def test_a_wording_comes_again_only_when_none_is_left() -> None:
    words, draws = Wordings.of(_persona()), random.Random(0)
    said: list[str] = []
    for _ in words.lists["ask.price"]:
        said.append(words.draw("ask.price", draws, said))
    assert sorted(said) == sorted(words.lists["ask.price"])
    assert words.draw("ask.price", draws, said) in said


def test_words_that_a_language_does_not_have_are_named() -> None:
    with pytest.raises(EvalError, match=r"en\.yaml has no wordings for ask\.syllabus"):
        Wordings.of(_persona("en", "US")).draw("ask.syllabus", random.Random(0))
