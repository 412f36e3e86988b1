import pytest

from core.prompts.prompt_duties import MESSAGE_LIMIT, duty_faults


@pytest.mark.parametrize(
    ("name", "wording"),
    [
        ("messages/contact/greeting", "Hola, soy Brenda, una IA."),
        ("messages/contact/greeting", "Hola, soy una Inteligencia Artificial."),
        ("messages/name/ask", "x" * MESSAGE_LIMIT),
        ("system", "x" * (MESSAGE_LIMIT + 1)),
        ("messages/safe/demo", "No tengo ese dato; usa /asesor."),
        ("messages/presentation/course", "Cuesta 249 USD"),
    ],
)
def test_what_keeps_the_duties_has_no_fault(name: str, wording: str) -> None:
    assert list(duty_faults(name, wording, 1)) == []


@pytest.mark.parametrize(
    ("name", "wording", "why"),
    [
        ("arms/control", "", "says nothing"),
        ("messages/name/ask", "x" * (MESSAGE_LIMIT + 1), "4096"),
        ("messages/contact/greeting", "Hola, soy Brenda, tu asesora.", "article 50"),
        ("messages/contact/greeting", "Hola, soy Brenda, de la academia en CABIA.", "article 50"),
        ("messages/safe/demo", "Quedan 3 lugares.", "unverified"),
        ("messages/safe/demo", "Mira en https://ejemplo.mx", "unverified"),
        ("messages/safe/checkout", "Tiene un veinte % menos", "unverified"),
    ],
)
def test_what_breaks_a_duty_is_told_why(name: str, wording: str, why: str) -> None:
    (fault,) = duty_faults(name, wording, 7)
    assert (fault.file, fault.line) == (f"{name}.md.j2", 7)
    assert why in fault.message
