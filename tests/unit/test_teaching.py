"""Teaching on a tiny corpus: it learns, repeats itself exactly, keeps its promises, and survives storage."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.perception import Intent, Perception
from core.errors import TrainingError
from core.learning.classifier import ABOUT, ARRAYS, FOLDER, LARGEST, Classifier, load, save
from core.learning.ngrams import grams
from core.learning.rules import judge, read
from core.learning.teaching import compared, prepare, steps, teach
from core.learning.understanding import combine
from core.learning.utterances import AXES, Utterance

SENTENCES = {
    "price_question": ["cuanto cuesta {}", "que precio tiene {}", "cuanto vale {}"],
    "small_talk": ["hola {}", "buenas tardes {}", "gracias {}"],
}
OTHER = {
    "price_question": ("price", "negative", "sceptical", "en"),
    "small_talk": ("none", "neutral", "neutral", "es"),
}
ROWS = [
    Utterance(
        f"{intent}.{word}",
        sentence.format(word),
        dict(zip(AXES, (intent, *OTHER[intent]), strict=True)),
        "MX",
        "phone",
    )
    for intent, sentences in SENTENCES.items()
    for sentence in sentences
    for word in ("ana", "luis", "eso", "hoy", "todo", "pues", "che", "amiga")
]


@pytest.fixture(scope="module")
def taught() -> Classifier:
    return teach(prepare(ROWS), folds=4)


def chances(model: Classifier, text: str) -> dict[str, list[float]]:
    reading = read(text)
    return {axis: row.tolist() for axis, row in model.probabilities(grams(reading, judge(reading))).items()}


def read_by(model: Classifier, text: str) -> Perception:
    reading = read(text)
    ruled = judge(reading)
    return combine(reading, ruled, model, grams(reading, ruled))


def test_it_learns(taught: Classifier) -> None:
    assert read_by(taught, "y cuanto cuesta el taller").intent is Intent.PRICE_QUESTION
    assert read_by(taught, "hola que tal").intent is Intent.SMALL_TALK


def test_it_repeats_itself_exactly(taught: Classifier) -> None:
    again = teach(prepare(ROWS), folds=4)
    assert np.array_equal(again.weights, taught.weights)
    assert again.heads["intent"].threshold == taught.heads["intent"].threshold


def test_it_ticks_as_often_as_it_says() -> None:
    ticks: list[int] = []
    teach(prepare(ROWS), folds=4, tick=lambda: ticks.append(1))
    assert len(ticks) == steps(4)


@settings(max_examples=40)
@given(text=st.text(max_size=200))
def test_probabilities_sum_to_one_on_any_text(taught: Classifier, text: str) -> None:
    for row in chances(taught, text).values():
        assert min(row) >= 0
        assert sum(row) == pytest.approx(1.0)


@pytest.mark.parametrize("text", ["no me escriban mas", "no gracias", "stop"])
def test_a_no_of_the_rules_is_obeyed_though_the_classifier_never_heard_of_it(taught: Classifier, text: str) -> None:
    perception = read_by(taught, text)
    assert perception.intent in {Intent.STOP_REQUEST, Intent.REFUSAL}
    assert perception.confidence.intent == 1.0


def test_three_readings_are_compared(taught: Classifier) -> None:
    assert {name: len(found) for name, found in compared(prepare(ROWS), taught).items()} == {
        "rules alone": len(ROWS),
        "classifier alone": len(ROWS),
        "both together": len(ROWS),
    }


def test_too_little_is_refused() -> None:
    with pytest.raises(TrainingError, match="too few families"):
        teach(prepare(ROWS[:1]), folds=4)
    with pytest.raises(TrainingError, match="Every utterance has the intent"):
        teach(prepare(ROWS[:24]), folds=4)


def test_it_survives_storage(taught: Classifier, tmp_path: Path) -> None:
    save(taught, tmp_path)
    loaded = load(tmp_path)
    for text in ("cuanto cuesta", "hola", "otra cosa", ""):
        for axis, row in chances(loaded, text).items():
            assert row == pytest.approx(chances(taught, text)[axis], abs=1e-3)
    assert loaded.about["utterances"] == len(ROWS)


def test_a_missing_or_damaged_file_says_what_to_do(taught: Classifier, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"bot\.py train understanding"):
        load(tmp_path)
    save(taught, tmp_path)
    (tmp_path / ARRAYS).write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(TrainingError, match="no usable classifier"):
        load(tmp_path)


@pytest.mark.parametrize("change", [{"form": 99}, {"buckets": 7}, {"heads": {}}, {"heads": {"intent": {}}}])
def test_another_form_is_refused(taught: Classifier, tmp_path: Path, change: dict[str, object]) -> None:
    save(taught, tmp_path)
    about = json.loads((tmp_path / ABOUT).read_text(encoding="utf-8"))
    (tmp_path / ABOUT).write_text(json.dumps(about | change), encoding="utf-8")
    with pytest.raises(TrainingError):
        load(tmp_path)


def test_the_shipped_classifier_is_small_and_knows_every_class() -> None:
    shipped = load()
    assert (FOLDER / ARRAYS).stat().st_size < LARGEST
    assert {axis: set(head.classes) for axis, head in shipped.heads.items()} == {
        axis: {member.value for member in members} for axis, members in AXES.items()
    }
