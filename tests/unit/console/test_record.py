"""The record of a turn as `chat --json` prints it."""

import json

from channels.console.record import turn_record
from core.domain.evidence import Fact, FactKind
from core.domain.funnel import Stage
from core.domain.messages import Button, Media, MediaKind, Outgoing
from core.domain.perception import Intent, Objection, Perception
from core.domain.tools import ToolCall
from core.domain.turn import TurnResult
from tests.deals import NOW

KEYS = [
    *("input", "texts", "buttons", "media", "stage", "intent", "objection", "tools", "suggestion", "arm"),
    *("probability", "evidence", "model", "model_calls", "prompt_hash"),
]


def test_it_has_the_keys_that_the_evals_read_and_is_json() -> None:
    result = TurnResult(
        turn_id="t",
        at=NOW,
        stage=Stage.DEMO,
        outgoing=(
            Outgoing(text="Hola", buttons=(Button(label="Sí", action="yes"),)),
            Outgoing(media=Media(kind=MediaKind.DOCUMENT, path="mis-datos.json", content="{secreto}")),
        ),
        perception=Perception(intent=Intent.BUYING_SIGNAL, objection=Objection.PRICE),
        calls=(ToolCall(name="show_syllabus", args={"x": 1}, missing="no_course"),),
        evidence=(Fact(key="course.price", kind=FactKind.MONEY, value="300", unit="USD", source="courses:1"),),
        model="embedded",
        model_calls=2,
    )
    record = json.loads(json.dumps(turn_record("¿y eso?", result)))
    assert list(record) == KEYS
    assert (record["input"], record["stage"], record["texts"]) == ("¿y eso?", "demo", ["Hola"])
    assert record["buttons"] == [{"label": "Sí", "action": "yes"}]
    assert record["media"] == [{"kind": "document", "path": "mis-datos.json", "caption": ""}]
    assert record["tools"] == [{"name": "show_syllabus", "args": {"x": 1}}]
    assert (record["intent"], record["objection"], record["model_calls"]) == ("buying_signal", "price", 2)
    assert record["evidence"][0]["source"] == "courses:1"


def test_a_turn_in_which_nothing_happened_is_a_record_too() -> None:
    record = turn_record("", TurnResult(turn_id="t", at=NOW, stage=Stage.HANDOFF))
    assert list(record) == KEYS
    assert (record["texts"], record["intent"], record["suggestion"], record["model"]) == ([], None, None, None)
