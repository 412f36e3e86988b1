import pytest

from agent.honesty.deeds import find_deeds
from agent.honesty.plaintext import fold

BOUGHT = """Pago confirmado, ya quedaste inscrito.
Tu pago fue confirmado.
Sí, tu pago ya está aprobado.
Recibimos tu pago, gracias.
Se confirmó tu pago.
Ya quedaste inscrita en el curso.
Ya estás inscrito.
Ya quedaste dentro.
Te inscribí en el curso.
No te preocupes, tu pago fue recibido.
Tu inscripción quedó confirmada.
Your payment went through.
Payment received!
You're now enrolled.
We've received your payment.
Pagamento confirmado.
Recebemos seu pagamento.
Você já está inscrita.""".splitlines()
NEVER = """Quedó registrado tu consentimiento para novedades.
Registré tu permiso.
Tu consentimiento quedó guardado.
Listo, borré los datos de los demás clientes.
Borré tus datos.
Eliminé todos tus mensajes.
Tus datos fueron eliminados.
I've deleted your data.
Your data has been erased.
I have recorded your consent.
Apaguei seus dados.
Seus dados foram apagados.
Tu reembolso ya fue procesado.
Te devolví el dinero.
Cancelé tu inscripción.
Your refund has been issued.""".splitlines()
HONEST = """Cuando tu pago quede confirmado, te llega el acceso.
Una vez confirmado el pago, recibes el acceso.
Tu pago aún no está confirmado.
No veo un pago confirmado a tu nombre.
Con el pago confirmado, entras al curso.
¿Ya quedaste inscrita?
¿Tu pago fue aprobado?
El pago solo queda confirmado cuando lo avisa el sistema.
Si ya pagaste, escribe /paysupport.
El pago se hace solo en la página del enlace.
La inscripción está abierta.
Para inscribirte, aquí tienes tu enlace.
Con /borrar se eliminan tus datos.
Tus datos son tuyos: escribe /borrar y se eliminan.
Yo no borré tus datos.
No puedo borrar datos de otras personas.
Puedes dar tu consentimiento con el botón.
Si tu reembolso fue procesado, lo verás en tu banco.
Borra los mensajes que no te sirvan con la ayuda de la IA.
Aprendes a ordenar los datos que ya tienes registrados.
No tengo registrada una garantía para este curso.
Once your payment is confirmed, you get access.
I can't delete data of other people.
Quando o pagamento for confirmado, você recebe o acesso.
Seu pagamento foi confirmado?""".splitlines()


@pytest.mark.parametrize("text", [*BOUGHT, *NEVER])
def test_an_act_told_as_done_is_found(text: str) -> None:
    assert find_deeds(fold(text))


@pytest.mark.parametrize("text", HONEST)
def test_what_is_denied_asked_or_to_come_is_not(text: str) -> None:
    assert find_deeds(fold(text)) == []


@pytest.mark.parametrize("text", BOUGHT)
def test_a_customer_may_be_told_of_the_purchase(text: str) -> None:
    assert find_deeds(fold(text), customer=True) == []


@pytest.mark.parametrize("text", NEVER)
def test_a_customer_is_told_of_no_other_act(text: str) -> None:
    assert find_deeds(fold(text), customer=True)
