"""A turn as it is written down."""

from core.domain.evidence import Fact, FactKind
from core.domain.funnel import Stage
from core.domain.messages import Button, Media, MediaKind, Outgoing
from core.domain.perception import Confidence, Intent, Perception
from core.domain.tools import ToolCall
from core.domain.turn import Event, TurnResult
from evals.steps import Presses
from evals.turn_record import record_of
from tests.evaluations import NOW


def test_it_holds_what_was_decided_and_no_file_that_was_made_for_the_person() -> None:
    result = TurnResult(
        turn_id="t",
        at=NOW,
        stage=Stage.DEMO,
        heard=("[Ver la demo]",),
        outgoing=(
            Outgoing(text="Aquí está.", buttons=(Button(label="Abrir", url="http://127.0.0.1/x"),)),
            Outgoing(media=Media(kind=MediaKind.DOCUMENT, path="mis-datos.json", content="{secreto}")),
        ),
        perception=Perception(intent=Intent.WANTS_DEMO, confidence=Confidence(intent=0.3333333333333)),
        calls=(ToolCall(name="create_demo_link", missing="no_course"),),
        evidence=(Fact(key="demo.link", kind=FactKind.LINK, value="http://127.0.0.1/x", source="demo_links:1"),),
        events=(Event(kind="tool_used"),),
        model="embedded",
        probability=1 / 3,
    )
    record = record_of(4, Presses(presses="ask.demo"), result, (), False)
    assert (record.number, record.step, record.said) == (4, {"presses": "ask.demo"}, "Aquí está.")
    assert record.perception == {"intent": "wants_demo"} and record.probability == 0.333333333
    assert record.tools == ({"name": "create_demo_link", "args": {}, "missing": "no_course"},)
    assert record.buttons == ({"label": "Abrir", "url": "http://127.0.0.1/x"},)
    assert record.media == ({"kind": "document", "path": "mis-datos.json", "caption": ""},)
    assert "secreto" not in record.model_dump_json()
