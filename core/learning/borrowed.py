"""Borrowed words: enrolling as a message speaks of it that is not its writer's own wish.

A forwarded message holds somebody else's words, and "is my sister enrolled?" or "enrolment closes tonight" name
enrolling without asking for it. None of these is a wish to buy. Pure; the words come as `rules` read them: plain, in
lower case, without accents.
"""

import re
from collections.abc import Sequence

_FORWARDED = re.compile(
    r"^\W*(?:fwd?|rv|reenviad[oa]|mensaje reenviado|forwarded(?: message)?|encaminhad[oa])\b ?[:\n(]"
)
_OF_OTHERS = re.compile(
    r"\b(?:esta|estan|estaba|estaban|estara|fue|fueron|is|are|was|were)(?: ya| already)? "
    r"(?:inscrit|matriculad|apuntad|anotad|registrad|enrol|registered)"
    r"|\bse (?:ha |han )?(?:inscrib|inscrit|matricul|enrol)|\bque se inscriba"
    r"|\b(?:inscripcion(?:es)?|matriculas?|enroll?ment|inscricoes|inscricao)(?: se)? "
    r"(?:cierran?|closes?|abren?|opens?|terminan?|ends?|vencen?|acaban?|encerra|fecha)"
)
_OWN = re.compile(r"\b(?:quiero|quisiera|me inscrib\w*|inscribirme|anotarme|apuntarme|matricularme|como se)\b")


def forwarded(raw: Sequence[str]) -> bool:
    """Whether a message opens as a forwarded one does."""
    return bool(_FORWARDED.match(" ".join(raw[:6]) + " "))


def not_own_enrolment(raw: Sequence[str]) -> bool:
    """Whether enrolling is somebody else's, or only told of, and no wish of the writer's stands beside it."""
    text = " ".join(raw)
    return bool(_OF_OTHERS.search(text)) and not _OWN.search(text)
