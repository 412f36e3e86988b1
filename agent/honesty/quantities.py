"""Numbers with what they count: money, percentages, stretches of time, places left, things.

Every numeral of a text ends here: it takes the unit beside it, or shares one across a range ("entre 200 y 300
dólares"), or is a price after a word of price ("cuesta 99"), or counts the noun that follows. A number of two or more
digits with nothing beside it is still a claim (COUNT with an empty unit), which any fact with that number backs.
Left alone are: years, numbering, labels ("módulo 3", "GPT-4"), small counts of what Brenda herself is saying ("tres
preguntas", "en 2 minutos te cuento"), and single digits beside nothing.
A stretch of time until something ends is a DATE with the unit "in hours"; "tienes 14 días" may be either and is a
DURATION with the unit "in days". "más de 2000" has the value ">2000".
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from agent.honesty.findings import Finding, written
from agent.honesty.lexicon import words
from agent.honesty.measures import JOINTS, NO_NOUN, Unit, find_unit
from agent.honesty.numerals import Numeral, find_numerals
from agent.honesty.phrases import find_phrases
from agent.honesty.tokens import MARK, NUMBER, WORD, Token, tokenize
from agent.honesty.units import SEATS, known_noun
from core.domain.evidence import FactKind

_SPOKEN: Final = words(
    "opcion opciones pregunta preguntas preguntitas cosa cosas idea ideas forma formas manera maneras razon razones "
    "punto "
    "puntos ejemplo ejemplos paso pasos pasitos camino caminos alternativa alternativas detalle detalles palabra "
    "palabras linea "
    "lineas frase frases dato datos mensaje mensajes aspecto aspectos motivo motivos consejo consejos tip tips "
    "situacion "
    "situaciones escenario escenarios ruta rutas via vias noticia noticias veces vez ratito momento lados lado "
    "options questions things ideas ways reasons points examples steps paths details words lines facts messages tips "
    "times"
)
_THANKS: Final = words("gracias disculpas perdones maravillas formas maneras cosas dudas veces amores thanks")
_LABELS: Final = words(
    "modulo leccion clase semana dia paso parte capitulo unidad nivel fase opcion sesion punto pregunta etapa tema "
    "version "
    "numero module lesson week step day part option level gpt python windows office web industria gemini claude llama "
    "iphone excel ios android html covid microsoft dall sora top v n idea razon ejemplo anexo curso formula "
    "generacion ia"
)
_PRICE: Final = words(
    "cuesta cuestan costaba costara costo costos coste vale valen valia valor precio precios pagas pagar pagaras "
    "paga pago pagan "
    "pagos inversion inviertes invertir cuota cuotas mensualidad mensualidades ahorras ahorrar ahorro ahorra "
    "queda-en sale cobra "
    "cobran cobramos costs cost price pay pays save worth ahorraras desembolsas aportas abonas abonar total llevatelo"
)
_CHEAP: Final = re.compile(r"(?:por|a|en|for)(?: tan)?(?: (?:solo|solamente|apenas|unicamente|just|only))?(?: de)? $")
_LEFT: Final = words(
    "quedan queda quedaban ultimos ultimas ultimo ultima restan left remaining disponibles disponible solo solamente "
    "unicos"
)
_SOON: Final = words(
    "quedan queda faltan falta restan termina terminan terminara vence vencen vencera acaba acaban acabara expira "
    "expiran expirara caduca caducan "
    "cierra cierran cierre sube subira ends expires closes ending ultimas ultimos ultima ultimo last final finaliza "
    "desaparece "
    "proximas proximos next within empieza comienza arranca inicia starts begins timer"
)
_MAYBE_SOON: Final = words(
    "tienes dentro durante siguientes tendras have got vencimiento validez valido valida vigente caducidad plazo"
)
_COURSE: Final = words(
    "curso programa modulo modulos proyecto course program estudiar aprender aprendes acceso garantia"
)
_MORE: Final = re.compile(
    r"(?:\bmas (?:de|que)(?: los| las)?|\bover|\bmore than|\bat least|\bal menos|\bpor lo menos|\bcomo minimo|"
    r"\bminimo|\bsuperan?(?: los| las)?|\+) ?$"
)
_RANGE: Final = words("- – — a y o u to and or hasta al e")
_SMALL_TALK: Final = re.compile(
    r"cuent[oa]|contar|explic|muestr|mostrar|resum|dame|regalame|leer|lectura|platic|charl|convers|hablar|"
    r"habl[ea]mos|respond|"
    r"minutito|segundito|te robo|te quito|llamada|tell you|explain|show you|give me|escrib"
)
_HUNDRED_CLAIM: Final = re.compile(
    r" ?(?:%|por ciento|percent) ?(?:de (?!acuerdo)|of |del |garanti|descuento|off|gratis|efectiv|exito|satisf|devol|"
    r"reemb|consig|[.,;:!?\n|]|$)"
)
_NUMBERING: Final = re.compile(
    r"(?:^|\n) ?(?:[-•] )?\d{1,2}(?:[.)\]:]| ?[-–] )(?=\s|$)|(?<![\w$€£])\(?\d{1,2}\)(?= \w)"
)
_LONE: Final = re.compile(r"(?:^|\n) ?(\d)(?= [a-z¡¿])")


class _Page(NamedTuple):
    folded: str
    tokens: Sequence[Token]
    numbering: frozenset[int]


def find_quantities(folded: str) -> list[Finding]:
    """Every number in `folded` that claims something; links, dates and times are to be masked out before."""
    phrases = find_phrases(folded)
    spans = [(found.start, found.end) for found in phrases]
    tokens = tokenize(folded)
    page = _Page(folded, tokens, _numbering(folded))
    numerals = find_numerals(tokens)
    units = _shared(page, numerals, [find_unit(tokens, numeral) for numeral in numerals])
    found = [
        finding
        for numeral, unit in zip(numerals, units, strict=True)
        if (finding := _finding(page, numeral, unit)) is not None
        and not any(start <= finding.start < end for start, end in spans)
    ]
    return phrases + found


def _numbering(folded: str) -> frozenset[int]:
    """Places within "1." or "2)", and digits alone at line starts (once keycap emoji) that follow each other."""
    places = {place for match in _NUMBERING.finditer(folded) for place in range(match.start(), match.end())}
    lone = {int(match.group(1)): match.start(1) for match in _LONE.finditer(folded)}
    places.update(place for digit, place in lone.items() if digit - 1 in lone or (digit == 1 and 2 in lone))
    return frozenset(places)


def _shared(page: _Page, numerals: list[Numeral], units: list[Unit | None]) -> list[Unit | None]:
    """Both ends of a range have the unit of either."""
    for index in range(len(numerals) - 2, -1, -1):
        left, right = numerals[index], numerals[index + 1]
        if right.first - left.last != 2 or page.tokens[left.last + 1].text not in _RANGE:
            continue
        if units[index] is None and units[index + 1] is not None:
            units[index] = units[index + 1]
        elif units[index + 1] is None and units[index] is not None and page.tokens[left.last + 1].text != "y":
            units[index + 1] = units[index]
    return units


def _finding(page: _Page, numeral: Numeral, unit: Unit | None) -> Finding | None:
    if page.tokens[numeral.first].start in page.numbering and _only_numbers(page, numeral, unit):
        return None
    if unit is None:
        return _without_unit(page, numeral)
    start = min(unit.start, page.tokens[numeral.first].start)
    end = max(unit.end if unit.end - start < 60 else 0, page.tokens[numeral.last].end)
    if unit.kind is FactKind.DURATION:
        return _stretch(page, numeral, unit, start, end)
    if numeral.article and (unit.kind is FactKind.PERCENT or not _article_counts(page, numeral, unit)):
        return None
    if unit.kind is FactKind.PERCENT and numeral.value == 100 and _whole(page, numeral):
        return None
    return Finding(unit.kind, written(numeral.value), unit.name, start, end)


def _only_numbers(page: _Page, numeral: Numeral, unit: Unit | None) -> bool:
    """Whether numbering is no more than that: "2) Semana" is, "2 semanas" and "2 módulos" on a line are not."""
    following = page.tokens[numeral.last + 1 : numeral.last + 2]
    if not following or following[0].kind == MARK:
        return unit is None or unit.kind is FactKind.DURATION
    return unit is None and not known_noun(following[0].text)


def _article_counts(page: _Page, numeral: Numeral, unit: Unit) -> bool:
    """ "queda un lugar" counts, "un lugar para aprender" does not; "un dólar" does."""
    if unit.kind is FactKind.MONEY:
        return unit.name not in ("CENT", "$")
    return any(token.text in _LEFT for token in page.tokens[max(0, numeral.first - 3) : numeral.first])


def _whole(page: _Page, numeral: Numeral) -> bool:
    """ "100 % online" is a way to say wholly; "100 % de descuento" and "el 100 %" are claims."""
    before = page.tokens[numeral.first - 1].text if numeral.first else ""
    end = page.tokens[numeral.last].end
    return before not in ("el", "los", "un", "the", "descuento") and not _HUNDRED_CLAIM.match(page.folded, end)


def _stretch(page: _Page, numeral: Numeral, unit: Unit, start: int, end: int) -> Finding | None:
    window = [token.text for token in page.tokens[max(0, numeral.first - 7) : numeral.first]]
    for stop in (".", "!", "?", "\n", ";", ","):
        if stop in window:
            window = window[len(window) - window[::-1].index(stop) :]
    soon = _kind_of_stretch(window, page.folded[end : end + 30])
    if soon != "deadline" and _is_talk(page, numeral, unit):
        return None
    value = written(numeral.value + Decimal("0.5") if unit.half else numeral.value)
    if soon == "deadline":
        return Finding(FactKind.DATE, value, f"in {unit.name}", start, end)
    return Finding(FactKind.DURATION, _more(page, start) + value, f"in {unit.name}" if soon else unit.name, start, end)


def _kind_of_stretch(window: list[str], after: str) -> str:
    about_course = not _COURSE.isdisjoint(window)
    if not _SOON.isdisjoint(window):
        return "either" if about_course else "deadline"
    if re.match(
        r" ?(?:left|remaining|restantes|para que (?:termin|acab|venz|cierr|sub|expir)|antes de que (?:termin|acab|"
        r"venz|cierr|sub|expir))",
        after,
    ):
        return "deadline"
    return "either" if not _MAYBE_SOON.isdisjoint(window) or window[-1:] in (["en"], ["in"]) else ""


def _is_talk(page: _Page, numeral: Numeral, unit: Unit) -> bool:
    """ "un día a la vez", "dame dos minutos", "en 30 segundos te cuento"."""
    if numeral.article and unit.name in ("days", "minutes", "seconds") and numeral.value == 1:
        return not any(
            token.text in words("dura tarda queda falta toma")
            for token in page.tokens[max(0, numeral.first - 2) : numeral.first]
        )
    short = (unit.name == "minutes" and numeral.value <= 5) or (unit.name == "seconds" and numeral.value <= 60)
    near = page.folded[max(0, unit.start - 60) : unit.end + 60]
    return short and _SMALL_TALK.search(near) is not None


def _without_unit(page: _Page, numeral: Numeral) -> Finding | None:
    first, last = page.tokens[numeral.first], page.tokens[numeral.last]
    if numeral.article or _is_label(page, numeral):
        return None
    if _is_price(page, numeral):
        return Finding(FactKind.MONEY, written(numeral.value), "", first.start, last.end)
    noun = _noun(page, numeral)
    return _counted(page, numeral, noun) if noun is not None else _alone(page, numeral)


def _alone(page: _Page, numeral: Numeral) -> Finding | None:
    first, last = page.tokens[numeral.first], page.tokens[numeral.last]
    if numeral.value and _is_left(page, numeral):
        return Finding(FactKind.SEATS, written(numeral.value), "places", first.start, last.end)
    small = numeral.value < 10 and numeral.value == int(numeral.value)
    if small or _is_year(first, numeral) or _is_idiom(numeral):
        return None
    return Finding(FactKind.COUNT, _more(page, first.start) + written(numeral.value), "", first.start, last.end)


def _is_idiom(numeral: Numeral) -> bool:
    """ "al cien", "a mil"."""
    return numeral.spelled and numeral.value in (100, 1000)


def _counted(page: _Page, numeral: Numeral, noun: Token) -> Finding | None:
    first = page.tokens[numeral.first]
    following = [token.text for token in page.tokens[numeral.last + 1 : numeral.last + 3]]
    if numeral.value < 10 and not _SPOKEN.isdisjoint(following) and not _is_times_more(following):
        return None
    if (numeral.spelled and numeral.value == 1000 and noun.text in _THANKS) or not numeral.value:
        return None
    if _is_year(first, numeral) and not known_noun(noun.text):
        return None
    return Finding(FactKind.COUNT, _more(page, first.start) + written(numeral.value), noun.text, first.start, noun.end)


def _is_times_more(following: list[str]) -> bool:
    return following[:1] in (["veces"], ["times"]) and following[1:] in (["mas"], ["more"], ["tu"], ["su"], ["your"])


def _noun(page: _Page, numeral: Numeral) -> Token | None:
    """The counted noun on the same line: the next word, or the one after it where only that is a known one."""
    tokens, index = page.tokens, numeral.last + 1
    if index < len(tokens) and (tokens[index].text in JOINTS or tokens[index].text in ("-", "de", "of")):
        index += 1
    if (
        index >= len(tokens)
        or tokens[index].kind != WORD
        or (tokens[index].text in NO_NOUN and tokens[index].text != "x")
    ):
        return None
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if (
        following is not None
        and following.kind == WORD
        and known_noun(following.text)
        and not known_noun(tokens[index].text)
    ):
        return following
    return tokens[index]


def _is_label(page: _Page, numeral: Numeral) -> bool:
    """ "módulo 3", "GPT-4", "n8n", "B2B", "Web 2.0": the number is part of a name."""
    if numeral.spelled or numeral.first == 0 or numeral.value >= 400:
        return False
    before, token = page.tokens[numeral.first - 1], page.tokens[numeral.first]
    if before.text == "-" and numeral.first > 1:
        before = page.tokens[numeral.first - 2]
        return (
            before.kind == WORD
            and (before.text in _LABELS or before.end == token.start - 1)
            and before.text not in _PRICE
        )
    if before.kind != WORD:
        return False
    glued = before.end == token.start and len(before.text) <= 3 and numeral.value < 100
    return glued or (before.text in _LABELS and (numeral.value < 100 or before.text in ("office", "microsoft")))


def _is_price(page: _Page, numeral: Numeral) -> bool:
    """Whether a word of price stands up to four words before, and no noun that is counted stands behind."""
    noun = _noun(page, numeral)
    if noun is not None and (
        known_noun(noun.text)
        or noun.text in _SPOKEN
        or noun.text in ("pagos", "cuotas", "payments", "mensualidades", "veces")
    ):
        return False
    window = page.tokens[max(0, numeral.first - 5) : numeral.first]
    marks = [
        place for place, token in enumerate(window) if token.text in (".", "!", "?", ";", "\n") or token.kind == NUMBER
    ]
    said = {token.text for token in window[marks[-1] + 1 if marks else 0 :]}
    if not _PRICE.isdisjoint(said):
        return True
    start = page.tokens[numeral.first].start
    cheap = _CHEAP.search(page.folded[max(0, start - 30) : start])
    if cheap is None:
        return False
    emphatic = len(cheap.group().split()) > 1
    return emphatic or (noun is None and numeral.value >= 10 and not _is_year(page.tokens[numeral.first], numeral))


def _is_left(page: _Page, numeral: Numeral) -> bool:
    window = (
        *page.tokens[max(0, numeral.first - 3) : numeral.first],
        *page.tokens[numeral.last + 1 : numeral.last + 2],
    )
    sentence = page.tokens[max(0, numeral.first - 12) : numeral.first]
    only = any(token.text in SEATS for token in sentence)
    return any(token.text in _LEFT and (only or token.text not in ("solo", "solamente")) for token in window)


def _is_year(token: Token, numeral: Numeral) -> bool:
    return not numeral.spelled and token.text.isdigit() and len(token.text) == 4 and 1900 <= numeral.value <= 2100


def _more(page: _Page, start: int) -> str:
    return ">" if _MORE.search(page.folded[max(0, start - 18) : start]) else ""
