"""Links are found however they are written, and compared by where they lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.honesty.links import find_links, same_form
from core.domain.evidence import FactKind


def shown(text: str) -> list[str]:
    return [finding.value for finding in find_links(text)]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Mira https://academia.example/curso?id=1.", ["https://academia.example/curso?id=1"]),
        ("(http://127.0.0.1:8080/pagar/abc)", ["http://127.0.0.1:8080/pagar/abc"]),
        ("Entra en Academia.com y paga", ["Academia.com"]),
        ("WWW.MALO.NET", ["WWW.MALO.NET"]),
        ("ve a bit.ly/2xYz, ya", ["bit.ly/2xYz"]),
        ("escribe a ventas@academia.example", ["ventas@academia.example"]),
        ("mailto:ana@academia.mx", ["ana@academia.mx"]),
        ("háblame en @brenda_bot", ["@brenda_bot"]),
        ("abre 10.0.0.1/pago", ["10.0.0.1/pago"]),
        ("tg://resolve?domain=malo", ["tg://resolve?domain=malo"]),
        ("entra en academia punto com", ["academia punto com"]),
        ("a.com b.org", ["a.com", "b.org"]),
        ("https://a.example/uno https://b.example/dos", ["https://a.example/uno", "https://b.example/dos"]),
    ],
)
def test_links_are_found(text: str, links: list[str]) -> None:
    assert shown(text) == links


@pytest.mark.parametrize(
    "text",
    [
        "Termina el curso.Es fácil",
        "Cuesta 249.00 USD",
        "Son 3.5 horas, a las 10:30",
        "Horario: lunes",
        "¿Qué tal? Bien.",
        "Sr.Pérez",
        "punto por punto y sin com",
        "",
    ],
)
def test_what_is_no_link(text: str) -> None:
    assert shown(text) == []


@given(st.text(max_size=200))
def test_every_finding_stands_where_it_says(text: str) -> None:
    for finding in find_links(text):
        assert finding.kind is FactKind.LINK
        assert text[finding.start : finding.end] == finding.value


@given(st.text("abcé .,;!?()", max_size=40), st.text("abc .,;!?()", max_size=40))
def test_a_link_is_found_whatever_stands_around_it(before: str, after: str) -> None:
    assert any("malo.example/pago" in link for link in shown(f"{before} https://malo.example/pago {after}"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://Academia.example/Pago", "academia.example/Pago"),
        ("http://academia.example/", "https://ACADEMIA.example"),
        ("mailto:ana@academia.example", "ana@academia.example"),
        (" https://academia.example/pago). ", "https://academia.example/pago"),
    ],
)
def test_the_same_place(one: str, other: str) -> None:
    assert same_form(one) == same_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://academia.example/Pago", "https://academia.example/pago"),
        ("https://academia.example/pago", "https://academia.example/pago?descuento=1"),
        ("https://academia.example", "https://academia.example.malo.net"),
        ("https://academia.example@malo.net", "https://academia.example"),
    ],
)
def test_another_place(one: str, other: str) -> None:
    assert same_form(one) != same_form(other)
