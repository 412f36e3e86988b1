"""The nouns that numbers stand before: currencies, stretches of time, places in a group, things that are counted.

Words are folded (lower case, no accents). Stretches of time are compared in minutes or in months: two weeks are
fourteen days and twelve months a year, but a month is not four weeks.
"""

from decimal import Decimal
from typing import Final

CURRENCIES: Final = {
    "$": "$", "usd": "USD", "us": "USD", "u": "USD", "dolar": "USD", "dolares": "USD", "dollar": "USD",
    "dollars": "USD",
    "dlls": "USD", "dls": "USD", "bucks": "USD", "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP",
    "gbp": "GBP", "libras": "GBP", "pounds": "GBP", "mxn": "MXN", "mx": "MXN", "cop": "COP", "ars": "ARS", "clp": "CLP",
    "pen": "PEN", "soles": "PEN", "brl": "BRL", "reales": "BRL", "reais": "BRL", "uyu": "UYU", "dop": "DOP",
    "peso": "PESO", "pesos": "PESO", "quetzales": "GTQ", "gtq": "GTQ", "bolivianos": "BOB", "bob": "BOB",
    "colones": "CRC", "crc": "CRC", "lempiras": "HNL", "guaranies": "PYG", "cad": "CAD", "aud": "AUD", "chf": "CHF",
    "jpy": "JPY", "yenes": "JPY", "¥": "JPY", "xtr": "XTR", "lucas": "PESO", "centavos": "CENT", "centimos": "CENT",
    "cents": "CENT", "plata": "$",
}  # fmt: skip
SIGNS: Final = frozenset("$€£¥")
PESOS: Final = frozenset({"PESO", "MXN", "COP", "ARS", "CLP", "UYU", "DOP"})
PESO_COUNTRIES: Final = {
    "mexicanos": "MXN", "mexicano": "MXN", "colombianos": "COP", "argentinos": "ARS", "chilenos": "CLP",
    "uruguayos": "UYU", "dominicanos": "DOP",
}  # fmt: skip
PERCENTS: Final = frozenset({"%", "percent", "pct", "porciento"})
DURATIONS: Final = {
    "segundo": "seconds", "segundos": "seconds", "seconds": "seconds", "second": "seconds", "s": "seconds",
    "min": "minutes", "mins": "minutes", "minuto": "minutes", "minutos": "minutes", "minute": "minutes",
    "minutes": "minutes", "minutito": "minutes", "minutitos": "minutes", "h": "hours", "hs": "hours", "hr": "hours",
    "hrs": "hours", "hora": "hours", "horas": "hours", "horitas": "hours", "hour": "hours", "hours": "hours",
    "dia": "days", "dias": "days", "diitas": "days", "day": "days", "days": "days", "semana": "weeks",
    "semanas": "weeks", "semanitas": "weeks", "week": "weeks", "weeks": "weeks", "quincena": "fortnights",
    "quincenas": "fortnights", "mes": "months", "meses": "months", "month": "months", "months": "months",
    "bimestre": "bimesters", "bimestres": "bimesters", "trimestre": "quarters", "trimestres": "quarters",
    "semestre": "semesters", "semestres": "semesters", "ano": "years", "anos": "years", "anito": "years",
    "year": "years", "years": "years",
}  # fmt: skip
_MINUTES: Final = {
    "seconds": Decimal(1) / 60, "minutes": Decimal(1), "hours": Decimal(60), "days": Decimal(1440),
    "weeks": Decimal(10080), "fortnights": Decimal(20160),
}  # fmt: skip
_MONTHS: Final = {
    "months": Decimal(1), "bimesters": Decimal(2), "quarters": Decimal(3), "semesters": Decimal(6),
    "years": Decimal(12),
}  # fmt: skip
SEATS: Final = frozenset(
    [
        "lugar",
        "lugares",
        "lugarcito",
        "lugarcitos",
        "cupo",
        "cupos",
        "cupito",
        "cupitos",
        "plaza",
        "plazas",
        "vacante",
        "vacantes",
        "asiento",
        "asientos",
        "puesto",
        "puestos",
        "espacio",
        "espacios",
        "seat",
        "seats",
        "spot",
        "spots",
        "place",
        "places",
        "slot",
        "slots",
        "sitio",
        "sitios",
    ]
)
_KIN: Final = {
    "people": [
        "estudiante",
        "alumno",
        "alumna",
        "persona",
        "graduado",
        "graduada",
        "egresado",
        "egresada",
        "participante",
        "profesional",
        "inscrito",
        "matriculado",
        "miembro",
        "usuario",
        "student",
        "learner",
        "people",
        "person",
        "graduate",
        "member",
        "user",
        "participant",
        "alumni",
    ],
    "module": ["modulo", "unidad", "module", "unit"],
    "lesson": ["leccion", "clase", "sesion", "lesson", "class", "session"],
    "project": ["proyecto", "project"],
    "company": ["empresa", "compania", "company", "companies"],
    "country": ["pais", "country", "countries"],
    "exercise": ["ejercicio", "practica", "exercise"],
    "testimonial": ["testimonio", "opinion", "resena", "testimonial", "review"],
    "case": ["caso", "case", "historia", "story", "stories"],
    "resource": ["recurso", "plantilla", "guia", "resource", "template"],
    "bonus": ["bono", "bonus", "regalo", "bonuses", "gift"],
    "star": ["estrella", "star"],
}


def stem(noun: str) -> str:
    """The family of a counted noun: synonyms share one, other nouns lose their number and gender."""
    bare = noun[:-1] if noun.endswith("s") and len(noun) > 3 else noun
    return _FAMILY.get(noun) or _FAMILY.get(bare) or _FAMILY.get(bare[:-1]) or bare.rstrip("aeo") or bare


def known_noun(noun: str) -> bool:
    """Whether `noun` is of a family that this module knows by name."""
    return stem(noun) in _KIN


def length(amount: Decimal, unit: str) -> tuple[str, Decimal] | None:
    """A stretch of time as ("minutes", n) or ("months", n); None where `unit` is no unit of time."""
    if unit in _MINUTES:
        return "minutes", (amount * _MINUTES[unit]).quantize(Decimal("0.001")) if amount < 10**9 else amount
    if unit in _MONTHS:
        return "months", amount * _MONTHS[unit]
    return None


_FAMILY: Final = {word: family for family, words in _KIN.items() for word in words}
