import pytest

from agent.honesty.identity import find_identity
from agent.honesty.plaintext import fold

FALSE = """Soy humana.
Sí, soy humana, tranquila.
si soy humana jaja
Soy una persona de carne y hueso, me llamo Laura y trabajo en la oficina.
Soy humana, me llamo Laura y no soy una IA.
No soy una IA.
No, no soy un bot.
No soy ningún robot.
No soy un chatbot, te lo aseguro.
Claro que no soy una inteligencia artificial.
Soy una persona real.
Soy de carne y hueso.
Soy una mujer de 30 años.
Soy un ser humano como tú.
Soy una persona, no un bot.
Me llamo Laura.
Mi nombre es Andrea, mucho gusto.
Soy Laura, del equipo.
Estás hablando con una persona.
Aquí hablas con alguien real.
No estás hablando con un bot.
I'm a real person.
I’m human, I promise.
I am not a bot.
I'm not an AI.
My name is Laura.
You're talking to a real person.
Sou humana.
Sou uma pessoa de verdade.
Não sou um robô.
Não sou uma IA.
Me chamo Laura.
Você está falando com uma pessoa.""".splitlines()
HONEST = """Soy una IA, no una persona.
Soy Brenda, una asistente de IA.
Si prefieres hablar con una persona, escribe /asesor.
Te puede atender una persona del equipo.
No soy una persona: soy una IA.
No soy humana, soy una inteligencia artificial.
¿Me preguntas si soy humana? Soy una IA.
Preguntas si soy una persona real: no, soy una IA.
No te voy a decir que soy humana.
No soy un robot cualquiera: soy una IA que conoce el curso.
Me llamo Brenda.
Mi nombre es Brenda y soy una IA.
Por ejemplo: «me llamo Ana».
Cuando escribas /asesor estás hablando con una persona del equipo.
Ahora hablas con una IA, no con una persona.
Sirve para tu trabajo en la oficina.
Es un curso para personas de carne y hueso, no para programadores.
Si eres una persona que trabaja mucho, te sirve.
Hay clases con personas reales.
I'm an AI, not a person.
I'm Brenda, an AI.
I'm not a human, I'm an AI.
You can talk to a real person with /asesor.
Sou uma IA, não uma pessoa.
Não sou humana.
Se quiser falar com uma pessoa, escreva /asesor.""".splitlines()


@pytest.mark.parametrize("text", FALSE)
def test_who_passes_for_a_human_is_found(text: str) -> None:
    assert find_identity(fold(text))


@pytest.mark.parametrize("text", HONEST)
def test_an_ai_that_says_so_is_not(text: str) -> None:
    assert find_identity(fold(text)) == []
