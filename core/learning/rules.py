"""Rules: the reading of a message by the phrases of the lexicon alone.

A message becomes plain tokens (`words`), the phrases of the lexicon are found in them (`phrases`), and the labels found
are weighed here: a wish to be left alone outweighs everything, a wish for a human or to buy outweighs a question, and a
question outweighs a greeting. Pure, and well under a millisecond for what people type. The classifier learns from what
was found here beside the words themselves; `understanding` puts both together. Distress outweighs every reading but a
wish to be left alone, and a forwarded message buys nothing: its words are somebody else's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.perception import Courtesy, Emotion, Intent, Language, Objection, Perception, Sentiment, Topic
from core.learning.borrowed import forwarded
from core.learning.lexicon import lexicon
from core.learning.phrases import Hit, find
from core.learning.words import ASKED, EDGES, raw_words, squeezed, tokenise

ENGLISH = frozenset(
    """
    the what how is are you i my to of it do does can could would want need hello hi thanks thank much price cost
    please this that for with your and have im its when where dont not a about interested yes sure course
""".split()
)
PORTUGUESE = frozenset(
    """
    voce voces nao quanto custa quero obrigado obrigada isso uma um eu tem meu minha preco oi bom boa dia noite
    tarde a como faco posso muito qual esta quando aula o os do da em com para sim tudo bem gostaria saber mais
""".split()
)
SPANISH = frozenset(
    """
    el la los las que de un una cuanto quiero hola es en y por para con mi me no si cuesta como esta precio curso
    del a muy tengo bien gracias al lo se su o dia tarde noche qual saber mas buenas buenos cuando donde pero soy
""".split()
)
SHARED = PORTUGUESE & SPANISH

# Labels whose mere presence decides, the weightiest first.
DECISIVE = (
    ("intent.stop", Intent.STOP_REQUEST),
    ("intent.refusal", Intent.REFUSAL),
    ("intent.human", Intent.WANTS_HUMAN),
    ("intent.buy", Intent.BUYING_SIGNAL),
    ("intent.demo", Intent.WANTS_DEMO),
)
PRICE_TOPICS = frozenset({Topic.PRICE, Topic.DISCOUNT, Topic.OFFER, Topic.PAYMENT})
CONTENT_TOPICS = frozenset(
    {Topic.SYLLABUS, Topic.LEVEL, Topic.AUDIENCE, Topic.TESTIMONIALS, Topic.CASES, Topic.COMPETITORS, Topic.VALUE}
)
TAKES_BACK_A_NO = frozenset({"intent.human", "intent.buy", "intent.demo", "intent.resources"})
ALWAYS_STANDS = frozenset({"intent.stop", "intent.refusal", "intent.decline", "none"})
# Who says these after a question says yes, also when thanks follow; "perfecto, gracias" only ends a matter.
PLAIN_YES = frozenset(
    """
    si sii claro dale yes yep yeah sure sim adelante obvio acepto simon afirmativo quiero gustaria encantaria interesa
    pasame mandame enviame dame muestrame pasa manda envia mandamelo pasamelo enviamelo muestramelo mandalo mandala
    mandamela pasamela cuentame hagale hagamosle late
""".split()
)
CHATS = frozenset({"intent.chat", "intent.affirm", "intent.decline", "intent.postpone"})
CLOSES_BESIDE = frozenset({"intent.affirm", "chat.thanks", "chat.farewell", "chat.greeting"})
OBJECTION_ORDER = (Objection.PRICE, Objection.TIME, Objection.TRUST, Objection.VALUE)
EMOTION_ORDER = (Emotion.FRUSTRATED, Emotion.CONFUSED, Emotion.SCEPTICAL, Emotion.EXCITED)
NEGATIVE_EMOTIONS = frozenset({Emotion.FRUSTRATED, Emotion.SCEPTICAL, Emotion.CONFUSED})


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in a message.

    `raw` are the words as typed, `tokens` the corrected ones with the edges of clauses. `labels` hold; `denied` were
    found but negated; `after_no` are those that follow a refusal. `glad` and `upset`: the emoji show that mood.
    """

    raw: tuple[str, ...]
    tokens: tuple[str, ...]
    labels: frozenset[str]
    denied: frozenset[str]
    after_no: frozenset[str]
    asked: bool
    wordless: bool
    glad: bool
    upset: bool


