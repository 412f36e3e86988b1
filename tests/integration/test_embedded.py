"""The embedded model in whole conversations: real prompts, real tool schemas, hand-made tool results."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from agent.embedded import EmbeddedChatModel
from agent.embedded.needs import accepts
from agent.honesty.verification import verify
from agent.toolbox import NAMES, schemas
from core.domain.evidence import Fact, FactKind
from core.prompts.prompt_set import PromptSet

PROMPTS = PromptSet.load(Path(__file__).parents[2] / "prompts")
SCHEMAS = schemas(PROMPTS, NAMES)
PROMISE = re.compile(
    r"\bte (?:aviso|escribo|llamo|contacto|recuerdo|confirmo)\b|\b(?:voy a|déjame) (?:consultar|preguntar)", re.I
)
NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
MODEL = EmbeddedChatModel(prompts=lambda: PROMPTS, clock=lambda: NOW)


def fact(key: str, kind: str, value: str, unit: str = "", source: str = "courses:1") -> Fact:
    return Fact(key=key, kind=FactKind(kind), value=value, unit=unit, source=source)


COURSE = (
    fact("course.name", "text", "IA aplicada al trabajo"),
    fact("course.tagline", "text", "Automatiza lo repetitivo y gana tiempo para lo importante."),
    fact("course.description", "text", "Aprendes a usar herramientas de IA en tareas reales de oficina, paso a paso."),
    fact("course.price", "money", "249.00", "USD"),
    fact("course.duration", "duration", "8", "weeks"),
    fact("course.hours", "duration", "32", "hours"),
    fact("course.modules", "count", "6", "módulos"),
    fact("course.level", "text", "Principiante"),
    fact("course.audience", "text", "Personas que trabajan con documentos y hojas de cálculo."),
    fact("course.modality", "text", "En línea, con clases grabadas."),
    fact("course.certificate", "text", "Certificado digital de finalización."),
    fact("course.requirements", "text", "Una computadora con internet."),
    fact("course.guarantee_days", "duration", "15", "days"),
    fact("course.guarantee", "text", "Si en los primeros 15 días no te convence, te devolvemos tu dinero."),
)
SAMPLE = "sample", "text", "true", ""
RESULTS: Mapping[str, tuple[Fact, ...]] = {
    "show_syllabus": (
        fact("module.title", "text", "Primeros pasos con la IA", "", "course_modules:1"),
        fact("module.hours", "duration", "4", "hours", "course_modules:1"),
        fact("module.title", "text", "Reportes y hojas de cálculo", "", "course_modules:2"),
        fact("module.hours", "duration", "6", "hours", "course_modules:2"),
    ),
    "send_preview": (fact("course.name", "text", "IA aplicada al trabajo"),),
    "deliver_resource": (
        fact("resource.title", "text", "Guía de primeros pasos", "", "free_resources:1"),
        fact("resource.description", "text", "Una guía corta con ejercicios.", "", "free_resources:1"),
    ),
    "find_testimonials": (
        fact("testimonial.person", "person", "Ana Ruiz", "", "student_testimonials:1"),
        fact("testimonial.role", "text", "contadora", "", "student_testimonials:1"),
        fact("testimonial.words", "quote", "Con dos horas por semana pude terminar.", "", "student_testimonials:1"),
        fact(*SAMPLE, "student_testimonials:1"),
    ),
    "find_success_cases": (
        fact("case.person", "person", "Luis Gómez", "", "success_cases:1"),
        fact("case.occupation", "text", "administrador", "", "success_cases:1"),
        fact("case.story", "text", "Luis armó un flujo que lee facturas y llena la hoja por él", "", "success_cases:1"),
        fact("case.metric.hours", "duration", "6", "hours", "success_cases:1"),
        fact("case.metric.hours.label", "text", "Horas ahorradas por semana", "", "success_cases:1"),
        fact(*SAMPLE, "success_cases:1"),
    ),
    "compare_prices": (
        fact("comparison.price_per_hour", "money", "7.78", "USD"),
        fact("statistic.finish", "percent", "87", "%", "course_statistics:1"),
        fact("statistic.finish.label", "text", "Alumnos que terminan el curso", "", "course_statistics:1"),
    ),
    "compare_competitors": (
        fact("competitor.name", "text", "Academia Norte", "", "competitor_analysis:1"),
        fact("competitor.price", "money", "320.00", "USD", "competitor_analysis:1"),
        fact("competitor.strengths", "text", "Tiene una comunidad grande", "", "competitor_analysis:1"),
    ),
    "show_guarantee": (
        fact("guarantee.days", "duration", "15", "days"),
        fact("guarantee.terms", "text", "Si en los primeros 15 días no te convence, te devolvemos tu dinero."),
    ),
    "present_offer": (
        fact("offer.name", "text", "Semana de la IA", "", "offers:1"),
        fact("offer.percent", "percent", "20", "%", "offers:1"),
        fact("offer.price", "money", "199.20", "USD", "offers:1"),
        fact("offer.saving", "money", "49.80", "USD", "offers:1"),
        fact("offer.ends_at", "date", "2026-11-30T23:59-06:00", "", "offers:1"),
        fact("offer.seats", "seats", "20", "places", "offers:1"),
    ),
    "list_bonuses": (
        fact("offer.bonus", "text", "Sesión grupal de preguntas", "", "offers:2"),
        fact("offer.bonus_value", "money", "40.00", "USD", "offers:2"),
        fact("offer.ends_at", "date", "2026-11-30T23:59-06:00", "", "offers:2"),
    ),
    "payment_options": (fact("payment.method", "text", "sandbox", "", "settings:payment_provider"),),
    "create_payment_link": (
        fact("payment.amount", "money", "249.00", "USD", "payments:1"),
        fact("payment.link", "link", "https://brenda.example/p/abc", "", "payments:1"),
        fact("payment.expires_at", "date", "2026-11-24T12:00-06:00", "", "payments:1"),
    ),
    "create_demo_link": (
        fact("demo.link", "link", "https://brenda.example/d/abc", "", "demo_links:1"),
        fact("demo.expires_at", "date", "2026-11-24T12:00-06:00", "", "demo_links:1"),
    ),
    "schedule_follow_up": (fact("follow_up.due_at", "date", "2026-11-23T10:00-06:00", "", "follow_ups:1"),),
}
MISSING = {"contact_advisor": "no_advisor"}


class Play:
    """A chat with the embedded model, checked turn by turn as the graph would check it."""

    def __init__(self, facts: Sequence[Fact] = COURSE, memory: str = "") -> None:
        self.facts, self.memory = tuple(facts), memory
        self.history: list[BaseMessage] = []
        self.called: list[list[str]] = []
        self.replies: list[str] = []
        self.arguments: dict[str, dict[str, Any]] = {}
        self.model_calls = 0

    def messages(self, words: str, suggestion: str | None = None) -> list[BaseMessage]:
        data = {
            "suggestion": suggestion,
            "name": "Lucía",
            "seed": 7919 * (len(self.replies) + 1),
            "stage": "conversation",
        }
        lines = "\n".join(one.model_dump_json() for one in self.facts)
        memory = [HumanMessage(f"<memoria>\n{self.memory}\n</memoria>")] if self.memory else []
        turn = f"<turno>\n- Sé breve.\ndatos: {json.dumps(data)}\n</turno>"
        head = SystemMessage(f"Eres Brenda.\n<hechos>\n{lines}\n</hechos>")
        return [head, *memory, *self.history, SystemMessage(turn), HumanMessage(words)]

    def say(self, words: str, suggestion: str | None = None, tools: Sequence[dict[str, Any]] = SCHEMAS) -> str:
        messages, evidence, called = self.messages(words, suggestion), list(self.facts), list[str]()
        for self.model_calls in range(1, 4):
            answer = MODEL.invoke(messages, tools=list(tools))
            if not answer.tool_calls:
                break
            messages.append(answer)
            for call in answer.tool_calls:
                called.append(call["name"])
                self.arguments[call["name"]] = call["args"]
                brought = RESULTS.get(call["name"], ())
                evidence += brought
                content = {
                    "facts": [one.model_dump(mode="json") for one in brought],
                    "missing": MISSING.get(call["name"], ""),
                }
                messages.append(ToolMessage(json.dumps(content), tool_call_id=call["id"] or ""))
        text = str(answer.text)
        self._check(text, evidence, called)
        self.history += [HumanMessage(words), AIMessage(text)]
        self.called.append(called)
        self.replies.append(text)
        return text

    def _check(self, text: str, evidence: Sequence[Fact], called: Sequence[str]) -> None:
        assert 0 < len(text) <= 700
        assert text.count("?") <= 1, text
        assert text not in self.replies
        verdict = verify(text, evidence, now=NOW, allowed_names=frozenset({"Lucía"}))
        assert verdict.ok, (text, verdict.unsupported)
        assert "schedule_follow_up" in called or not PROMISE.search(text), text
        assert self.model_calls == (2 if called else 1)


SALES: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {
    "accountant": [
        ("hola", "", ()),
        ("soy contadora en una pyme y quiero automatizar mis reportes", "", ("update_profile",)),
        ("cuanto cuesta?", "249 USD", ()),
        ("uy esta caro", "", ("compare_prices",)),
        ("y como se que no es una estafa?", "", ("find_testimonials",)),
        ("que temas ve?", "Reportes y hojas de cálculo", ("show_syllabus",)),
        ("dan certificado?", "certificado digital", ()),
        ("ok mandame la demo", "https://brenda.example/d/abc", ("create_demo_link",)),
        ("me gustó, como pago?", "https://brenda.example/p/abc", ("create_payment_link",)),
        ("gracias!", "", ()),
    ],
    "doubter": [
        ("hola cuanto sale", "249 USD", ()),
        ("no me alcanza la verdad", "", ("compare_prices",)),
        ("es mucha plata para mi", "199.20 USD", ("present_offer",)),
        ("aceptan tarjeta?", "", ("payment_options",)),
        ("cuanto dura?", "8 semanas", ()),
        ("no tengo tiempo", "", ("find_testimonials",)),
        ("cuando empieza?", "fecha", ()),
        ("lo tengo que pensar", "Luis Gómez", ("find_success_cases",)),
        ("escribeme el lunes", "23 de noviembre", ("schedule_follow_up",)),
        ("chao", "", ()),
    ],
    "curious": [
        ("info porfa", "IA aplicada al trabajo", ()),
        ("eres un robot?", "IA", ()),
        ("a que hora son las clases?", "clases grabadas", ()),
        ("quien da el curso?", "", ()),
        ("y si no me gusta?", "15 días", ("show_guarantee",)),
        ("que diferencia hay con platzi?", "Academia Norte", ("compare_competitors",)),
        ("me consiguen trabajo?", "", ()),
        ("cuentame un chiste", "cursos", ()),
        ("y los requisitos", "computadora", ()),
        ("no gracias", "", ()),
    ],
    "foreigner": [
        ("hi", "Brenda", ()),
        ("how much is it?", "249 USD", ()),
        ("can i see a demo?", "https://brenda.example/d/abc", ("create_demo_link",)),
        ("i want to buy it", "https://brenda.example/p/abc", ("create_payment_link",)),
        ("are you a bot?", "AI", ()),
        ("can i talk to a human?", "/asesor", ("contact_advisor",)),
        ("quanto custa?", "249 USD", ()),
        ("quero ver a demo", "https://brenda.example/d/abc", ("create_demo_link",)),
        ("você é um robô?", "pessoa", ()),
        ("não, obrigado", "", ()),
    ],
    "monosyllabic": [("precio" if turn % 3 else "y cuanto cuesta?", "249 USD", ()) for turn in range(10)],
}


@pytest.mark.parametrize("name", SALES)
def test_a_sale_of_ten_turns_answers_what_was_asked(name: str) -> None:
    play = Play()
    for words, expected, tools in SALES[name]:
        reply = play.say(words)
        assert expected in reply, (words, reply)
        assert tuple(play.called[-1]) == tools, words


@pytest.mark.parametrize("suggestion", NAMES)
def test_every_suggestion_leaves_an_honest_varied_sale(suggestion: str) -> None:
    play = Play()
    for words, _, _ in SALES["accountant"]:
        play.say(words, suggestion)


def test_the_price_stands_in_the_first_sentence() -> None:
    for words in ("cuanto cuesta?", "hola, precio porfa", "q precio tiene y dan certificado"):
        assert "249 USD" in Play().say(words).split("\n")[0]


def test_a_missing_start_date_is_said_to_be_missing_and_a_known_one_is_told() -> None:
    assert "no hay fecha fija" in Play().say("cuando empieza?").casefold() or "fecha" in Play().say("cuando empieza?")
    starts = (*COURSE, fact("course.starts_on", "date", "2026-11-30"))
    assert "30 de noviembre" in Play(starts).say("cuando empieza?")


def test_a_refusal_ends_the_selling_at_once() -> None:
    for words in ("no gracias", "ya no quiero info", "no me escriban más", "stop"):
        play = Play()
        play.say("hola")
        reply = play.say(words, "present_offer")
        assert play.called[-1] == []
        assert "?" not in reply
        assert not any(word in reply for word in ("demo", "oferta", "precio", "USD"))


def test_no_help_is_pressed_on_someone_who_has_just_refused() -> None:
    play = Play()
    play.say("no gracias")
    play.say("hola", "present_offer")
    play.say("es caro", "present_offer")
    assert play.called == [[], [], []]


def test_a_suggestion_is_used_when_it_fits_and_left_when_it_does_not() -> None:
    fitting, unfitting = Play(), Play()
    fitting.say("es muy caro", "present_offer")
    unfitting.say("eres un robot?", "present_offer")
    assert fitting.called == [["present_offer"]]
    assert unfitting.called == [[]]


def test_a_bare_yes_takes_up_what_was_proposed() -> None:
    play = Play()
    play.history = [HumanMessage("hola"), AIMessage("Con gusto.\n\nSi quieres te enseño el temario. ¿Lo vemos?")]
    play.say("sí, porfa")
    assert play.called == [["show_syllabus"]]


def test_a_sample_is_called_an_example() -> None:
    assert "ejemplo" in Play().say("hay testimonios?")
    assert "ejemplo" in Play().say("tienen casos de éxito?")


def test_what_the_person_told_is_remembered() -> None:
    memory = "Nombre: Lucía\nOcupación: contadora\n- Soy contadora en una pyme de Bogotá"
    assert "eres contadora en una pyme" in Play(memory=memory).say("qué te dije de mi trabajo?")
    assert "Lucía" in Play(memory=memory).say("cómo me llamo?")
    assert "contadora" not in Play(memory=memory).say("te acuerdas de qué país soy?")


def test_what_the_person_tells_is_kept_with_the_schemas_own_fields() -> None:
    play = Play()
    play.say("soy abogado y vivo en Colombia, mi correo es ana@example.com y quiero cambiar de trabajo. que temas ve?")
    assert set(play.called[0]) == {"show_syllabus", "update_profile"}
    assert play.arguments["update_profile"] == {
        "occupation": "abogado", "country": "Colombia", "goal": "cambiar de trabajo", "email": "ana@example.com",
    }  # fmt: skip


def test_what_is_already_known_is_not_stored_again() -> None:
    play = Play(memory="Ocupación: abogado")
    play.say("soy abogado, cuanto cuesta?")
    assert play.called == [[]]


def test_without_facts_nothing_is_invented() -> None:
    play = Play(facts=())
    for words in ("cuanto cuesta?", "cuando empieza?", "dan certificado?", "cuanto dura?", "es caro"):
        play.say(words, tools=())


@pytest.mark.parametrize(
    "missing",
    ["no_live_offer", "no_course", "no_advisor", "offer_gone", "file_not_available", "bad_time", "never_heard_of"],
)
def test_what_a_tool_could_not_give_is_told(missing: str) -> None:
    play = Play()
    messages = play.messages("hay algún descuento?")
    call = MODEL.invoke(messages, tools=list(SCHEMAS))
    result = ToolMessage(json.dumps({"facts": [], "missing": missing}), tool_call_id=call.tool_calls[0]["id"] or "")
    reply = str(MODEL.invoke([*messages, call, result], tools=list(SCHEMAS)).text)
    assert len(reply) > 20
    assert verify(reply, COURSE, now=NOW, allowed_names=frozenset({"Lucía"})).ok, reply


def test_a_correction_drops_the_claim_and_still_answers() -> None:
    play = Play()
    messages = play.messages("cuanto cuesta?")
    rejected = AIMessage("Cuesta 249 USD y te lo dejo en 99 USD.")
    reason = SystemMessage("<correccion>\n- importe: «99 USD»\n</correccion>")
    reply = MODEL.invoke([*messages, rejected, reason], tools=list(SCHEMAS))
    assert not reply.tool_calls
    assert "99 USD" not in str(reply.text).replace("249 USD", "")
    assert "249 USD" in str(reply.text)


def test_a_claim_that_was_refused_is_not_made_again_even_if_a_template_holds_it() -> None:
    messages = Play().messages("cuanto cuesta?")
    reason = SystemMessage("<correccion>\n- importe: «249 USD»\n</correccion>")
    reply = str(MODEL.invoke([*messages, AIMessage("Cuesta 249 USD."), reason]).text)
    assert reply
    assert "249" not in reply


async def test_bound_tools_and_tools_of_the_call_are_the_same() -> None:
    messages = Play().messages("quiero ver la demo")
    bound = await MODEL.bind_tools(list(SCHEMAS)).ainvoke(messages)
    given_now = await MODEL.ainvoke(messages, tools=list(SCHEMAS))
    assert bound.tool_calls == given_now.tool_calls
    assert bound.tool_calls[0]["name"] == "create_demo_link"
    assert not (await MODEL.bind_tools(list(SCHEMAS), tool_choice="none").ainvoke(messages)).tool_calls


@settings(max_examples=150, deadline=None)
@given(
    words=st.one_of(st.text(max_size=200), st.sampled_from([line[0] for sale in SALES.values() for line in sale])),
    offered=st.sets(st.sampled_from(NAMES)),
    suggestion=st.one_of(st.none(), st.sampled_from(NAMES), st.text(max_size=10)),
)
def test_only_offered_tools_are_called_with_arguments_that_their_schema_accepts(
    words: str, offered: set[str], suggestion: str | None
) -> None:
    tools = schemas(PROMPTS, sorted(offered))
    known = {tool["function"]["name"]: tool["function"]["parameters"] for tool in tools}
    messages = Play().messages(words, suggestion)
    answer = MODEL.invoke(messages, tools=list(tools))
    assert answer.model_dump(exclude={"id"}) == MODEL.invoke(messages, tools=list(tools)).model_dump(exclude={"id"})
    assert bool(answer.tool_calls) != bool(answer.text)
    for call in answer.tool_calls:
        parameters = known[call["name"]]
        for name, value in call["args"].items():
            assert accepts(parameters["properties"][name], value, parameters.get("$defs", {}))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.builds(lambda kind, text: kind(text), st.sampled_from([HumanMessage, AIMessage, SystemMessage]), st.text())
    )
)
def test_any_messages_get_words(messages: list[BaseMessage]) -> None:
    assert str(MODEL.invoke([*messages, HumanMessage("hola")]).text)
