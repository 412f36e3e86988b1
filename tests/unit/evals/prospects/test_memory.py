"""What a person remembers."""

from typing import Any

from evals.prospects.memory import LONG_CHARS, Memory
from evals.prospects.sight import Look
from tests.evaluations import make_turn


def _after(*texts: str, **fields: Any) -> Memory:
    memory = Memory()
    for text in texts:
        memory.note(Look.at(make_turn(1, text, **fields)))
    return memory


def test_an_offer_lowers_the_price_and_a_figure_beside_it_does_not() -> None:
    assert _after("Precio: 249.00 USD", "Con la oferta pagas 199.20 USD en lugar de 249 USD.").price == 199.2
    assert _after("Precio: 249.00 USD", "Una alumna gana 180 USD más.").price == 249.0
    assert _after("Precio: 249.00 USD", "Con la oferta te ahorras 49.80 USD.").price == 249.0


def test_what_the_link_to_pay_says_is_the_price() -> None:
    pay = make_turn(2, "Tu enlace, por 249 USD.", buttons=[{"label": "Ir al pago", "url": "http://x.example/pagar/1"}])
    memory = _after("Precio: 249.00 USD", "Con la oferta pagas 199.20 USD.")
    memory.note(Look.at(pay))
    assert memory.price == 249.0


def test_a_price_above_the_first_one_is_remembered() -> None:
    assert _after("Precio: 249 USD", "Hoy son 299 USD").raised
    assert not _after("Precio: 249 USD", "Son 249 USD").raised


def test_a_reply_word_for_word_is_remembered_and_a_courtesy_is_not() -> None:
    text = "El curso dura ocho semanas y se toma en línea."
    assert _after(text, text).repeated and not _after("De nada.", "De nada.").repeated


def test_long_messages_are_counted() -> None:
    assert _after("x" * (LONG_CHARS + 1), "x" * LONG_CHARS).long_ones == 1
