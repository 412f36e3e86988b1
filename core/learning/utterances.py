"""Utterances: the labelled sentences of the corpus, and of any file of the same form.

A file is tab-separated UTF-8 with one header line. Everything wrong in it is reported at once, by file and line.
Families are split by a hash of their name, within each intent, so that the same families are held out on every machine.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from core.domain.perception import Emotion, Intent, Language, Objection, Sentiment
from core.errors import CorpusError
from core.learning.words import plain

CORPUS = Path(__file__).with_name("corpus")
AXES: dict[str, type[StrEnum]] = {
    "intent": Intent,
    "objection": Objection,
    "sentiment": Sentiment,
    "emotion": Emotion,
    "language": Language,
}
COUNTRIES = frozenset({"MX", "AR", "CO", "ES", "PE", "CL", "US", "BR", "neutral"})
REGISTERS = frozenset({"formal", "neutral", "phone", "slang"})
TEMPTING = ("chat.", "calm.", "hard_negatives.")
"""Beginnings of the names of families that are hard negatives."""
HEADER = ("family", "text", *AXES, "country", "register")


@dataclass(frozen=True, slots=True)
class Utterance:
    """One labelled sentence; `labels` maps each axis to its value."""

    family: str
    text: str
    labels: dict[str, str]
    country: str
    register: str


def read_utterances(paths: Iterable[Path]) -> list[Utterance]:
    """Every utterance of these files, in order.

    Raises:
        CorpusError: a file cannot be read, or holds rows that are malformed; each is named with what would be right.
    """
    found: list[Utterance] = []
    faults: list[str] = []
    for path in paths:
        for place, line in enumerate(_lines(path), start=1):
            fault = _fault(line, place)
            if fault:
                faults.append(f"{path.name}:{place}: {fault}")
            elif place > 1:
                family, text, *values, country, register = line.split("\t")
                found.append(Utterance(family, text, dict(zip(AXES, values, strict=True)), country, register))
    if faults:
        more = f"\n… and {len(faults) - 20} more" if len(faults) > 20 else ""
        raise CorpusError("\n" + "\n".join(faults[:20]) + more)
    return found


def read_corpus(folder: Path = CORPUS) -> list[Utterance]:
    """The whole corpus. Raises CorpusError when a row is malformed or the folder holds no file."""
    paths = sorted(folder.glob("*.tsv"))
    if not paths:
        raise CorpusError(f"{folder} holds no *.tsv file.")
    return read_utterances(paths)


def essence(text: str) -> str:
    """A text without accents, case, punctuation and spacing: two rows of one essence are duplicates."""
    return " ".join(re.findall(r"[^\W_]+|[^\w\s.,;:!?¿¡]", plain(text)))


def split(
    rows: Sequence[Utterance], share: float = 0.25, salt: str = "", named: Callable[[str], str] = str
) -> tuple[list[Utterance], list[Utterance]]:
    """Rows to learn from, and rows of held-out families: about this share of each intent's families.

    A family belongs to the intent of most of its rows. Deterministic: families are ranked by the hash of their name;
    another `salt` is another split, which shows how much of a figure is the luck of the split. `named` says what is
    held out as one: with `idea_of`, whole ideas with all their sentences, which is stricter.
    """
    groups = _families(rows, named).values()
    held = frozenset(name for names in groups for name in _last(names, share, salt))
    return [row for row in rows if named(row.family) not in held], [row for row in rows if named(row.family) in held]


def idea_of(family: str) -> str:
    """The idea that a family's sentence belongs to: "fad" of "fad/outdated_soon"."""
    return family.partition("/")[0]


def tempting(family: str) -> bool:
    """Whether a family holds hard negatives: the words of an objection, or of another class, without its meaning."""
    return family.startswith(TEMPTING) or "hard_negative" in family


def fold_of(family: str, folds: int) -> int:
    """The inner fold of a family, 0 to folds - 1; independent of the held-out split."""
    return int.from_bytes(sha256(f"fold:{family}".encode()).digest()[:8], "big") % folds


def _last(families: Sequence[str], share: float, salt: str) -> Sequence[str]:
    ranked = sorted(families, key=lambda name: sha256(f"{salt}{name}".encode()).hexdigest())
    return ranked[len(ranked) - round(share * len(ranked)) :]


def _families(rows: Sequence[Utterance], named: Callable[[str], str]) -> dict[str, list[str]]:
    intents: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        intents[named(row.family)].append(row.labels["intent"])
    by_intent: defaultdict[str, list[str]] = defaultdict(list)
    for family, values in intents.items():
        by_intent[max(sorted(set(values)), key=values.count)].append(family)
    return by_intent


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").rstrip("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path} cannot be read as UTF-8 text: {error}") from error


def _fault(line: str, place: int) -> str:
    """What is wrong with a line, and what would be right; empty when nothing is."""
    cells = line.rstrip("\r").split("\t")
    if place == 1:
        return "" if tuple(cells) == HEADER else f"the header must be {' '.join(HEADER)}, separated by tabs"
    if len(cells) != len(HEADER):
        return f"{len(cells)} cells instead of {len(HEADER)}"
    row = dict(zip(HEADER, cells, strict=True))
    empty = [name for name in ("family", "text") if not row[name].strip()]
    if empty:
        return f"{empty[0]} is empty"
    allowed = {axis: [member.value for member in members] for axis, members in AXES.items()}
    allowed |= {"country": sorted(COUNTRIES), "register": sorted(REGISTERS)}
    wrong = next((name for name, values in allowed.items() if row[name] not in values), None)
    return f"{wrong} is {row[wrong]!r}; one of {', '.join(allowed[wrong])}" if wrong else ""
