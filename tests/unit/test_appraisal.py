"""The figures of an appraisal, on cases that can be counted by hand."""

import pytest

from core.domain.perception import Confidence, Intent, Objection, Perception
from core.learning.appraisal import appraise
from core.learning.utterances import Utterance


def row(intent: str, objection: str = "none", family: str = "f") -> Utterance:
    labels = {"intent": intent, "objection": objection, "sentiment": "neutral", "emotion": "neutral", "language": "es"}
    return Utterance(family, "t", labels, "MX", "phone")


def test_macro_f1_weighs_classes_alike() -> None:
    rows = [row("refusal"), row("refusal"), row("refusal"), row("small_talk")]
    said = [Perception(intent=Intent.REFUSAL)] * 4
    intent = appraise(rows, said)[0]
    assert intent.f1 == {"refusal": pytest.approx(6 / 7), "small_talk": 0.0}
    assert intent.macro_f1 == pytest.approx(3 / 7)
    assert intent.accuracy == 0.75
    assert intent.confusion["small_talk", "refusal"] == 1


def test_false_alarms_are_counted_among_messages_without_an_objection() -> None:
    rows = [row("small_talk"), row("small_talk"), row("small_talk", "price")]
    said = [Perception(objection=Objection.PRICE), Perception(), Perception(objection=Objection.PRICE)]
    objection = appraise(rows, said)[1]
    assert objection.false_alarms == 0.5


def test_alarms_in_hard_negatives_are_counted_apart() -> None:
    rows = [row("small_talk"), row("small_talk", family="chat.precioso"), row("small_talk", family="x.hard_negative_y")]
    said = [Perception(), Perception(objection=Objection.PRICE), Perception()]
    objection = appraise(rows, said)[1]
    assert (objection.false_alarms, objection.tempted) == (0.0, 0.5)


def test_calibration_error_is_the_distance_between_promise_and_truth() -> None:
    rows = [row("small_talk")] * 4
    right = Perception(intent=Intent.SMALL_TALK, confidence=Confidence(intent=0.85))
    wrong = Perception(intent=Intent.REFUSAL, confidence=Confidence(intent=0.85))
    assert appraise(rows, [right, right, right, wrong])[0].calibration_error == pytest.approx(0.1)


def test_rules_promise_nothing() -> None:
    assert appraise([row("small_talk")], [Perception()])[0].calibration_error is None
