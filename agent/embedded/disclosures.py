"""Disclosures: what a person says about themselves in passing, in their own words.

Only what is plainly stated is taken: "soy contadora", "trabajo en una pyme", "vivo en Colombia", "quiero automatizar
mis reportes". Nothing is inferred. `told_back` turns such a sentence around, so that it can be said to the person.
"""

import re
from collections.abc import Iterable, Iterator

LIMIT = 120
_TRADES = (
    "contador abogad m[eé]dic maestr docente profesor ingenier arquitect diseñador emprendedor vendedor "
    "estudiante programador administrador enfermer psic[oó]log periodist freelance jubilad dentist "
    "odont[oó]log gerente director auxiliar secretari comerciante empresari consultor analist asistente "
    "fot[oó]graf chef cociner chofer mec[aá]nic electricist t[eé]cnic nutri[oó]log traductor redactor "
    "publicist economist farmac[eé]utic aut[oó]nom funcionari polic[ií]a obrer carpinter estilist agente "
    "ejecutiv coordinador supervisor repartidor veterinari fisioterapeut"
).split()
_AREAS = "ventas marketing contabilidad sistemas log[ií]stica educaci[oó]n finanzas salud publicidad".split()
_PLACES = (
    "pyme empresa negocio tienda banco agencia despacho consultorio restaurante hospital escuela universidad "
    "f[aá]brica startup oficina cl[ií]nica colegio estudio"
).split()
_COUNTRIES = (
    "m[eé]xico argentina colombia españa chile per[uú] ecuador uruguay paraguay bolivia venezuela guatemala "
    "costa\\srica panam[aá] honduras el\\ssalvador nicaragua rep[uú]blica\\sdominicana cuba puerto\\srico "
    "brasil estados\\sunidos"
).split()
_AIMS = (
    "automatizar aprender cambiar conseguir mejorar ahorrar crecer crear hacer usar optimizar ganar dedicarme "
    "encontrar aplicar emprender actualizarme reinventarme agilizar implementar integrar dejar trabajar "
    "vender montar abrir desarrollar programar"
).split()


def _pattern(text: str, **lists: list[str]) -> re.Pattern[str]:
    """A pattern written with spaces for readability; `<name>` stands for one word of a list, `_` for a space."""
    for name, words in lists.items():
        text = text.replace(f"<{name}>", f"(?:{'|'.join(words)})")
    text = text.replace("<word>", "[a-záéíóúüñ]+").replace("<end>", r"(?=\s*(?:[.,;:!?¿¡\n()]|$|\b(?:<stop>)\b))")
    text = text.replace("<stop>", r"pero|porque|aunque|que|y|e|cu[aá]nto|c[oó]mo|me|no|si")
    return re.compile(text.replace(" ", "").replace("_", r"\s+"), re.IGNORECASE)


_I_AM = r"\b (?:soy | (?:trabajo|laburo|chambeo|curro)_(?:como|de)) _ (?:una?_)?"
_OCCUPATION = (
    _pattern(_I_AM + r"(<trade>[oae]?s? (?:_(?:de|en|del)_<word>(?:_<word>)?)?) <end>", trade=_TRADES),
    _pattern(_I_AM + r"(<trade>[oae]?s?) \b", trade=_TRADES),
    _pattern(r"\b me_dedico_(?:a_la_ | al_ | a_los_ | a_las_ | a_)(<word>(?:_<word>){0,4}?) <end>"),
    _pattern(r"\b trabajo_en_(<area> | recursos_humanos) \b", area=_AREAS),
)
_COMPANY = (
    _pattern(
        r"\b trabajo_(?:en|para)_((?:una|un|la|el|mi)_<place>(?:_(?:de|del)_<word>(?:_de_<word>)?)?)", place=_PLACES
    ),
    _pattern(r"\b tengo_((?:una|un|mi)_(?:pequeñ[oa]_)?<place>(?:_de_<word>)?)", place=_PLACES),
    re.compile(r"\b[Tt]rabajo (?:en|para) ([A-ZÁÉÍÓÚÑ][\w&]+(?: [A-ZÁÉÍÓÚÑ][\w&]+){0,2})"),
)
_COUNTRY = _pattern(
    r"\b (?:soy_de | vivo_en | estoy_en | desde | escribo_de(?:sde)? | radico_en)_(?:la_)?(<country>) \b",
    country=_COUNTRIES,
)
_WISH = (
    r"\b (?:quiero | quisiera | necesito | me_gustar[ií]a | busco | mi_(?:meta|objetivo|idea)_es | me_encantar[ií]a)_"
)
_GOAL_STOP = r"pero|porque|aunque|cu[aá]nto|c[oó]mo|y_(?:cu[aá]nto|qu[eé]|no|me|si|ver)"
_GOAL = _pattern(_WISH + rf"(<aim>(?:_<word>){{0,8}}?) (?=\s*(?:[.,;:!?¿¡\n()]|$|\b(?:{_GOAL_STOP})\b))", aim=_AIMS)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")

