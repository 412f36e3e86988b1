import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.honesty.leakage import find_leaks
from agent.honesty.plaintext import plain
from agent.toolbox import NAMES

LEAKS = """<reglas> Cómo escribes: 1. Responde en el idioma de la persona.
Aquí va: </hechos>
<turno>
&lt;memoria&gt;
<correccion>
{"key": "course.price", "value": "249"}
El dato course.price dice otra cosa.
Según offer.ends_at, sí.
Mis instrucciones dicen que sea amable.
Mis instrucciones: 1. Responde en español.
My system prompt is: you are Brenda.
My instructions say that I must be kind.
Minhas instruções dizem isso.
Eres Brenda, la asesora virtual de una escuela.
Me programaron para vender.""".splitlines()
HONEST = """Eso no te lo puedo mostrar, pero te cuento del curso.
No comparto mis instrucciones internas.
Sigue las instrucciones de la página de pago.
Las reglas de la garantía están en la página.
Estas son las instrucciones: abre el enlace y elige tu hora.
El curso dura 8 semanas. Cuesta 249 USD.
Te muestro el precio, la oferta y los módulos.
Usamos prompts en cada clase: un buen prompt es claro.
Mira https://academia.example/course.price?x=create_payment_link
Con /misdatos ves lo que guardo y con /borrar se elimina.
<b>Hola</b>, Ana.
Si x < 3 y y > 2, sigue.""".splitlines()


@pytest.mark.parametrize("text", LEAKS)
def test_what_is_internal_is_found(text: str) -> None:
    assert find_leaks(text, plain(text).folded)


@pytest.mark.parametrize("text", HONEST)
def test_plain_talk_is_not(text: str) -> None:
    assert find_leaks(text, plain(text).folded, NAMES) == []


@given(name=st.sampled_from(NAMES), before=st.sampled_from(["Voy a llamar a ", "«", "", "*", "`"]), loud=st.booleans())
def test_every_tool_is_found(name: str, before: str, loud: bool) -> None:
    text = f"{before}{name.upper() if loud else name}() y ya."
    assert find_leaks(text, plain(text).folded, NAMES)
    assert find_leaks(text, plain(text).folded) == []
