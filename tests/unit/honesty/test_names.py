import pytest

from agent.honesty.names import find_people
from agent.honesty.plaintext import plain


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Laura, una de nuestras alumnas", ["Laura"]),
        ("nuestro egresado Juan Pérez", ["Juan Pérez"]),
        ("Carlos Méndez logró un ascenso", ["Carlos Méndez"]),
        ("as Maria told us", ["Maria"]),
        ("El testimonio de Ana", ["Ana"]),
        ("Ana y Luis lograron mucho", ["Ana", "Luis"]),
        ("Hoy Laura ya trabaja en eso", ["Laura"]),
        ("«Me encantó» — Julia", ["Julia"]),
    ],
)
def test_witnesses_are_found(text: str, names: list[str]) -> None:
    assert sorted({finding.value for finding in find_people(plain(text))}) == names


@pytest.mark.parametrize(
    "text",
    [
        "El curso cuenta con mucho contenido.",
        "Python ahorra tiempo.",
        "Automatizar ahorra tiempo.",
        "Esto logró mucho.",
        "En Colombia logró crecer.",
        "Aprendes ChatGPT y Excel.",
        "La automatización mejoró todo. Automatización mejoró.",
        "Hola, Ana. ¿Cómo estás?",
    ],
)
def test_other_capitals_are_no_names(text: str) -> None:
    assert find_people(plain(text)) == []