def read(text: str) -> Reading:
    """Find the phrases of one message, or of several joined by newlines. Never raises, whatever the text."""
    book = lexicon()
    raw = raw_words(text)
    tokens = tokenise(raw, book.spelling)
    hits = find(tokens, book.phrases)
    said_no = next((hit.end for hit in hits if "intent.refusal" in hit.labels), len(tokens))
    labels = frozenset(label for hit in hits for label in _standing(hit))
    return Reading(
        raw=tuple(raw),
        tokens=tokens,
        labels=labels,
        denied=frozenset(label for hit in hits if hit.negated for label in hit.labels) - labels,
        after_no=frozenset(label for hit in hits if hit.start >= said_no - 1 for label in _standing(hit)),
        asked=ASKED in tokens,
        wordless=all(token in EDGES for token in tokens),
        glad=any(character in book.glad for character in text),
        upset=any(character in book.upset for character in text),
    )


def judge(reading: Reading) -> Perception:
    """What a message means by the rules alone."""
    topics = _topics(reading.labels)
    objection = _objection(reading)
    emotion = _emotion(reading.labels, objection)
    return Perception(
        intent=_intent(reading, topics, objection),
        objection=objection,
        sentiment=_sentiment(reading, objection, emotion),
        emotion=emotion,
        language=language(reading.raw),
        topics=topics,
    )


def affirms(text: str) -> bool:
    """Whether a message as a whole says yes to what was just proposed."""
    reading = read(text)
    labels = reading.labels
    if "intent.affirm" not in labels or labels & {"intent.stop", "intent.refusal", "intent.decline", "intent.postpone"}:
        return False
    return "chat.thanks" not in labels or bool(PLAIN_YES & set(reading.tokens))


def postpones(text: str) -> bool:
    """Whether a message as a whole takes its leave to think, and neither asks nor doubts."""
    return closes_to_think(read(text))


def closes_to_think(reading: Reading) -> bool:
    """Whether who wrote this goes to think it over in peace: "va, lo pienso", "vou pensar com calma".

    A bare "lo tengo que pensar" is a doubt that may still be helped, and so is "me lo pienso y te digo".
    """
    labels, words = reading.labels, set(reading.tokens)
    if "intent.postpone" not in labels or reading.asked or any(label.startswith("topic.") for label in labels):
        return False
    doubts = labels & {"objection.price", "objection.time", "objection.trust", "intent.stop", "intent.refusal"}
    wishes = labels & TAKES_BACK_A_NO
    parting = bool(labels & CLOSES_BESIDE) or "calma" in words
    return parting and not doubts and not wishes


def declines(text: str) -> bool:
    """Whether a message as a whole says no, or not now, to what was just proposed."""
    labels = read(text).labels
    return "intent.decline" in labels and not labels & TAKES_BACK_A_NO


def courtesy(text: str) -> Courtesy:
    """The weightiest gesture of a message: a farewell, thanks, praise, a greeting, or none."""
    labels = read(text).labels
    order = (Courtesy.FAREWELL, Courtesy.THANKS, Courtesy.PRAISE, Courtesy.GREETING)
    return next((gesture for gesture in order if f"chat.{gesture.value}" in labels), Courtesy.NONE)


def language(raw: Sequence[str]) -> Language:
    """Spanish unless the function words of another language outnumber those of Spanish."""
    words = [word for word in map(squeezed, raw) if word not in SHARED]
    spanish = sum(word in SPANISH for word in words)
    english = sum(word in ENGLISH for word in words)
    portuguese = sum(word in PORTUGUESE for word in words)
    if max(english, portuguese) <= spanish:
        return Language.SPANISH
    return Language.ENGLISH if english >= portuguese else Language.PORTUGUESE


