"""Optional: sentiment and emotion read by Hugging Face pipelines instead of the classifier's heads.

For whoever has the extra `[transformers]` and a model fine-tuned on Spanish at hand (a local folder or a name on the
hub). The rest of the reading stays `understanding`'s. A label that the table below does not know, or a probability
below the threshold, leaves the reading as it was. transformers and torch are imported when a pipeline is built.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.perception import Emotion, Perception, Sentiment
from core.errors import SettingsError
from core.learning.words import MAX_CHARACTERS, plain

Pipeline = Callable[[str], list[dict[str, Any]]]

SENTIMENTS: Mapping[str, Sentiment] = {
    **dict.fromkeys(("pos", "positive", "positivo", "5 stars", "4 stars", "label_2"), Sentiment.POSITIVE),
    **dict.fromkeys(("neu", "neutral", "neutro", "3 stars", "label_1"), Sentiment.NEUTRAL),
    **dict.fromkeys(("neg", "negative", "negativo", "2 stars", "1 star", "label_0"), Sentiment.NEGATIVE),
}
EMOTIONS: Mapping[str, Emotion] = {
    **dict.fromkeys(("joy", "alegria", "excited", "excitement", "surprise", "sorpresa"), Emotion.EXCITED),
    **dict.fromkeys(("anger", "ira", "enojo", "disgust", "asco", "frustrated", "annoyance"), Emotion.FRUSTRATED),
    **dict.fromkeys(("confusion", "confused"), Emotion.CONFUSED),
    **dict.fromkeys(("sceptical", "skeptical", "disapproval"), Emotion.SCEPTICAL),
    **dict.fromkeys(("others", "other", "otros", "neutral", "sadness", "tristeza", "fear", "miedo"), Emotion.NEUTRAL),
}


@dataclass(frozen=True, slots=True)
class TransformersReading:
    """Reads like `understand`: call it with a text. Either pipeline may be None."""

    understand: Callable[[str], Perception]
    sentiment: Pipeline | None
    emotion: Pipeline | None
    threshold: float = 0.5

    def __call__(self, text: str) -> Perception:
        """The reading of `understand`, with the mood that the pipelines see."""
        reading = self.understand(text)
        changes: dict[str, Any] = {}
        sure: dict[str, float] = {}
        for axis, pipeline, known in (("sentiment", self.sentiment, SENTIMENTS), ("emotion", self.emotion, EMOTIONS)):
            label, chance = _first(pipeline, text)
            if label in known and chance >= self.threshold:
                changes[axis], sure[axis] = known[label], round(chance, 3)
        changes["confidence"] = reading.confidence.model_copy(update=sure)
        return reading.model_copy(update=changes)


def build_pipeline(model: str) -> Pipeline:
    """A text classification pipeline on the CPU.

    Args:
        model: a folder that holds a model with its tokenizer, or a name on the hub.

    Raises:
        SettingsError: transformers is not installed, or the model cannot be loaded.
    """
    try:
        from transformers import pipeline  # type: ignore[import-not-found, unused-ignore]
    except ImportError as error:
        raise SettingsError("Reading moods with transformers needs the extra: uv sync --extra transformers") from error
    try:
        built: Pipeline = pipeline("text-classification", model=model, truncation=True, device=-1)
    except (OSError, ValueError) as error:
        raise SettingsError(f"The model {model!r} cannot be loaded: {error}") from error
    return built


def _first(pipeline: Pipeline | None, text: str) -> tuple[str, float]:
    """The likeliest label in lower case without accents, and its probability; nothing without words or pipeline."""
    if pipeline is None or not text.strip():
        return "", 0.0
    found = pipeline(text[:MAX_CHARACTERS])
    return (plain(str(found[0]["label"])), float(found[0]["score"])) if found else ("", 0.0)
