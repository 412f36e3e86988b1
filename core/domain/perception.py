"""What one message of a prospect was understood to mean."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Intent(StrEnum):
    """What the person wants with this message."""

    EXPLORATION = "exploration"
    FREE_RESOURCES = "free_resources"
    PRICE_QUESTION = "price_question"
    BUYING_SIGNAL = "buying_signal"
    WANTS_DEMO = "wants_demo"
    WANTS_HUMAN = "wants_human"
    AUTOMATION_NEED = "automation_need"
    CAREER_CHANGE = "career_change"
    GENERAL_QUESTION = "general_question"
    SMALL_TALK = "small_talk"
    REFUSAL = "refusal"
    STOP_REQUEST = "stop_request"


class Objection(StrEnum):
    """What holds the person back."""

    NONE = "none"
    PRICE = "price"
    TIME = "time"
    VALUE = "value"
    TRUST = "trust"


class Sentiment(StrEnum):
    """Polarity of the message."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


class Emotion(StrEnum):
    """The dominant emotion, as far as the text shows one."""

    FRUSTRATED = "frustrated"
    EXCITED = "excited"
    CONFUSED = "confused"
    SCEPTICAL = "sceptical"
    NEUTRAL = "neutral"


class Language(StrEnum):
    """ISO 639-1 code of the message's language."""

    SPANISH = "es"
    ENGLISH = "en"
    PORTUGUESE = "pt"


class Topic(StrEnum):
    """A matter that a message asks about or brings up. Members stand in the order in which they are answered."""

    AI_IDENTITY = "ai_identity"
    MEMORY = "memory"
    PRICE = "price"
    DISCOUNT = "discount"
    OFFER = "offer"
    BONUS = "bonus"
    PAYMENT = "payment"
    INVOICE = "invoice"
    START_DATE = "start_date"
    DURATION = "duration"
    SCHEDULE = "schedule"
    MODALITY = "modality"
    ACCESS = "access"
    SYLLABUS = "syllabus"
    REQUIREMENTS = "requirements"
    LEVEL = "level"
    AUDIENCE = "audience"
    CERTIFICATE = "certificate"
    GUARANTEE = "guarantee"
    SUPPORT = "support"
    INSTRUCTOR = "instructor"
    TESTIMONIALS = "testimonials"
    CASES = "cases"
    JOBS = "jobs"
    COMPETITORS = "competitors"
    VALUE = "value"
    RESOURCES = "resources"
    PREVIEW = "preview"
    DEMO = "demo"
    HUMAN = "human"
    FOLLOW_UP = "follow_up"
    PRIVACY = "privacy"
    PROBLEM = "problem"
    MINOR = "minor"
    DISTRESS = "distress"
    OUT_OF_SCOPE = "out_of_scope"


class Courtesy(StrEnum):
    """The small gesture that a message makes beside its matter."""

    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    PRAISE = "praise"
    NONE = "none"


class Confidence(BaseModel):
    """The calibrated probability, 0 to 1, of each value that was read; None where only rules read."""

    model_config = ConfigDict(frozen=True)

    intent: float | None = None
    objection: float | None = None
    sentiment: float | None = None
    emotion: float | None = None
    language: float | None = None


class Perception(BaseModel):
    """The reading of one message. `topics` are the matters asked about, in the order of `Topic`'s vocabulary."""

    model_config = ConfigDict(frozen=True)

    intent: Intent = Intent.GENERAL_QUESTION
    objection: Objection = Objection.NONE
    sentiment: Sentiment = Sentiment.NEUTRAL
    emotion: Emotion = Emotion.NEUTRAL
    language: Language = Language.SPANISH
    topics: tuple[Topic, ...] = ()
    confidence: Confidence = Confidence()
