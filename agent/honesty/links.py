"""Links, bare domains, e-mail addresses and @handles in a text, and the form in which two of them are compared."""

import re
from collections.abc import Iterator
from typing import Final

from agent.honesty.findings import Finding
from core.domain.evidence import FactKind

_DOMAINS: Final = (
    "com|net|org|io|me|ai|app|dev|co|mx|es|ar|cl|pe|uy|ec|bo|ve|gt|cr|us|uk|eu|tv|to|gl|gg|ly|cc|info|online|shop|"
    "store|"
    "site|tech|link|page|club|pro|live|world|academy|courses|school|education|edu|gob|gov|xyz|example|test|localhost|"
    "biz|"
    "space|cloud|chat|bot|pay|click|win|top|vip|ru|cn|br|fr|ca|invalid"
)
_LINK: Final = re.compile(
    r"(?<![\w])[a-z][a-z0-9+.-]{1,14}:///?[^\s<>\"|«»“”]+"
    r"|(?<![\w.+@-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,6}[a-z]{2,24}"
    r"|(?<![\w@.-])(?:[\w-]{1,63}\.){1,6}[a-zA-Z]{2,24}/[^\s<>\"|«»“”]*"
    rf"|(?<![\w@.-])(?:[\w-]{{1,63}}\.){{1,6}}(?:{_DOMAINS}|{_DOMAINS.upper()})(?:[:?#][^\s<>\"|]+)?(?![\w-])"
    r"|(?<![\w@.-])(?:\d{1,3}\.){3}\d{1,3}[:/][^\s<>\"|]*"
    r"|(?<![\w.@])@\w{3,64}"
    r"|(?<!\w)[\w-]{2,63} (?:punto|dot|\[\.\]|\(\.\)) ?(?:com|net|org|io|mx|app)(?!\w)",
    re.IGNORECASE,
)
_SUSPECT: Final = re.compile(r"(?<!\S)[^\s.@:]*[.@:]\S+")
_TRAILING: Final = ".,;:!?)]}*_~'\"»”’`>/…"
_SCHEME: Final = re.compile(r"^[a-z][a-z0-9+.-]{1,14}:/{2,3}|^mailto:", re.IGNORECASE)


def find_links(text: str) -> list[Finding]:
    """Every link in `text` (not folded: the case of a path counts), trailing punctuation left out."""
    found = []
    for match in _candidates(text):
        shown = match.group().rstrip(_TRAILING) or match.group()
        if not _is_sentence_end(shown):
            end = match.start() + len(shown)
            found.append(Finding(FactKind.LINK, shown, "", match.start(), end))
    return found


def _candidates(text: str) -> Iterator[re.Match[str]]:
    """Matches within the few words that can be links, because trying every word takes ten times as long."""
    if "punto " in text or " dot " in text:
        yield from _LINK.finditer(text)
        return
    for word in _SUSPECT.finditer(text):
        yield from _LINK.finditer(text, word.start(), word.end())


def same_form(link: str) -> str:
    """`link` without scheme and trailing punctuation, its host in lower case."""
    bare = _SCHEME.sub("", link.strip()).rstrip(_TRAILING)
    host, slash, path = bare.partition("/")
    return f"{host.lower()}{slash}{path}"


def _is_sentence_end(shown: str) -> bool:
    """ "curso.Es" is a missing space, not a domain: a domain's ending is not capitalised."""
    ending = shown.rpartition(".")[2]
    return "/" not in shown and "@" not in shown and ending[:1].isupper() and ending[1:].islower()
