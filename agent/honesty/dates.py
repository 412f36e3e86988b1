"""Days and hours that a text names: dates, and "today", "Friday" or "23:59" where something ends or starts.

A day that is only talked about ("¿lo vemos mañana?", "hoy te cuento") claims nothing; beside a word of ending or
starting ("termina mañana", "hasta el domingo", "solo hoy") it is a DATE finding. Figures are read day first. Units:
"date" (value 2026-11-30), "day" (--11-30), "month" (--11), "monthday" (30), "relative" (days from now: "0", "1", "2"),
"weekday" (0 is Monday; "5,6" the weekend), "time" (23:59).
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from agent.honesty.findings import Finding
from core.domain.evidence import FactKind

_MONTH_NAMES: Final = (
    "enero|ene|january|jan", "febrero|feb|february", "marzo|mar|march", "abril|abr|april|apr", "mayo|may",
    "junio|jun|june", "julio|jul|july", "agosto|ago|august|aug", "septiembre|setiembre|sept|sep|set|september",
    "octubre|oct|october", "noviembre|nov|november", "diciembre|dic|december|dec",
)  # fmt: skip
_MONTHS: Final = {name: place + 1 for place, names in enumerate(_MONTH_NAMES) for name in names.split("|")}
_MONTH: Final = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")(?![^\W_])\.?"
_LONG_MONTH: Final = (
    "(?:" + "|".join(name for name in _MONTHS if len(name) > 3 and name not in ("sept", "march")) + r")\b"
)
_SPELLED: Final = {
    word: place
    for place, words in enumerate(
        [
            "primero|uno|first",
            "dos",
            "tres",
            "cuatro",
            "cinco",
            "seis",
            "siete",
            "ocho",
            "nueve",
            "diez",
            "once",
            "doce",
            "trece",
            "catorce",
            "quince",
            "dieciseis",
            "diecisiete",
            "dieciocho",
            "diecinueve",
            "veinte",
            "veintiuno",
            "veintidos",
            "veintitres",
            "veinticuatro",
            "veinticinco",
            "veintiseis",
            "veintisiete",
            "veintiocho",
            "veintinueve",
            "treinta",
            "treinta_y_uno",
        ],
        1,
    )
    for word in words.replace("_", " ").split("|")
}
_DAY: Final = r"(?:\d{1,2}|" + "|".join(sorted(_SPELLED, key=len, reverse=True)) + ")"
_YEAR: Final = r"(?:,? (?:del? (?:ano )?)?(?P<{}>\d{{4}})(?!\d)|-(?P<{}2>\d{{4}}))?"
_DATE: Final = re.compile(
    r"(?<![\w.,/-])(?P<iy>\d{4})[-/.](?P<im>\d{1,2})[-/.](?P<id>\d{1,2})(?!\d)(?:[t ]\d{2}:\d{2}[\d:.+z-]*)?"
    r"|(?<![\w/-])(?<!\d[.,])(?P<fd>\d{1,2})(?:(?P<sep>[/.-]) ?(?P<fm>\d{1,2})(?P=sep) ?(?P<fy>\d{4}|\d{2})|"
    r"/(?P<fm2>\d{1,2}))(?![\w/]|[.,]\d)"
    rf"|(?<![\w])(?:(?P<from>{_DAY}) ?(?:al|a|y|o|-|–|to|and) ?(?:el )?)?(?P<wd>{_DAY})(?:o|ro|ero|er|st|nd|rd|th)?"
    rf"[ -]?(?:de |of |del mes de )?(?P<wm>{_MONTH}){_YEAR.format('wy', 'wy')}"
    rf"|(?<![\w])(?P<em>{_MONTH}) (?:the )?(?P<ed>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|[:.,]\d| "
    rf"?%){_YEAR.format('ey', 'ey')}"
    r"|\b(?:en|desde|hasta|para|durante|a partir de|desde|(?:inicios|mediados|finales|fines|principios|mes) de|in|by|"
    r"until|late|early) "
    rf"(?P<mm>{_LONG_MONTH})"
)
_ENDING: Final = (
    r"termina(?:n|ra|ran)?|vence(?:n|ra)?|acaba(?:n|ra)?|expira(?:n|ra)?|caduca(?:n|ra)?|finaliza(?:n|ra)?|"
    r"cierra(?:n)?|"
    r"cerrara(?:n)?|cerramos|cierre|sube(?:n)?|subira(?:n)?|aumenta(?:n|ra)?|desaparece(?:ra)?|valid[oa]s?|vigentes?|"
    r"disponibles?|fecha limite|plazo|ultimo dia|ultim[oa]s?|ends?|ending|expires?|closes?|closing|deadline|valid|"
    r"last day|last chance|goes up|hasta|until|till|antes del?|antes de(?: la)?|before|by|a mas tardar"
)
_STARTING: Final = (
    r"empieza(?:n)?|empezamos|comienza(?:n)?|comenzamos|arranca(?:n|mos)?|inicia(?:n|mos)?|inicio|starts?|begins?"
)
_PROMISE: Final = (
    r"te (?:volvere a |vuelvo a |lo |la |los |las )?(?:escrib\w+|contact\w+|recuerd\w+|recordar\w*|aviso|avisar\w*|"
    r"llamo|"
    r"llamar\w*|respond\w+|mand\w+|envi\w+|busco|buscar\w*)|(?:vuelvo|volvere) a (?:escribir|contactar|llamar)te"
)
_ONLY: Final = r"solo|solamente|unicamente|exclusivamente|nada mas|only|just"
_WEEKDAYS: Final = {
    "lunes": "0", "martes": "1", "miercoles": "2", "jueves": "3", "viernes": "4", "sabado": "5", "domingo": "6",
    "monday": "0", "tuesday": "1", "wednesday": "2", "thursday": "3", "friday": "4", "saturday": "5", "sunday": "6",
    "fin de semana": "5,6", "weekend": "5,6", "finde": "5,6",
}  # fmt: skip
_RELATIVE: Final = {
    "pasado manana": "2", "hoy": "0", "manana": "1", "esta noche": "0", "esta tarde": "0", "medianoche": "0",
    "media noche": "0", "today": "0", "tonight": "0", "tomorrow": "1", "midnight": "0",
    "the day after tomorrow": "2", "24 h de hoy": "0",
}  # fmt: skip
_NAMED: Final = {name: ("weekday", value) for name, value in _WEEKDAYS.items()} | {
    name: ("relative", value) for name, value in _RELATIVE.items()
}
_NAME: Final = "(?:" + "|".join(sorted(_NAMED, key=len, reverse=True)) + r")(?!\w)(?! en dia)"
_BEFORE_NAME: Final = r"(?:(?:el|este|esta|la|las|proximo|dia|de|a|on|this|next|the|mismo|por|mismisimo) ){0,4}"
_GAP: Final = r"(?:[^\s.!?\n|]{1,24}[ ,]{1,2}){0,6}?"
_NAMED_DAY: Final = re.compile(
    rf"\b(?P<cue>{_ENDING}|{_STARTING}|{_PROMISE})[:,]? {_GAP}{_BEFORE_NAME}(?<!la )(?<!esta )(?<!cada )(?P<a>{_NAME})"
    rf"|\b(?:{_ONLY}) (?:por |hasta |durante |valid[oa] |disponible |para ){{0,2}}{_BEFORE_NAME}(?P<b>{_NAME})"
    rf"|\b(?P<c>{_NAME}) (?:solamente|unicamente|nada mas|only|o nunca|y solo)\b"
    rf"|\b(?:oferta|descuento|precio|promo|promocion|promotion|deal|bono) (?:solo )?(?:de|por|para|valid[oa]) "
    rf"{_BEFORE_NAME}(?P<d>{_NAME})"
    rf"|\b(?<!la )(?<!esta )(?P<e>{_NAME}) (?:(?:mismo|es|se|ya|a|las?|el|los|tu|nuestro|is|the|mismito|y|por|noche|"
    rf"medianoche|[\d:]+|ofertas?|promo|promocion|precios?|descuentos?|inscripcion\w*|enlace|curso|te|si|que|,) "
    rf"?){{0,7}}"
    rf"(?P<f>{_ENDING}|{_STARTING}|{_PROMISE})(?!\w)"
    rf"|\b(?P<g>{_PROMISE})(?!\w)[^.!?\n]{{0,40}}? (?<!la )(?<!esta )(?P<h>{_NAME})"
)
_FAREWELL: Final = re.compile(
    r"(?:^|[.!?\n¡¿…|]\s*|\b(?:nos vemos|hablamos|descans\w+|gracias|adios|chao|buenas noches|saludos|listo|vale|"
    r"perfecto|claro|bye|ok|okay|dale|genial),? )(?:pues )?hasta (?:el |este |la )?$"
)
_FAREWELL_END: Final = re.compile(r",? ?(?:[^\s.!?\n]{1,20} ?){0,2}(?:$|[.!?\n…])")
_OFFER: Final = re.compile(r"oferta|descuento|precio|promo|cupo|lugar|inscri|\d|bono|valid|gratis")
_TIME: Final = re.compile(
    r"(?<![\d:.,])(?P<h>\d{1,2})[:.](?P<m>[0-5]\d)(?::[0-5]\d)?(?: ?(?P<ap>[ap])\.? ?m\b\.?| ?(?:h|hs|hrs|"
    r"horas)\b)?(?![\d:])"
    r"|(?<![\d:.,$])(?P<h2>\d{1,2}) ?(?P<ap2>[ap])\.? ?m\b\.?"
    r"|\b(?:a|desde|hasta|sobre) las? (?P<h3>\d{1,2})(?=\s*(?:[;!?)\n]|[.,](?!\d)|$|de la |h\b|hs\b|hrs\b|en punto|"
    r"hora |y |o |hoy|del? ))"
    r"(?: (?:en punto|h|hs|hrs)\b)?(?: de la (?P<ap3>[mtn])\w+)?"
    r"|\ba las? (?:una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce)(?: y media| y cuarto| en punto)?"
    r"(?: de la \w+|(?= ?[.,;!?\n]|$))"
)
_TIME_DEADLINE: Final = re.compile(rf"\b(?:{_ENDING})\b[^.!?\n]{{0,60}}$")
_MONTHDAY: Final = re.compile(
    rf"\b(?:{_ENDING}|{_STARTING})(?!\w)[:,]? {_GAP}(?:el |the |dia )(?:dia )?(?P<n>\d{{1,2}})(?:st|nd|rd|"
    rf"th)?(?![\w%:]|[.,/-]\d| ?%| \w+)"
    r"|\b(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo) (?P<w>\d{1,2})(?![\w%:]|[.,/-]\d| ?%)"
)
_EXEMPT: Final = re.compile(r"(?<!\d)24 ?/ ?7(?!\d)|(?<![\d/])1 ?[:/] ?[12](?![\d/])|\b(?:1|uno) a (?:1|uno)\b")
_FIGURES: Final = re.compile(r"\d[/.-] ?\d")
_MONTH_CUE: Final = re.compile(
    rf"(?:^|[ (|\n,.:-])(?:{'|'.join(sorted({name[:3] for names in _MONTH_NAMES for name in names.split('|')}))})"
)
_CLOCK_FIGURES: Final = re.compile(r"\d(?::\d| ?[ap]\.? ?m)")
_CUES: Final = (*(name for name in _NAMED if name not in ("pasado manana", "24 h de hoy")), "manana")


def find_dates(folded: str) -> list[Finding]:
    """Dates in figures or words, in order of place."""
    if not _FIGURES.search(folded) and not _MONTH_CUE.search(folded):
        return []
    return [finding for match in _DATE.finditer(folded) for finding in _dates(match)]


def find_named_days(folded: str) -> list[Finding]:
    """ "hoy", "mañana", weekdays and bare days of the month where something is said to end or start on them."""
    found = [
        Finding(
            FactKind.DATE, (match.group("n") or match.group("w")).lstrip("0"), "monthday", match.end() - 2, match.end()
        )
        for match in (_MONTHDAY.finditer(folded) if any(map(str.isdigit, folded)) else ())
    ]
    if any(cue in folded for cue in _CUES):
        found += [finding for match in _NAMED_DAY.finditer(folded) if (finding := _named(match)) is not None]
    return found


def find_times(folded: str) -> tuple[list[Finding], list[Finding]]:
    """Times of day: those at which something ends (to be checked), and the others (to be left alone)."""
    ends: list[Finding] = []
    others: list[Finding] = []
    likely = " la" in folded or _CLOCK_FIGURES.search(folded)
    for match in _TIME.finditer(folded) if likely else ():
        hour = match.group("h") or match.group("h2") or match.group("h3")
        if match.group("h") and "." in match.group() and not match.group("ap"):
            continue
        finding = Finding(FactKind.DATE, _clock(match, hour), "time", match.start(), match.end())
        before = folded[max(0, match.start() - 90) : match.start("h3") if match.group("h3") else match.start()]
        (ends if hour and _TIME_DEADLINE.search(before) else others).append(finding)
    others += [Finding(FactKind.DATE, "", "time", match.start(), match.end()) for match in _EXEMPT.finditer(folded)]
    return ends, others


def _clock(match: re.Match[str], hour: str | None) -> str:
    if hour is None:
        return ""
    number = int(hour)
    afternoon = match.group("ap") == "p" or match.group("ap2") == "p" or match.group("ap3") in ("t", "n")
    return f"{number + 12 if afternoon and number < 12 else number:02d}:{match.group('m') or '00'}"


def _dates(match: re.Match[str]) -> Iterator[Finding]:
    group = match.groupdict()
    if group["mm"]:
        yield _finding(match, f"--{_month(group['mm']):02d}", "month")
        return
    day = group["id"] or group["fd"] or group["wd"] or group["ed"]
    month = _month(group["im"] or group["fm"] or group["fm2"] or group["wm"] or group["em"])
    year = group["iy"] or group["fy"] or group["wy"] or group["wy2"] or group["ey"] or group["ey2"]
    for one in (group["from"], day):
        if one is not None and (finding := _day(match, year, month, int(_SPELLED.get(one, one)))) is not None:
            yield finding


def _day(match: re.Match[str], year: str | None, month: int, day: int) -> Finding | None:
    """None for figures that are no date ("50/50"), which are then read as numbers."""
    full = int(year) + (2000 if len(year) == 2 else 0) if year else 2000
    try:
        date(full, month, day)
    except ValueError:
        return None
    if match.group("fm2") and match.group() in ("24/7", "1/1", "1/2"):
        return None
    value = f"{full:04d}-{month:02d}-{day:02d}" if year else f"--{month:02d}-{day:02d}"
    return _finding(match, value, "date" if year else "day")


def _month(text: str) -> int:
    bare = text.strip(". ")
    return int(bare) if bare.isdigit() else _MONTHS[bare]


def _finding(match: re.Match[str], value: str, unit: str) -> Finding:
    return Finding(FactKind.DATE, value, unit, match.start(), match.end())


def _named(match: re.Match[str]) -> Finding | None:
    group = next(name for name in "abcdeh" if match.group(name))
    cue = match.group("cue") or match.group("f") or match.group("g") or ""
    if _is_farewell(match, group, cue) or (cue.startswith(("te ", "volv", "vuelv")) and _is_question(match)):
        return None
    unit, value = _NAMED[match.group(group)]
    return Finding(FactKind.DATE, value, unit, match.start(), match.end(group))


def _is_farewell(match: re.Match[str], group: str, cue: str) -> bool:
    if cue != "hasta" or group != "a":
        return False
    before, after = match.string[: match.start("a")], match.string[match.end("a") :]
    return bool(_FAREWELL.search(before[-40:]) and _FAREWELL_END.match(after)) and not _OFFER.search(after[:40])


def _is_question(match: re.Match[str]) -> bool:
    """Whether the sentence ends with a question mark: an offer to write is no promise yet."""
    ending = re.search(r"[.!?\n]", match.string[match.end() :])
    return ending is not None and ending.group() == "?"
