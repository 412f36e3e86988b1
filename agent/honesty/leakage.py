"""What is nobody's to read: the blocks and keys of the prompts, the names of the tools, and the instructions.

Block tags are looked for in the raw words, because elsewhere they count as markup and are taken off. The addresses of
links are left out of the rest: what is in them is the business of the links' own check.
"""

import html
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from agent.honesty.plaintext import fold

_TAG: Final = re.compile(
    r"< ?/? ?(?:reglas|hechos|turno|memoria|correccion|sugerencia|resumen|system|rules|facts|turn|memory|instructions"
    r"|instrucciones|tool_call|function_call)\b[^<>\n]{0,40}>?"
)
_KEY: Final = re.compile(
    r"\b(?:course|offer|payment|demo|profile|comparison|competitor|testimonial|resource|guarantee|module|advisor|case"
    r"|statistic|follow_up|preview|roi|bonus)\.(?:price|name|hours|guarantee(?:_days)?|tagline|starts_on|modules?|modality"
    r"|level|duration|requirements|description|certificate|audience|saving|bonus(?:_value)?|percent|ends_at|seats|amount"
    r"|stars|method|link|expires_at|price_per_hour|checked_on|words|person|title|terms|days|due_at|clock|limit|opening"
    r"|notified|goal|occupation|budget|company|country|email|experience|availability)\b"
)
_JSON: Final = re.compile(
    r"[{,\[] ?[\"'“](?:key|kind|value|unit|source|facts|missing|arguments|name|stage|tool\w*)[\"'”] ?:"
)
_RECITED: Final = re.compile(
    r"\b(?:mis|minhas|my) (?:instrucciones|reglas|indicaciones|instrucoes|regras|instructions|rules)"
    r"(?: (?:internas|secretas|del sistema|completas|internal|secret|system))*"
    r"(?: (?:dicen|son|indican|me (?:dicen|piden|obligan|ordenan)|dizem|sao|say|are|state|tell me)\b| ?:)"
    r"|\b(?:mi|my|meu|el|the) (?:system prompt|prompt(?: (?:del sistema|de sistema|do sistema))?|mensaje de sistema)"
    r"(?: (?:dice|es|is|says|reads|diz|e)\b| ?:)"
    r"|\b(?:me (?:programaron|instruyeron|ordenaron|configuraron) (?:para|que)|i was (?:told|instructed|programmed) to"
    r"|fui (?:programad[oa]|instruid[oa]) (?:para|a))\b"
    r"|\bcomo escribes:? ?\n? ?1\.|\bque puedes afirmar:? ?\n? ?4\.|\b(?:hechos comprobados, uno por linea"
    r"|son lo unico que puedes afirmar|indicaciones internas para esta respuesta)\b"
    r"|\beres brenda, la asesora virtual\b|\bestoy (?:consultando|llamando|usando) (?:la|una) (?:tool|funcion)\b"
)
_ADDRESS: Final = re.compile(r"(?:https?|tg)://\S+")


def find_leaks(raw: str, folded: str, tools: Iterable[str] = ()) -> list[tuple[int, int]]:
    """Places in `folded` where something internal is shown; `raw` is the text before markup was taken off.

    `tools` are names that no person should read. A tag is placed at the start: in `folded` it may be gone.
    """
    shown = _ADDRESS.sub(lambda found: " " * len(found.group()), folded) if "://" in folded else folded
    patterns = (_TAG, _KEY, _JSON, _RECITED, _tool_names(tuple(tools)))
    found = [match.span() for pattern in patterns for match in pattern.finditer(shown)]
    shown_raw = html.unescape(raw)
    tagged = "<" in shown_raw and _TAG.search(fold(shown_raw)) is not None
    return [*([(0, 0)] if tagged else []), *found]


@lru_cache(maxsize=8)
def _tool_names(tools: tuple[str, ...]) -> re.Pattern[str]:
    """The names, also with the underscores escaped or spaced; (?!) matches nothing."""
    names = "|".join(re.escape(name).replace("_", r" ?\\?_ ?") for name in tools)
    return re.compile(rf"(?<![\w/])(?:{names})(?!\w)" if names else "(?!)")
