"""The record of a turn as one JSON object: what `chat --json` prints and the evals read."""

from typing import Any

from core.domain.turn import TurnResult


def turn_record(line: str, result: TurnResult) -> dict[str, Any]:
    """The record. `probability` is the predicted one of a sale; `evidence` the facts that the turn's tools brought."""
    perception, selection = result.perception, result.selection
    return {
        "input": line,
        "texts": [message.text for message in result.outgoing if message.text],
        "buttons": [
            button.model_dump(exclude_defaults=True) for message in result.outgoing for button in message.buttons
        ],
        "media": [
            message.media.model_dump(mode="json", exclude={"content"}) for message in result.outgoing if message.media
        ],
        "stage": result.stage.value,
        "intent": perception.intent.value if perception else None,
        "objection": perception.objection.value if perception else None,
        "tools": [{"name": call.name, "args": call.args} for call in result.calls],
        "suggestion": selection.suggestion if selection else None,
        "arm": result.arm,
        "probability": result.probability,
        "evidence": [fact.model_dump(mode="json") for fact in result.evidence],
        "model": result.model,
        "model_calls": result.model_calls,
        "prompt_hash": result.prompt_hash,
    }
