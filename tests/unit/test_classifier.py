"""When the classifier is believed, when the rules are, and when the honest answer is that nothing is known."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.learning.classifier import CONCURRING, LEAST, Head, calibrated

CLASSES = ("none", "price", "time")


def head(threshold: float = 0.5, **precision: float) -> Head:
    return Head(CLASSES, "none", 1.0, np.zeros(3), threshold, precision)


def believed(one: Head, chances: list[float], ruled: str = "none") -> str:
    return CLASSES[int(one.believe(np.array([chances]), [ruled])[0])]


@pytest.mark.parametrize(
    ("chances", "label"),
    [
        ([0.2, 0.7, 0.1], "price"),
        ([0.6, 0.3, 0.1], "none"),
        ([0.45, 0.4, 0.15], "price"),
        ([0.45, LEAST - 0.02, LEAST - 0.03], "none"),
    ],
)
def test_a_class_is_known_above_the_threshold_only(chances: list[float], label: str) -> None:
    assert believed(head(), chances) == label


def test_a_head_may_ask_for_a_likelier_class() -> None:
    surer = replace(head(), least=0.5)
    assert believed(surer, [0.45, 0.4, 0.15]) == "none"
    assert believed(surer, [0.4, 0.55, 0.05]) == "price"


def test_rules_that_are_right_more_often_win() -> None:
    assert believed(head(time=0.9), [0.7, 0.1, 0.2], "time") == "time"
    assert believed(head(time=0.6), [0.7, 0.1, 0.2], "time") == "none"
    assert believed(head(), [0.7, 0.1, 0.2], "time") == "none"


def test_rules_do_not_win_against_a_classifier_that_rules_them_out() -> None:
    low = CONCURRING / 2
    assert believed(head(time=0.9), [0.8 - low, 0.2, low], "time") == "none"


def test_calibrated_chances_sum_to_one_and_keep_the_order() -> None:
    chances = calibrated(np.array([[3.0, -1.0, 0.0], [800.0, -800.0, 0.0]]), 2.0, np.zeros(3))
    assert chances.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert (np.argsort(chances, axis=1) == [[1, 2, 0], [1, 2, 0]]).all()


@given(
    scores=st.lists(st.floats(-5, 5), min_size=3, max_size=3),
    ruled=st.sampled_from([*CLASSES, "unheard of"]),
    threshold=st.floats(0, 1),
    precision=st.floats(0, 1),
    least=st.floats(0, 1),
)
def test_one_message_is_believed_as_many_are(
    scores: list[float], ruled: str, threshold: float, precision: float, least: float
) -> None:
    one = replace(head(threshold, **{ruled: precision}), least=least)
    chances = calibrated(np.array(scores), 1.0, np.zeros(3))
    assert one.believe_one(chances, ruled) == one.believe(chances[None], [ruled])[0]
