"""Acts outside the chat that a model has no say in: a payment taken or returned, a person enrolled, a consent, data.

Brenda's own templates tell of them once they are in the tables; the words of a model never are that proof. Only who is
a customer may be told that the payment came and the place is theirs. What is denied, asked or yet to come
("cuando tu pago quede confirmado") is no act.
"""

import re
from typing import Final

from agent.honesty.clauses import before, is_question, is_supposed
from agent.honesty.plaintext import straightened

_DONE: Final = (
    r"confirmad[oa]|completad[oa]|recibid[oa]|aprobad[oa]|acreditad[oa]|procesad[oa]|exitos[oa]|realizad[oa]|confirmed"
    r"|received|approved|completed|processed|successful|complete|recebid[oa]|aprovad[oa]|concluid[oa]"
)
_IS: Final = r"(?:(?:ya|ja|ha|has|been|was|is|fue|foi|quedo|ficou|esta|sido|salio|con|exito|se|already|now|all) ){0,4}"
_ENROLLED: Final = r"(?:inscrit[oa]s?|matriculad[oa]s?|registrad[oa]s? en el curso|dentro del curso)"
_BOUGHT: Final = re.compile(
    rf"\b(?:pago|cobro|compra|inscripcion|matricula|payment|purchase|enrol?lment|pagamento|inscricao) {_IS}"
    rf"(?:{_DONE})(?!\w)"
    r"|\b(?:recibi|recibimos|confirme|confirmamos|registre|registramos|marque|acredite|recebi|recebemos|confirmei) "
    r"(?:ya )?(?:tu|el|su|seu|o) (?:pago|pagamento|compra)\b"
    r"|\bse (?:confirmo|acredito|proceso|completo|registro) (?:tu|el|su) (?:pago|compra)\b"
    r"|\b(?:we|i)(?:'ve| have)? (?:received|confirmed|processed) your payment\b|\bpayment (?:has )?(?:went|gone|came) "
    r"through\b|\bpago (?:ya )?(?:paso|entro|llego)\b"
    rf"|\b(?:ya |ja )?(?:quedaste|quedas ya|estas ya|ficou) {_ENROLLED}|\b(?:ya|ja) (?:estas?|esta|quedas?) {_ENROLLED}"
    r"|\bya (?:quedaste|estas) (?:dentro|adentro)\b|\b(?:te inscribi|te matricule|te he inscrito|te inscrevi)\b"
    r"|\bvoce (?:ja )?esta (?:inscrit|matriculad)[oa]\b"
    r"|\byou(?:'re| are| have been)(?: now| already| all| officially)* enrol?led\b|\bi(?:'ve| have)? enrol?led you\b"
)
_CONSENT: Final = r"(?:consentimiento|permiso|autorizacion|consentimento|autorizacao|consent|permission)"
_DATA: Final = (
    r"(?:datos|data|informacion|registros?|mensajes|conversacion(?:es)?|historial|cuenta|dados|mensagens|messages|account"
    r"|records?|information)"
)
_WROTE: Final = re.compile(
    rf"\b(?:quedo|queda|quedaron|esta|fue|he|registre|guarde|anote|ficou|foi)(?: ya)?(?: registrad[oa]s?| guardad[oa]s?"
    rf"| anotad[oa]s?| grabad[oa]s?)?(?: tu| el| seu| o) {_CONSENT}\b"
    rf"|\b(?:tu|su|seu|your) {_CONSENT} (?:ya |has been |was |is )?(?:quedo|queda|esta|fue|ficou|foi|now|registrad[oa]"
    r"|recorded|saved|registered|guardad[oa])\b"
    rf"|\bi(?:'ve| have)? (?:recorded|saved|registered) your {_CONSENT}\b|\bregistrei (?:o )?seu {_CONSENT}\b"
    rf"|\b(?:borre|elimine|borramos|eliminamos|he (?:borrado|eliminado)|apaguei|excluimos|exclui)"
    rf"(?: ya| todos?| todas?| tus?| los?| las?| sus?| mis| os| seus?| suas?| de){{0,4}} {_DATA}\b"
    rf"|\b(?:tus|los|sus|seus|os|your|the|tu|la|all) {_DATA}(?: de [^.!?\n]{{1,30}}?)? (?:ya |ja |se )?(?:quedaron"
    r"|fueron|han sido|estan|foram|have been|were|are|has been|was|quedo|fue) (?:ya |now )?"
    r"(?:borrad[oa]s?|eliminad[oa]s?|apagad[oa]s|excluid[oa]s|erased|deleted|removed)\b"
    rf"|\bi(?:'ve| have)? (?:just )?(?:erased|deleted|removed) (?:all |the |your |their |of ){{0,3}}(?:\w+ )?{_DATA}\b"
)
_RETURNED: Final = re.compile(
    rf"\b(?:reembolso|devolucion|refund|estorno) {_IS}(?:{_DONE}|hech[oa]|emitid[oa]|issued|sent|enviad[oa])(?!\w)"
    r"|\b(?:te devolvi|te reembolse|ya te devolvimos|te reembolsamos|(?:i|we)(?:'ve| have)? refunded)\b"
    r"|\b(?:cancele|anule|he cancelado|i(?:'ve| have)? cancel?led|cancelei) (?:ya )?(?:tu|el|la|su|your|the|sua|seu) "
    r"(?:inscripcion|compra|pago|suscripcion|enrol?lment|purchase|payment|inscricao)\b"
)
_DENIED: Final = re.compile(
    r"\b(?:no|nao|ningun|ninguna|nunca|tampoco|sin|aun no|not|isn't|hasn't|haven't|never|without|nenhum)\b"
    r"(?! te preocupes| dudes| worry)[^,.!?\n]{0,40}$"
)
_NOT_YET: Final = re.compile(r"\b(?:con|with|com|un|cada|every|each|tener|ver|de) (?:(?:el|tu|su|the|your|o|seu) )?$")


def find_deeds(folded: str, *, customer: bool = False) -> list[tuple[int, int]]:
    """Places where such an act is told as done. For a `customer`, payment and place are true and may be told."""
    folded = straightened(folded)
    patterns = (_WROTE, _RETURNED) if customer else (_BOUGHT, _WROTE, _RETURNED)
    return [match.span() for pattern in patterns for match in pattern.finditer(folded) if not _is_undone(match)]


def _is_undone(match: re.Match[str]) -> bool:
    folded, start, end = match.string, match.start(), match.end()
    ahead = before(folded, start)
    if _DENIED.search(ahead) or _NOT_YET.search(ahead):
        return True
    return is_supposed(folded, start) or is_question(folded, start, end)
