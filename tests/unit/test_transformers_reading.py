"""Moods by pipelines: labels are mapped, and a tiny model made here is read when transformers is there."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from core.domain.perception import Emotion, Intent, Perception, Sentiment
from core.errors import SettingsError
from core.learning.transformers_reading import Pipeline, TransformersReading, build_pipeline

INSTALLED = all(importlib.util.find_spec(name) for name in ("transformers", "torch"))
BARE = Perception(intent=Intent.EXPLORATION)


def saying(label: str, score: float) -> Pipeline:
    def answer(text: str) -> list[dict[str, Any]]:
        assert text
        return [{"label": label, "score": score}]

    return answer


def test_the_pipelines_set_the_mood_and_nothing_else() -> None:
    reading = TransformersReading(lambda text: BARE, saying("NEG", 0.91), saying("Anger", 0.8))("qué mal")
    assert (reading.sentiment, reading.emotion, reading.intent) == (
        Sentiment.NEGATIVE,
        Emotion.FRUSTRATED,
        Intent.EXPLORATION,
    )
    assert (reading.confidence.sentiment, reading.confidence.emotion, reading.confidence.intent) == (0.91, 0.8, None)


@pytest.mark.parametrize(("label", "score"), [("NEG", 0.3), ("whatever", 0.99)])
def test_an_unsure_or_unknown_label_changes_nothing(label: str, score: float) -> None:
    assert TransformersReading(lambda text: BARE, saying(label, score), None)("hola") == BARE


def test_no_words_ask_no_pipeline() -> None:
    assert TransformersReading(lambda text: BARE, saying("NEG", 1.0), saying("joy", 1.0))("  ") == BARE


@pytest.mark.skipif(INSTALLED, reason="transformers is installed")
def test_without_the_extra_it_says_how_to_get_it() -> None:
    with pytest.raises(SettingsError, match="--extra transformers"):
        build_pipeline("any")


@pytest.mark.skipif(not INSTALLED, reason="the optional extra [transformers] is not installed")
def test_a_tiny_model_reads_through_a_real_pipeline(tmp_path: Path) -> None:
    from transformers import (  # type: ignore[import-not-found, unused-ignore]
        BertConfig,
        BertForSequenceClassification,
        BertTokenizerFast,
    )

    (tmp_path / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "hola", "mal"]))
    BertTokenizerFast(vocab_file=str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    shape = BertConfig(
        vocab_size=7,
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        id2label={0: "NEG", 1: "NEU", 2: "POS"},
        label2id={"NEG": 0, "NEU": 1, "POS": 2},
    )
    BertForSequenceClassification(shape).save_pretrained(tmp_path)
    reading = TransformersReading(lambda text: BARE, build_pipeline(str(tmp_path)), None, threshold=0.0)("hola mal")
    assert reading.confidence.sentiment is not None
    assert 0 < reading.confidence.sentiment <= 1


@pytest.mark.skipif(not INSTALLED, reason="the optional extra [transformers] is not installed")
def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be loaded"):
        build_pipeline(str(tmp_path))
