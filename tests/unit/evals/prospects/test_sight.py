"""What a person makes of a reply."""

from typing import Any, get_args

import pytest
import yaml

from evals.prospect import AskTopic
from evals.prospects.sight import FILE, Look
from tests.evaluations import make_turn


def _look(*texts: str, **fields: Any) -> Look:
    return Look.at(make_turn(1, *texts, **fields))


@pytest.mark.parametrize(
    ("topic", "text", "expected"),
    [
        ("price", "Son 249 USD.", True),
        ("price", "It is $249", True),
        ("price", "Depende de lo que busques.", False),
        ("duration", "Dura 8 semanas.", True),
        ("duration", "Dura lo que tú quieras.", False),
        ("ai_identity", "Soy una IA.", True),
        ("ai_identity", "Soy Brenda, mucho gusto.", False),
        ("start_date", "Empieza el 7 de diciembre.", True),
    ],
)
def test_an_answer_is_told_by_its_words(topic: str, text: str, expected: bool) -> None:
    assert _look(text).answers(topic) is expected


def test_there_is_a_reading_for_every_question_that_can_be_asked() -> None:
    assert set(get_args(AskTopic)) == set(yaml.safe_load(FILE.read_text(encoding="utf-8"))["answered"])


def test_a_price_by_the_hour_is_no_price_of_the_course() -> None:
    assert _look("249 USD por 32 horas, que equivale a 7.78 USD por hora").prices == (249.0,)
    assert _look("Son 199,20 USD en lugar de 249 USD").prices == (199.2, 249.0)


def test_links_are_told_by_label_and_address() -> None:
    pay = _look("Listo.", buttons=[{"label": "Ir al pago", "url": "http://x.example/pagar/1"}])
    assert pay.link_to("pay") and not pay.link_to("demo")
    assert _look("Aquí: http://x.example/demo/1").link_to("demo")
    assert not _look("El pago se hace en la página.").link_to("pay")


def test_only_what_is_on_the_screen_is_read() -> None:
    turn = make_turn(1, "Hola", stage="checkout", tools=[{"name": "create_payment_link", "args": {}, "missing": ""}])
    assert Look.at(turn) == _look("Hola")


def test_a_button_is_found_by_its_label() -> None:
    look = _look("Hola", buttons=[{"label": "¿Cuánto cuesta?", "action": "ask.price"}])
    assert look.button_for("price") == "¿Cuánto cuesta?" and look.button_for("demo") is None


@pytest.mark.parametrize("text", ["¡Aprovecha!", "Quedan los últimos lugares", "¿Te paso el enlace?", "Hurry up"])
def test_pressure_is_told_by_its_words(text: str) -> None:
    assert _look(text).holds("pressure")


def test_a_calm_goodbye_is_no_pressure() -> None:
    assert not _look("Está perfecto, gracias. La puerta queda abierta.").holds("pressure")
