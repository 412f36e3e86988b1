"""The chance that the lead buys, by the predictor that serves now.

The scorecard counts what the talk keeps. A trained one reads the lead's features where they are defined for its
training too, in the database; the moment itself, which is not recorded yet, is handed over with the question, in the
very form in which the turn will be recorded.
"""

from agent.settling import line_of
from agent.state import Scratch
from core.context import Context
from core.db import lead_features
from core.learning.predictor import Features, Prediction, predict


async def prediction_of(context: Context, scratch: Scratch, features: Features) -> Prediction:
    """Score the lead at the moment of decision. `features` are the scorecard's."""
    if context.predictor is None:
        return predict(features)
    if not context.predictor.needs_features:
        return context.predictor.predict({})
    present = {
        "stage": scratch.draft.stage.value,
        "lines": [line_of(given) for given in scratch.request.inputs],
        "perception": scratch.perception.model_dump(mode="json", exclude_defaults=True),
    }
    async with context.pool.connection() as conn:
        measured = await lead_features.as_of(conn, context.lead.id, context.now, present)
    return context.predictor.predict(measured)
