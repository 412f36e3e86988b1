"""What is claimed without a number: that something is free, scarce, nearly over, guaranteed or will surely work.

Free is a price of zero. Scarcity without a number is a SEATS finding ("few" or "limited"), urgency without a date a
DATE finding ("hours", "days" or "soon", unit "vague"). Guarantees and promised results are TEXT findings with the unit
"guarantee" (money back, satisfaction, or said of nothing in particular) or "result", whose value is the promising
words. Denials ("no es gratis", "no puedo garantizarte un empleo") claim nothing.
"""

import re
from typing import Final

from agent.honesty.findings import Finding
from core.domain.evidence import FactKind

_DENIED: Final = re.compile(
    r"(?<!\w)(?:no|ni|nunca|tampoco|nadie|isn't|not|never|nobody|can't|cannot|can not|don't|won't)"
    r"(?! solo| solamente| only| just)(?: (?:es|son|hay|sera|seran|se|te|le|les|lo|la|el|una?|existe|existen|tenemos|"
    r"tengo|ofrecemos|puedo|puede|"
    r"podemos|podria|quiero|voy a|prometo|debo|soy|esta|ninguna?|ningun|de|a|is|are|there|any|you|can|do|have|offer|"
    r"promise|ser|dar(?:te)?|que)){0,6} ?$"
)
_FREE: Final = re.compile(
    r"\b(?:gratis|gratuit[oa]s?|gratuitamente|sin (?:ningun )?(?:costo|coste|cargo)s?|de regalo|regalad[oa]s?|no "
    r"(?:te )?cuesta nada|no tiene (?:ningun )?cost[oe]|"
    r"for free|free of charge|no cost|at no cost|(?<!feel )(?<!be )(?<!feel completely )free(?! to| time| moment| "
    r"of(?! charge)|-form|lanc|ly)|complimentary)\b"
)
_SEAT: Final = (
    r"(?:lugar(?:es|citos)?|cup[oi](?:s|tos)?|plazas?|vacantes?|asientos?|puestos?|espacios?|sitios?|seats?|spots?|"
    r"places?|slots?)"
)
_SCARCE: Final = re.compile(
    rf"\b(?P<limited>(?:{_SEAT}|aforo|disponibilidad|limited) (?:es |son |muy |esta |estan )?(?:limitad[oa]s?|"
    rf"{_SEAT}|reducid[oa]s?|contad[oa]s?)|"
    rf"grupo reducido|limited availability)\b"
    rf"|\b(?:poc[oa]s|poquit[oa]s|ultim[oa]s?|contad[oa]s|few|last|algun[oa]s|unos cuantos|unas cuantas) (?:\w+ "
    rf")?{_SEAT}\b"
    rf"|\b(?:quedan?|queda|restan) (?:muy |ya |solo |solamente |apenas )*(?:poc[oa]s?|poquit[oa]s?|nada|algun[oa]s|"
    rf"contad[oa]s)\b(?! de tiempo)"
    rf"|\b(?:casi|practicamente) (?:llen[oa]s?|complet[oa]s?|agotad[oa]s?|sold out)\b|\b(?:se esta|se estan|estan) "
    rf"(?:llenando|agotando|acabando|volando)\b"
    rf"|\b(?:almost|nearly) (?:full|gone|sold out)\b|\bselling (?:out|fast)\b|\bse (?:llena|llenan|agotan?|"
    rf"agotaran?)\b|\bvan a agotarse\b|"
    rf"\b(?:los |las )?{_SEAT} (?:se (?:acaban|terminan|van)|vuelan)\b|\bultim[oa] {_SEAT}\b|\ba punto de "
    rf"(?:llenarse|agotarse)\b|\bmost (?:seats|spots) are\b"
)
_URGENT: Final = re.compile(
    r"\b(?P<hours>ultimas? horas?|ultimos? minutos?|last hours?|final hours?|ultimo dia|last day|final day|cuenta "
    r"regresiva|ultima llamada|last call)\b"
    r"|\b(?P<days>ultimos dias|final days|last days|ultima semana|last week to)\b"
    r"|\b(?:por )?(?:tiempo|plazo|duracion) (?:muy )?limitad[oa]s?\b|\blimited[ -]time\b|\bpor (?:muy )?poco "
    r"tiempo\b|\b(?:queda|hay) (?:muy )?poco tiempo\b"
    r"|\b(?:ultima|final|last) (?:oportunidad|chance|opportunity|opportunidad|ocasion)\b|\bse (?:te )?(?:acaba|"
    r"termina|va|vence|cierra)n? (?:muy |ya |bien )*(?:pronto|ya|el tiempo)\b"
    r"|\b(?:se acaba|se te acaba|se nos acaba)n?\b|\b(?:termina|vence|acaba|expira|cierra|finaliza|caduca|sube)n? "
    r"(?:muy |bien |ya )*(?:pronto|en breve|en cualquier momento)\b"
    r"|\b(?:end|expir|clos)(?:s|es|ing|ires|iring|osing) (?:very )?soon\b|\bno (?:te|se) (?:lo |la )?(?:quedes|"
    r"queden|quede) (?:fuera|sin|afuera|atras)\b"
    r"|\bantes (?:de )?que (?:(?:se|te|el|la|los|las|precio|oferta|cupos|lugares|descuento|promocion|sea|suba|"
    r"tiempo) )*(?:acaben?|terminen?|agoten?|suban?|tarde|cierren?|venzan?|expiren?|vuelen?)\b"
    r"|\ba punto de (?:terminar|acabar|vencer|subir|cerrar|expirar|finalizar)\w*|\b(?:date prisa|apurate|apresurate|"
    r"corre que|hurry|act now|act fast|don't miss (?:out|it|this)|ahora o nunca|now or never|"
    r"hoy o nunca|no la dejes (?:pasar|ir)|no lo dejes (?:pasar|ir)|oferta relampago|venta relampago|flash sale|"
    r"oferta flash|el tiempo (?:corre|se acaba)|el reloj corre|time is running out|before it's too late)\b"
    r"|\b(?:el )?precio (?:va a |pronto |ya )*(?:subira?|aumentara?|sube|aumenta|subir|aumentar)\b|\bprices? (?:will "
    r"|is going to )?(?:go(?:es)? up|rise|increase)\b|\bnunca mas (?:tendras|veras|habra|volvera)\b|\bno (?:se "
    r")?(?:volvera a )?repet(?:ira|ir)\b"
)
_RESULT: Final = (
    r"emple\w*|trabaj\w*|ingres\w*|sueldo\w*|salari\w*|ventas?|vender\w*|clientes?|resultados?|exito\w*|ganar\w*|"
    r"ganancia\w*|dinero|ascenso|contrat\w*|"
    r"duplic\w*|triplic\w*|aument\w*|multiplic\w*|recuper\w* tu inversion|rico|millonari\w*|puesto|job|jobs|income|"
    r"salary|results?|success|sales|earn\w*|money|"
    r"doble|triple|mejorar\w*|conseguir\w*|lograr\w*|aprob\w*|certific\w*|double|triple|work"
)
_GUARANTEE: Final = re.compile(r"\b(?:garanti\w*|guarante\w*)")
_RESULT_NEAR: Final = re.compile(rf"\b(?:{_RESULT})\b")
_REFUND_NEAR: Final = re.compile(
    r"devol|devuelv|reembols|satisfac|refund|money[ -]back|dias|days|dinero de vuelta|regres\w+ tu dinero|condiciones"
)
_SURE: Final = re.compile(
    rf"\b(?:te|les|os|le) (?:aseguro|prometo|doy mi palabra|juro|apuesto)\b[^.!?\n]{{0,60}}\b(?:{_RESULT}|ganaras|"
    rf"tendras|cobraras)\b"
    rf"|\b(?:asegurado|asegurada|seguro que (?:ganas|ganaras|consigues|conseguiras|vendes|venderas))\b"
    rf"|\b(?:duplicaras?|duplicas|duplique[sn]?|duplicar(?: tu| tus| sus?)|triplicaras?|triplicas|triplicar(?: tu| "
    rf"tus| sus?)|cuadruplicar\w*|multiplicaras?|multiplicar(?: tu| tus| por))\b"
    rf"|\b(?:ganaras|ganar|ganas|cobraras|cobrar|venderas|vender|facturaras|facturar|ganando|earn|"
    rf"make)\b[^.!?\n]{{0,25}} (?:el doble|el triple|double|triple|twice)\b"
    rf"|\b(?:conseguiras|vas a conseguir|obtendras|tendras|encontraras|vas a tener|vas a encontrar|vas a ganar|"
    rf"ganaras)\b[^.!?\n]{{0,25}} (?:emple\w+|trabajo|ascenso|aumento|mas dinero|dinero|clientes|mas ventas|"
    rf"ingresos)\b"
    rf"|\b(?:sin (?:ningun )?riesgos?|cero riesgos?|riesgo cero|risk[ -]free|no risk|recuperaras (?:tu|la|todo) \w+|"
    rf"infalible|exito seguro|dinero "
    rf"facil|te haras rico|te haremos rico|(?:you'll|you will) (?:get a job|earn|double|triple))\b"
    rf"|\b(?:double|triple) your (?:income|salary|sales|earnings|revenue)\b"
)


