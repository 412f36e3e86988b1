"""A turn's result as it is written down."""

from typing import Any

from pydantic import BaseModel

from core.domain.turn import TurnResult
from evals.record import ModelRequest, TurnRecord

SELECTION = {"features", "exploration_floor", "predictor", "recommender"}
"""Left out of the record: the same in every turn, or in the database."""


def record_of(
    number: int, step: BaseModel, result: TurnResult, requests: tuple[ModelRequest, ...], prelude: bool
) -> TurnRecord:
    """The record. A file that was made for the person is named, not kept."""
    selection = result.selection
    return TurnRecord(
        number=number,
        at=result.at.isoformat(),
        prelude=prelude,
        step=step.model_dump(mode="json", exclude_defaults=True, exclude={"checks"}, by_alias=True),
        heard=result.heard,
        texts=tuple(message.text for message in result.outgoing if message.text),
        buttons=tuple(
            button.model_dump(exclude_defaults=True) for message in result.outgoing for button in message.buttons
        ),
        media=tuple(
            message.media.model_dump(mode="json", exclude={"content"}) for message in result.outgoing if message.media
        ),
        to_advisor=result.to_advisor,
        stage=result.stage,
        perception=_perception(result),
        tools=tuple({"name": call.name, "args": call.args, "missing": call.missing} for call in result.calls),
        selection=_rounded(selection.model_dump(mode="json", exclude=SELECTION)) if selection else None,
        arm=result.arm,
        probability=_rounded(result.probability),
        evidence=tuple(fact.model_dump(mode="json", exclude_defaults=True) for fact in result.evidence),
        events=tuple({"kind": event.kind, "payload": event.payload} for event in result.events),
        consents=tuple({"kind": tick.kind.value, "granted": tick.granted} for tick in result.consents),
        model=result.model,
        model_calls=result.model_calls,
        requests=requests,
    )


def _perception(result: TurnResult) -> dict[str, Any]:
    if result.perception is None:
        return {}
    return result.perception.model_dump(mode="json", exclude_defaults=True, exclude={"confidence"})


def _rounded(value: Any) -> Any:
    """Probabilities to nine decimals: another machine's last bit is no other result."""
    if isinstance(value, float):
        return round(value, 9)
    return {key: _rounded(each) for key, each in value.items()} if isinstance(value, dict) else value
