"""Ill words about other schools: that they cheat, lie or are worth nothing. Their figures may be compared, no more.

Simple forms only: others are named as such ("las otras escuelas", "la competencia", "other courses") and the word
stands near them; a school by its name is not known as one. Denials, questions and suppositions are none.
"""

import re
from typing import Final

from agent.honesty.clauses import before, is_question, is_supposed

_SCHOOL: Final = (
    r"(?:escuelas?|academias?|cursos?|plataformas?|instituciones|institutos?|universidades|empresas|profesores|opciones"
    r"|programas?|schools?|courses?|platforms?|academies|programs?|competitors|escolas?)"
)
_OTHERS: Final = (
    rf"(?:l[oa]s |os |as |the |el |la |a )?(?:(?:otr[oa]s?|outr[oa]s?|demas|demais|other|es[oa]s|aquell[oa]s|those)"
    rf" {_SCHOOL}|competencia|competidor(?:es)?|concorrencia|concorrentes|competition|competitors?|l[oa]s demas"
    rf"|los otros|las otras)"
)
_ILL: Final = (
    r"(?:estaf(?:a|as|an|ador\w*|aron)|fraudes?|fraudulent\w*|timos?|timan|enganan|engano|enganos[oa]s?|mienten"
    r"|mentiros[oa]s?|mentiras?|ladron\w*|te roban|basura|porqueria|charlatan\w*|pirat[ae]s?|puro humo|venden humo"
    r"|scams?|scammers?|frauds?|liars?|lie to you|rip[ -]?offs?|cheat\w*|garbage|trash|golpe|golpistas?|mentem"
    r"|enganam|lixo)"
)
_CALLED: Final = re.compile(
    rf"\b{_OTHERS}(?!\w)(?P<gap>[^.!?;\n]{{1,40}}?)\b{_ILL}(?!\w)"
    rf"|\b{_ILL} (?:(?:de |que |como |from |of |like |by |son ){{1,2}}){_OTHERS}(?!\w)"
)
_DENIED: Final = re.compile(r"\b(?:no|nao|not|aren't|isn't|ni|tampoco|nunca|never)\b(?! como| son como| solo)")


def find_disparagement(folded: str) -> list[tuple[int, int]]:
    """Places where others are called cheats, liars or trash."""
    return [match.span() for match in _CALLED.finditer(folded) if not _is_unsaid(match)]


def _is_unsaid(match: re.Match[str]) -> bool:
    folded, start = match.string, match.start()
    if _DENIED.search(before(folded, start)) or _DENIED.search(match["gap"] or ""):
        return True
    return is_supposed(folded, start) or is_question(folded, start, match.end())
