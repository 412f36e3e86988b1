"""JUnit's XML."""

from pathlib import Path
from xml.etree import ElementTree

from evals.junit import write_junit
from evals.record import Verdict
from tests.evaluations import make_conversation

VERDICT = Verdict(
    check="answers: price",
    kind="answers",
    area="style",
    turn=4,
    passed=False,
    expected="price",
    actual="open: <price> \x1b",
    around=("¿precio?", "Depende."),
)


def test_each_conversation_is_a_case_of_its_suite(tmp_path: Path) -> None:
    conversations = [
        make_conversation(seed=0),
        make_conversation(seed=1, passed=False, verdicts=[VERDICT]),
        make_conversation(seed=2, passed=False, error="KeyError: x"),
        make_conversation(seed=3, passed=False, prospect_faults=["it said two things"]),
    ]
    write_junit(conversations, {("una-pregunta", 0): 0.25}, tmp_path / "junit.xml")
    [suite] = ElementTree.parse(tmp_path / "junit.xml").getroot()  # noqa: S314 - written just above
    assert {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
    }
    good, failed, broken, spoilt = suite
    assert (good.get("name"), good.get("time"), list(good)) == ("una-pregunta[0]", "0.250", [])
    assert "Depende." in (failed[0].text or "") and "answers: price" in failed[0].get("message", "")
    assert (broken[0].tag, spoilt[0].tag) == ("error", "skipped")
