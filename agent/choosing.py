"""Choosing: which tools the model sees in this turn, which one is suggested, and what it is briefed with."""

from agent.brief import compose
from agent.policy import parse_policy
from agent.predicting import prediction_of
from agent.selection import Situation, select
from agent.state import Scratch
from agent.talk import Talk
from agent.toolbox import NAMES, schemas
from core.context import Context
from core.learning.predictor import Features


async def choose(context: Context, scratch: Scratch) -> Scratch:
    """Draw, record, and brief the model."""
    talk = scratch.talk
    features = features_of(context, scratch, talk)
    situation = Situation(
        turn_id=context.turn_id,
        stage=scratch.draft.stage,
        arm=context.arm,
        perception=scratch.perception,
        talk=talk,
        features=features,
        prediction=await prediction_of(context, scratch, features),
        live_offers=context.live_offers,
        floor=context.settings.exploration_floor,
        recommender=context.recommender,
        booked=any(fact.key == "booking.starts_at" for fact in context.facts),
    )
    selection = select(parse_policy(context.prompts.text("selection.toml")), situation, NAMES)
    return scratch.with_exchange(
        selection=selection,
        brief=compose(context, scratch, talk, selection),
        schemas=schemas(context.prompts, selection.offered),
    )


def features_of(context: Context, scratch: Scratch, talk: Talk) -> Features:
    """What is known of the lead at the moment of decision, and nothing later."""
    habits, perception = talk.habits, scratch.perception
    turns = max(habits.turns, 1)
    profile = context.lead.profile.model_dump(exclude_none=True)
    return {
        "stage": scratch.draft.stage.value,
        "intent": perception.intent.value,
        "objection": perception.objection.value,
        "emotion": perception.emotion.value,
        "turns": float(habits.turns),
        "words_per_message": round(habits.words / turns, 2),
        "questions": float(habits.questions),
        "tools": float(habits.tools),
        "objections": float(habits.objections),
        "positive_share": round(habits.positive / turns, 3),
        "negative_share": round(habits.negative / turns, 3),
        "profile": round(len(profile) / len(type(context.lead.profile).model_fields), 3),
        "downloads": float(context.downloads),
        "hours_known": round((context.now - context.lead.created_at).total_seconds() / 3600, 2),
        "source": context.lead.source or "",
        "hour": float(context.now.hour),
    }
