"""Who speaks: Brenda is an AI, so a text in which she is a human, or no AI, or bears another name, is false.

Found: "soy humana", "no soy un bot", "me llamo Laura", "I'm a real person", "você está falando com uma pessoa". Not
found: denials of the first ("no soy una persona"), what is only asked ("preguntas si soy humana"), offers of a person
of the team, and "no soy un robot cualquiera" in a text that says in plain words that she is an AI.
"""

import re
from typing import Final

from agent.honesty.clauses import before, is_asked_about, is_question, is_supposed
from agent.honesty.plaintext import straightened

_MACHINE: Final = (
    r"(?:ia|ai|inteligencia artificial|artificial intelligence|maquina|machine|programa|computadora|computer|software"
    r"|asistente (?:virtual|de ia|automatic[oa])|virtual assistant|modelo de lenguaje|language model)"
)
_BOT: Final = r"(?:ro)?bots?|chat ?bots?|robo"
_REAL: Final = r"(?:real|de verdad|verdader[oa]|humana?|de carne y hueso|de carne e osso|como tu|igual que tu)"
_HUMAN: Final = re.compile(
    r"\b(?:soy|sou)(?: tambien| tambem| totalmente| completamente| una?| um| uma)*"
    rf" (?:human[oa]s?|ser humano|mujer|mulher|hombre|homem|chic[oa]|persona|pessoa|{_REAL})\b"
    rf"|\b(?:estas|esta|aqui|ahora|voce esta) (?:hablas?|hablando|chateando|conversando|tratando|falando) (?:con|com)"
    rf" (?:una?|um|uma|alguien|alguem)(?: (?:ser )?(?:humana?o?|persona|pessoa)| {_REAL})\b"
    r"|\bi(?:'m| am) (?:(?:a|an|also|really|actually|very|100%|real|actual|living|human|normal) ){0,4}"
    r"(?:human(?! resources)|person|woman|man|girl|guy|lady)\b"
    r"|\byou(?:'re| are) (?:talking|speaking|chatting) (?:to|with) (?:a|an) (?:(?:real|actual|live|human) ){0,2}"
    r"(?:human|person|woman|man)\b"
)
_NO_MACHINE: Final = re.compile(
    rf"\b(?:(?:no|nao|tampoco) (?:soy|sou)(?: una?| um| uma| ningun| ninguna| nenhum| nenhuma)?"
    rf"|i(?:'m| am) not (?:an?|any)|no (?:estas hablando|hablas) con una?|nao esta falando com uma?"
    rf"|you(?:'re| are) not (?:talking|speaking|chatting) (?:to|with) an?)"
    rf" (?:(?P<machine>{_MACHINE})|(?P<bot>{_BOT}))\b"
)
_NAMED: Final = re.compile(
    r"\b(?:me llamo|mi nombre es|me chamo|meu nome e|my name is|my name's)"
    r" (?!brenda\b|asi\b|y\b|como\b|de\b|igual\b|assim\b)[a-z]+"
    r"|\bsoy (?!brenda\b|parte\b|una?\b|la\b)[a-z]{3,20},? (?:y trabajo en|del equipo|de la oficina|de la escuela)\b"
    r"|\byo trabajo (?:en|desde) (?:la|mi|una|nuestra) (?:oficina|casa|escuela)\b"
)
_ADMITTED: Final = re.compile(
    r"(?<!no )(?<!nao )\b(?:soy|sou)(?: brenda,?)?(?: (?:una?|uma))?(?: asistente(?: \w+)? de| assistente de)? (?:ia|"
    r"inteligencia artificial)\b|\bi(?:'m| am)(?: brenda,?)? an ai\b"
)
_DENIED: Final = re.compile(r"\b(?:no|nao|ni|nem|tampoco|nunca|not|never)(?: es que)? $")
_UNSAID: Final = re.compile(
    r"\b(?:no|nao|nunca|jamas|never|not|don't|won't|can't|cannot)\b[^.,!?\n]{0,12}\b(?:dire|decir\w*|digo|fing\w+|negar"
    r"|ocultar\w*|say|tell you|pretend|claim|dizer|fingir|direi)\b[^.,!?\n]{0,8}(?: que| that)? $"
)
_SAMPLE: Final = re.compile(
    r"\b(?:ejemplo|exemplo|example|algo como|escribe|escribir|dime|write|escreva)\W[^.!?]{0,12}$"
)


def find_identity(folded: str) -> list[tuple[int, int]]:
    """Places where the speaker calls herself a human, denies to be an AI, or takes another name."""
    folded = straightened(folded)
    admitted = _ADMITTED.search(folded) is not None
    human = [match for match in _HUMAN.finditer(folded) if not _disowned(match)]
    named = [match for match in _NAMED.finditer(folded) if not _disowned(match) and not _is_sample(match)]
    denied = [match for match in _NO_MACHINE.finditer(folded) if not (match["bot"] and admitted) and not _told(match)]
    return [match.span() for match in (*human, *named, *denied)]


def _disowned(match: re.Match[str]) -> bool:
    """Whether it is denied, or only spoken of."""
    return _DENIED.search(before(match.string, match.start())) is not None or _told(match)


def _told(match: re.Match[str]) -> bool:
    folded, start = match.string, match.start()
    # "Si" alone supposes nothing here: without its accent it may be the very yes that lies.
    supposed = match.group().startswith(("esta", "aqui", "ahora", "you")) and is_supposed(folded, start)
    said = _UNSAID.search(before(folded, start)) is not None
    return supposed or said or is_asked_about(folded, start) or is_question(folded, start, match.end())


def _is_sample(match: re.Match[str]) -> bool:
    return _SAMPLE.search(match.string[max(0, match.start() - 30) : match.start()]) is not None