def find_pressure(folded: str) -> list[Finding]:
    """Claims without a number: free, scarce, urgent, guaranteed, promised."""
    return _find_free(folded) + _find_scarce(folded) + _find_urgent(folded) + _find_promises(folded)


def _find_free(folded: str) -> list[Finding]:
    return [
        Finding(FactKind.MONEY, "0", "free", *match.span())
        for match in _FREE.finditer(folded)
        if match.group().startswith("no ") or not _denied(match)
    ]


def _find_scarce(folded: str) -> list[Finding]:
    return [
        Finding(
            FactKind.SEATS,
            "limited" if match.group("limited") or match.group().startswith("ultim") else "few",
            "vague",
            *match.span(),
        )
        for match in _SCARCE.finditer(folded)
        if not _denied(match)
    ]


def _find_urgent(folded: str) -> list[Finding]:
    return [
        Finding(FactKind.DATE, match.lastgroup or "soon", "vague", *match.span())
        for match in _URGENT.finditer(folded)
        if match.group().startswith("no ") or not _denied(match)
    ]


def _find_promises(folded: str) -> list[Finding]:
    found = [_guarantee(match) for match in _GUARANTEE.finditer(folded) if not _denied(match)]
    for match in _SURE.finditer(folded):
        if not _denied(match):
            found.append(Finding(FactKind.TEXT, match.group(), "result", *match.span()))
    return found


def _guarantee(match: re.Match[str]) -> Finding:
    """Of a result if one is named in the same sentence and no refund is."""
    folded, start, end = match.string, match.start(), match.end()
    before = re.split(r"[.!?\n]", folded[max(0, start - 60) : start])[-1]
    after = re.split(r"[.!?\n]", folded[end : end + 80])[0]
    result = _RESULT_NEAR.search(after) or _RESULT_NEAR.search(before)
    if result is None or _REFUND_NEAR.search(before + after):
        return Finding(FactKind.TEXT, match.group(), "guarantee", start, end)
    return Finding(FactKind.TEXT, f"{match.group()} {result.group()}", "result", start, end)


def _denied(match: re.Match[str]) -> bool:
    return _DENIED.search(match.string[max(0, match.start() - 48) : match.start()]) is not None
