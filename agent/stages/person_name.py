"""Reading a name out of what a person typed when asked for it.

A name is short, made of letters, and no sentence. Anything else is refused with a code that says why, so that the
question is asked again in a way that helps; an instruction to a model is just a sentence, and so no name.
"""

import re
import unicodedata
from dataclasses import dataclass

MOST_CHARS = 40
MOST_WORDS = 4

_LEAD_IN = re.compile(
    r"^(hola|buenas|buenos d[ií]as|buenas tardes|buenas noches|claro|s[ií]|ok|pues|hi|hello|ol[aá])[\s,.!¡:-]+",
    re.IGNORECASE,
)
_INTRODUCES = re.compile(
    r"^((yo )?(soy|me llamo|mi nombre es|me dicen|ll[aá]mame|puedes (decirme|llamarme))|my name is|i'?m|i am|me chamo"
    r"|eu sou|sou)\s+",
    re.IGNORECASE,
)
_NO_NAMES = frozenset(
    [
        "acepto",
        "aceptar",
        "claro",
        "listo",
        "dale",
        "continuar",
        "hola",
        "buenas",
        "si",
        "sí",
        "no",
        "ok",
        "okay",
        "vale",
        "gracias",
        "test",
        "prueba",
        "nada",
        "nadie",
        "anonimo",
        "anónimo",
        "usuario",
        "precio",
        "info",
        "informacion",
        "información",
        "quiero",
        "ignora",
        "ignore",
        "olvida",
        "system",
        "prompt",
        "admin",
        "null",
        "none",
        "undefined",
        "select",
        "drop",
        "bot",
        "brenda",
        "jaja",
        "jajaja",
        "adios",
        "adiós",
        "start",
        "ayuda",
        "instrucciones",
        "cuanto",
        "cuánto",
        "cuesta",
        "curso",
        "para",
        "que",
        "qué",
        "como",
        "cómo",
        "por",
        "porque",
    ]
)


@dataclass(frozen=True, slots=True)
class NameReading:
    """Either a name, or the reason why there is none: "empty", "digits", "long", "sentence" or "question"."""

    name: str = ""
    reason: str = ""


def read_name(text: str) -> NameReading:
    """The name in `text`, in its usual capitals."""
    words = _clean(text)
    if not any(character.isalnum() for character in words):
        return NameReading(reason="empty")
    if "?" in words or "¿" in words:
        return NameReading(reason="question")
    for pattern in (_LEAD_IN, _LEAD_IN, _INTRODUCES):
        words = pattern.sub("", words, count=1)
    words = re.split(r"[,.;:!¡()\n]| y (?:quiero|me|tengo|soy)\b", words, maxsplit=1)[0].strip(" '-")
    return _judged(words)


def _judged(words: str) -> NameReading:
    if any(character.isdigit() for character in words):
        return NameReading(reason="digits")
    parts = words.split()
    if len(parts) > MOST_WORDS or any(part.casefold() in _NO_NAMES for part in parts) or not _lettered(words):
        return NameReading(reason="sentence")
    if len(words) > MOST_CHARS:
        return NameReading(reason="long")
    if not any(character.isalpha() for character in words):
        return NameReading(reason="sentence")
    return NameReading(name=" ".join(_capitalised(part) for part in parts))


def _clean(text: str) -> str:
    """One line, without control, formatting and zero-width characters, emoji and markup."""
    kept = (
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", text)
        if character.isspace() or unicodedata.category(character)[0] in "LNPM"
    )
    return " ".join("".join(kept).split())


def _lettered(words: str) -> bool:
    return all(
        character.isalpha() or unicodedata.category(character) == "Mn" or character in " '’-" for character in words
    )


def _capitalised(part: str) -> str:
    if part.casefold() in ("de", "la", "del", "los", "da", "dos", "e", "y"):
        return part.casefold()
    return part if any(character.isupper() for character in part[1:]) and not part.isupper() else part.capitalize()