def _standing(hit: Hit) -> tuple[str, ...]:
    """The labels of a hit that survive a negation before it."""
    if not hit.negated:
        return hit.labels
    return tuple(label for label in hit.labels if label in ALWAYS_STANDS or label.startswith("topic."))


def _topics(labels: frozenset[str]) -> tuple[Topic, ...]:
    implied = {"intent.demo": Topic.DEMO, "intent.human": Topic.HUMAN, "intent.resources": Topic.RESOURCES}
    found = {topic for label, topic in implied.items() if label in labels}
    return tuple(topic for topic in Topic if topic in found or f"topic.{topic.value}" in labels)


def _intent(reading: Reading, topics: tuple[Topic, ...], objection: Objection) -> Intent:
    labels = reading.labels - _unsaid(reading)
    decided = next((intent for label, intent in DECISIVE if label in labels), None)
    if decided is not None:
        return decided
    if PRICE_TOPICS & set(topics):
        return Intent.PRICE_QUESTION
    return _quieter_intent(labels, topics, objection, reading)


def _unsaid(reading: Reading) -> frozenset[str]:
    """Labels found that do not hold: a no that was taken back, or that is despair, and another's wish to buy."""
    no_refusal = took_back(reading) or "topic.distress" in reading.labels
    refusal = {"intent.refusal"} if no_refusal else set()
    return frozenset(refusal | ({"intent.buy"} if forwarded(reading.raw) else set()))


def _quieter_intent(
    labels: frozenset[str], topics: tuple[Topic, ...], objection: Objection, reading: Reading
) -> Intent:
    if "intent.resources" in labels:
        return Intent.FREE_RESOURCES
    if "intent.career" in labels:
        return Intent.CAREER_CHANGE
    if "intent.automation" in labels:
        return Intent.AUTOMATION_NEED
    if topics:
        return Intent.EXPLORATION if CONTENT_TOPICS & set(topics) else Intent.GENERAL_QUESTION
    if "intent.explore" in labels:
        return Intent.EXPLORATION
    chatted = bool(labels & CHATS) and objection is Objection.NONE
    return Intent.SMALL_TALK if chatted or reading.wordless else Intent.GENERAL_QUESTION


def took_back(reading: Reading) -> bool:
    """A no that is followed by a wish or a question about the course was a no to something else."""
    wishes = bool(TAKES_BACK_A_NO & reading.after_no)
    questions = {label for label in reading.after_no if label.startswith("topic.")} - {"topic.privacy"}
    return wishes or bool(questions)


def _objection(reading: Reading) -> Objection:
    if closes_to_think(reading):
        return Objection.NONE
    return _first(reading.labels, "objection", OBJECTION_ORDER) or Objection.NONE


def _first(labels: frozenset[str], family: str, order: Sequence[Objection]) -> Objection | None:
    return next((member for member in order if f"{family}.{member.value}" in labels), None)


def _emotion(labels: frozenset[str], objection: Objection) -> Emotion:
    found = next((emotion for emotion in EMOTION_ORDER if f"emotion.{emotion.value}" in labels), None)
    if found is None or found is Emotion.EXCITED:
        return Emotion.SCEPTICAL if objection is Objection.TRUST else found or Emotion.NEUTRAL
    return found


def _sentiment(reading: Reading, objection: Objection, emotion: Emotion) -> Sentiment:
    labels = reading.labels
    held_back = objection is not Objection.NONE or bool(labels & {"intent.stop", "sentiment.negative"})
    score = ("sentiment.positive" in labels) + (emotion is Emotion.EXCITED) + ("intent.buy" in labels)
    score -= held_back + (emotion in NEGATIVE_EMOTIONS)
    score += reading.glad - reading.upset
    if score == 0:
        return Sentiment.NEUTRAL
    return Sentiment.POSITIVE if score > 0 else Sentiment.NEGATIVE