_SECOND_PERSON = dict(
    pair.split(":")
    for pair in (
        "soy:eres estoy:estás tengo:tienes trabajo:trabajas quiero:quieres quisiera:quisieras necesito:necesitas "
        "vivo:vives busco:buscas hago:haces uso:usas llevo:llevas gano:ganas me:te mi:tu mis:tus mí:ti "
        "conmigo:contigo manejo:manejas paso:pasas puedo:puedes sé:sabes he:has estudio:estudias "
        "estudié:estudiaste trabajé:trabajaste nuestro:su nuestra:su dedico:dedicas somos:son dedicarme:dedicarte "
        "actualizarme:actualizarte reinventarme:reinventarte quedarme:quedarte yo:tú ando:andas pierdo:pierdes "
        "voy:vas"
    ).split()
)
_NOUN_TOO = frozenset({"trabajo", "uso", "paso", "estudio", "gano", "manejo", "ando"})
_BEFORE_VERB = frozenset({"", "y", "que", "yo", "no", "ya", "donde", "también", "tambien", "pero", "porque", "cuando"})
_TOLD = re.compile(
    r"\b(?:soy|estoy|tengo|trabajo|quiero|quisiera|necesito|vivo|busco|hago|uso|llevo|manejo|me|estudio|pierdo)\b", re.I
)
_NOT_TOLD = re.compile(
    r"[\d?¿@]|\b(?:me interesa|me gust|no me|me pasas|me mandas"
    r"|quiero (?:hablar|ver|saber|pagar|comprar|inscribirme|la|el|info))",
    re.I,
)


def disclosed(text: str) -> dict[str, str]:
    """Profile fields (occupation, company, country, goal, email) that the text states, in the person's words."""
    found = {
        "occupation": _first(_OCCUPATION, text),
        "company": _first(_COMPANY, text),
        "country": _first((_COUNTRY,), text),
        "goal": _first((_GOAL,), text),
    }
    address = _EMAIL.search(text)
    found["email"] = address.group() if address else ""
    return {name: value[:LIMIT] for name, value in found.items() if value}


def gathered(texts: Iterable[str]) -> dict[str, str]:
    """What several texts state; the later one counts."""
    known: dict[str, str] = {}
    for text in texts:
        known |= disclosed(text)
    return known


def told_back(words: str) -> str:
    """The person's words turned to them: "quiero automatizar mis reportes" -> "quieres automatizar tus reportes"."""
    parts = re.split(r"(\W+)", words.strip(" ."))
    return "".join(_turned(part, parts[place - 2].casefold() if place > 1 else "") for place, part in enumerate(parts))


def _turned(word: str, before: str) -> str:
    """ "trabajo" is a verb only where a verb can stand."""
    if word.casefold() in _NOUN_TOO and before not in _BEFORE_VERB:
        return word
    return _SECOND_PERSON.get(word.casefold(), word)


def tellable(sentences: Iterable[str]) -> Iterator[str]:
    """Statements in the first person, without digits: a number that a person once said is evidence of nothing."""
    for sentence in sentences:
        if _TOLD.search(sentence) and not _NOT_TOLD.search(sentence) and len(sentence.split()) > 2:
            yield sentence


def _first(patterns: Iterable[re.Pattern[str]], text: str) -> str:
    return next((" ".join(found.group(1).split()) for pattern in patterns if (found := pattern.search(text))), "")
