import pytest

from agent.honesty.disparagement import find_disparagement
from agent.honesty.plaintext import fold

ILL = """Las otras escuelas son una estafa.
Los demás cursos son basura.
La competencia te engaña: son mentirosos.
Esas academias son un fraude.
No como las otras escuelas, que son una estafa.
Cuidado con las estafas de otras escuelas.
Other schools are a scam.
The competition are liars.
As outras escolas são uma fraude.""".splitlines()
HONEST = """Las otras escuelas no son una estafa.
No puedo decir que otras escuelas sean una estafa.
Entiendo que temas una estafa; aquí tienes la garantía.
Esto no es una estafa.
¿Las otras escuelas son una estafa? Eso no lo puedo decir.
Otros cursos duran más; este tiene 8 módulos.
De otros cursos no tengo datos confirmados.
La competencia digital es útil.
Aprendes a detectar fraudes con IA.
Other courses may suit you better.
Os outros cursos também são bons.""".splitlines()


@pytest.mark.parametrize("text", ILL)
def test_ill_words_about_others_are_found(text: str) -> None:
    assert find_disparagement(fold(text))


@pytest.mark.parametrize("text", HONEST)
def test_fair_words_are_not(text: str) -> None:
    assert find_disparagement(fold(text)) == []
