"""What a prospect does, as inputs."""

import pytest
from pydantic import TypeAdapter, ValidationError

from core.domain.messages import Input, InputKind
from evals.steps import Step

SHOWN = [("Acepto", "consent.accept"), ("Ir al pago", "")]
READ: TypeAdapter[Step] = TypeAdapter(Step)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ({"says": ["hola", "¿precio?"]}, [Input(kind=InputKind.TEXT, text=text) for text in ("hola", "¿precio?")]),
        ({"presses": "acepto"}, [Input(kind=InputKind.BUTTON, action="consent.accept", text="Acepto")]),
        ({"presses": "consent.accept"}, [Input(kind=InputKind.BUTTON, action="consent.accept", text="Acepto")]),
        ({"presses": "course.old"}, [Input(kind=InputKind.BUTTON, action="course.old")]),
        ({"commands": "/baja"}, [Input(kind=InputKind.COMMAND, action="baja")]),
        ({"sends": "voice"}, [Input(kind=InputKind.VOICE)]),
        ({"edits": "hola!"}, [Input(kind=InputKind.EDITED, text="hola!")]),
        (
            {"forwards": "cadena", "from": "tía"},
            [Input(kind=InputKind.TEXT, text="cadena", data={"forwarded_from": "tía"})],
        ),
        ({"waits": "2 days"}, []),
        ({"world": "paid"}, []),
    ],
)
def test_each_step_reaches_the_chat_as_what_it_is(step: dict[str, object], expected: list[Input]) -> None:
    assert list(READ.validate_python(step).inputs(SHOWN)) == expected


@pytest.mark.parametrize(
    "step", [{"shouts": "hola"}, {"says": "hola", "loudly": True}, {"world": "ends"}, {"waits": "long"}, "hola"]
)
def test_what_is_no_step_is_refused(step: object) -> None:
    with pytest.raises(ValidationError):
        READ.validate_python(step)
