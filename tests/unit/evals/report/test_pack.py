"""Conversations as a page keeps them."""

import gzip
import json
from base64 import b64decode
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from evals.report.pack import packed, told
from tests.eval_runs import make_plays, make_run

Json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(Json)
def test_what_is_packed_comes_back_and_can_end_no_element(value: object) -> None:
    text = packed(value)
    assert json.loads(gzip.decompress(b64decode(text))) == value
    assert "<" not in text and text == packed(value)


def test_a_conversation_keeps_what_was_said_and_why_and_leaves_out_what_is_empty(tmp_path: Path) -> None:
    run = make_run(tmp_path, "uno", make_plays([True, False]))
    good, bad = told(run)
    [turn] = good["turns"]
    assert turn["heard"] == ("hola",) and turn["texts"] == ("Cuesta 249 USD.",)
    assert turn["selection"]["refused"] == {"present_offer": "no_live_offer"} and "buttons" not in turn
    assert good["seed"] == 0 and "verdicts" not in good and bad["verdicts"][0]["check"] == "says: 249"
    assert [one["seed"] for one in told(run, {("una-pregunta", 1)})] == [1]
