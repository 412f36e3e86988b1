"""What the prospects type and what the model says, the same for every contestant.

The lines are as people type them on a telephone. A question makes the model call a tool before it answers; a remark is
answered at once. The answers state no number, name or date, so that nothing in them needs evidence.
"""

from enum import StrEnum

ASKING = "[¿?]"
"""Regular expression that finds a question."""

QUESTIONS = (
    "y que temas se ven en el curso?",
    "hola, una duda, como son las clases? es que trabajo hasta tarde y a veces no me da tiempo de conectarme",
    "oye y que aprende uno al final? yo llevo la contabilidad de una ferreteria y todo lo hago a mano en excel",
    "me explicas como funciona por favor? soy maestra de primaria y no se nada de programacion",
    "que incluye?",
    "y eso le sirve a alguien como yo? tengo una tienda de ropa en Guadalajara y vendo casi todo por whatsapp",
    "se ve algo de automatizar correos y reportes? es lo que mas tiempo me quita en la oficina la verdad",
    "cuales modulos tiene el programa y por donde se empieza?",
)
REMARKS = (
    "ok suena interesante",
    "yo trabajo en una clinica dental, llevo las citas y los mensajes de los pacientes, es un relajo",
    "ah ya entiendo, gracias por explicarme",
    "mi hermano tambien anda viendo estos temas, el estudia administracion en Puebla y me paso tu anuncio",
    "la verdad nunca he usado nada de esto, solo el chat ese para hacer textos y a veces para traducir",
    "quiero aprender para hacer mejor mi trabajo y que me quede la tarde libre para estar con mis hijas",
    "va, dejame leerlo con calma y te voy contando",
    "tengo una compu viejita pero creo que si jala bien, la uso para facturar y para ver videos",
)
ANSWERS = (
    "Claro que sí. El curso está pensado para quien trabaja y quiere quitarse tareas repetitivas: se parte de lo que "
    "ya haces en tu día a día y se construye paso a paso, con ejercicios sobre tus propios documentos. Cuéntame, ¿qué "
    "tarea te quita más tiempo en la semana?",
    "Te entiendo, y me alegra que me lo cuentes. Lo que describes es justo el tipo de trabajo que se practica en el "
    "programa: ordenar la información, preparar respuestas y revisar el resultado con criterio. ¿Te gustaría que "
    "empecemos por esa parte?",
    "Buena pregunta. Aquí tienes lo esencial, tal como está en el programa, sin adornos. Si algo no te queda claro, "
    "dímelo y lo vemos con un ejemplo de tu oficio, que así se entiende mucho mejor. ¿Cómo lo haces tú hoy?",
)
READERS = (
    "show_syllabus",
    "show_guarantee",
    "find_success_cases",
    "find_testimonials",
    "compare_prices",
    "compare_competitors",
    "payment_options",
)
"""Tools that only read, in the order in which the model prefers them."""


class Mix(StrEnum):
    """Which turns are run: every second one with a tool call, all of them, or none."""

    HALF = "half"
    TOOL = "tool"
    TEXT = "text"


def line(mix: Mix, number: int) -> str:
    """What is typed in the turn of this number, counted from 0."""
    asks = mix is Mix.TOOL or (mix is Mix.HALF and number % 2 == 0)
    texts = QUESTIONS if asks else REMARKS
    return texts[(number if mix is not Mix.HALF else number // 2) % len(texts)]


def model_calls(words: str) -> int:
    """How often the model must be asked to answer these words: twice when it calls a tool first."""
    return 2 if "?" in words else 1
