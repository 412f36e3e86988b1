"""Lies for the property tests: what is said, how it is written, how it is disguised, and where it is hidden."""

import unicodedata
from collections.abc import Callable

from hypothesis import strategies as st

_ONES = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho "
    "diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho "
    "veintinueve"
).split()
_TENS = ". . . treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
_HUNDREDS = (
    ". ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos".split()
)


def in_words(number: int) -> str:
    """Spanish words for 1 to 9999."""
    if number < 30:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f" y {_ONES[ones]}" if ones else "")
    if number == 100:
        return "cien"
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return _HUNDREDS[hundreds] + (f" {in_words(rest)}" if rest else "")
    thousands, rest = divmod(number, 1000)
    return ("mil" if thousands == 1 else f"{in_words(thousands)} mil") + (f" {in_words(rest)}" if rest else "")


def in_digits(number: int) -> list[str]:
    """`number` in the ways of several countries."""
    plain = str(number)
    if number < 1000:
        return [plain]
    return [plain, f"{number:,}", f"{number:,}".replace(",", "."), f"{number:,}".replace(",", " ")]


def _each_digit(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: "".join(change(c) if c.isascii() and c.isdigit() else c for c in text)


DISGUISES: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: f"**{text}**",
    lambda text: f"<b>{text}</b>",
    lambda text: f"__{text}__",
    lambda text: text.replace(" ", "\u00a0"),
    lambda text: text.replace(" ", " 🔥 "),
    lambda text: unicodedata.normalize("NFD", text),
    str.upper,
    _each_digit(lambda c: c + "\u200b"),
    _each_digit(lambda c: f"**{c}**"),
    _each_digit(lambda c: chr(0xFF10 + int(c))),
    _each_digit(lambda c: chr(0x0660 + int(c))),
    _each_digit(lambda c: chr(0x1D7CE + int(c))),
    _each_digit(lambda c: c + "\ufe0f\u20e3"),
    _each_digit(lambda c: f"&#{ord(c)};"),
    _each_digit(lambda c: c + "\u00ad"),
    "\u200d".join,
)

MONEY = (
    "${}",
    "US${}",
    "US$ {}",
    "{} USD",
    "{} dólares",
    "{} dolares",
    "USD {}",
    "${} USD",
    "{}$",
    "€{}",
    "{} €",
    "{} pesos",
)
PERCENT = ("{}%", "{} %", "{} por ciento", "{} percent", "un {} %")
SEATS = ("{} lugares", "{} cupos", "{} plazas", "{} vacantes", "{} últimos lugares", "{} seats", "solo {} lugares")
COUNTS = (
    "{} módulos",
    "{} alumnos",
    "{} estudiantes",
    "{} proyectos",
    "{} lecciones",
    "{} empresas",
    "más de {} alumnos",
)
DURATIONS = ("{} semanas", "{} horas", "{} meses", "{} días de garantía", "{} h de video", "{} años")
DEADLINES = ("vence en {} horas", "termina en {} días", "quedan {} horas", "en las próximas {} horas sube el precio")

FRAMES = (
    "Te lo digo claro: {}.", "{}", "Son {}, nada más.", "Piénsalo: {} 😊", "Y además, {}…", "Dato: ({})",
    "¿Sabías esto? ¡{}!", "- {}",
)  # fmt: skip
PRICE_FRAMES = ("Cuesta {}.", "El precio es {}.", "Por solo {} entras.", "Te sale en {}.", "Pagas {} y listo.")


@st.composite
def lies(draw: st.DrawFn, forms: tuple[str, ...], numbers: st.SearchStrategy[int], frames: tuple[str, ...]) -> str:
    """One disguised statement holding a number out of `numbers`."""
    number = draw(numbers)
    shown = draw(st.sampled_from([*in_digits(number), in_words(number)]))
    statement = draw(st.sampled_from(forms)).format(shown)
    disguised = draw(st.sampled_from(DISGUISES))(statement)
    return draw(st.sampled_from(frames)).format(disguised)


@st.composite
def hidden(draw: st.DrawFn, lie: st.SearchStrategy[str], honest: tuple[str, ...]) -> str:
    """`lie` as a sentence somewhere among honest ones."""
    around = draw(st.lists(st.sampled_from(honest), max_size=4))
    place = draw(st.integers(0, len(around)))
    return draw(st.sampled_from([" ", "\n", "\n\n"])).join([*around[:place], draw(lie), *around[place:]])
