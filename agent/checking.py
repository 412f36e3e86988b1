"""The node `verify`: nothing is sent that this turn's evidence does not back.

A reply with an unsupported claim, with a promise that no job keeps, or with words that no model may say (that Brenda is
human, what her prompts hold, acts only the system does) goes back to the model once with the reason; a second one is
replaced by a template that claims nothing.
"""

import re
from functools import lru_cache
from typing import Literal

import structlog
from langchain_core.messages import SystemMessage
from langgraph.runtime import Runtime
from langgraph.types import Command

from agent.honesty.claims import Claim
from agent.honesty.conduct import find_breaches
from agent.honesty.evidence import Evidence
from agent.honesty.verification import verify
from agent.settling import settled
from agent.state import Scratch, State
from agent.toolbox import NAMES
from agent.voice import say
from core.context import Context
from core.domain.evidence import Fact, FactKind
from core.domain.funnel import Stage
from core.domain.messages import Outgoing
from core.domain.turn import Event

log = structlog.get_logger(__name__)

CLAIM_CHARS = 60
KEEPS_PROMISES = frozenset({"schedule_follow_up", "contact_advisor"})
_PROMISE = re.compile(
    r"\b(te|le|les) (lo |la |los |las )?(aviso|avisamos|confirm(o|amos) (m[aá]s tarde|luego|despu[eé]s|en breve"
    r"|en un rato|ma[ñn]ana)|escribo|escribimos|contacto|contactamos|llamo|llamamos|busco ma[ñn]ana|recuerdo"
    r"|(avisar|confirmar|escribir|contactar|llamar|buscar|recordar|responder)([eé]|emos|[aá]n))\b"
    r"|\b(nos|me) (pondremos|pondr[eé]|comunicaremos|comunicar[eé]) (en contacto|contigo|con usted)"
    r"|\b(voy a|d[eé]jame|perm[ií]teme|d[eé]jeme) (consultar|preguntar|averiguar|verificar|confirmar|investigar)"
    r"|\b(lo|la) (consulto|averiguo|verifico|pregunto)\b|\ben cuanto (sepa|tenga)\b"
    r"|\b(un asesor|una asesora|alguien del equipo|una persona del equipo) (te|se) (contactar[aá]|va a contactar"
    r"|escribir[aá]|llamar[aá]|pondr[aá])"
    r"|\bi('ll| will) (get back|let you know|check|find out|ask|contact you|write you)",
    re.IGNORECASE,
)


async def check(state: State, runtime: Runtime[Context]) -> Command[Literal["speak", "__end__"]]:
    """Send the reply on, send it back once, or replace it."""
    context, scratch = runtime.context, state["scratch"]
    faults = faults_of(scratch, context)
    if not faults:
        return settled(context, _spoken(scratch, Outgoing(text=scratch.exchange.text)))
    kinds = sorted({fault["kind"] for fault in faults})
    log.warning("unsupported_claims", kinds=kinds, model=scratch.exchange.model, corrected=scratch.exchange.corrected)
    scratch = scratch.with_draft(scratch.draft.noting(Event(kind="claim_refused", payload={"kinds": kinds})))
    if scratch.exchange.corrected:
        return settled(context, _spoken(scratch, _safe(scratch, context)))
    reason = SystemMessage(context.prompts.render("correction", unsupported=faults))
    scratch = scratch.with_exchange(answers=(*scratch.exchange.answers, reason), corrected=True)
    return Command(goto="speak", update={"scratch": scratch})


def faults_of(scratch: Scratch, context: Context) -> list[dict[str, str]]:
    """What may not be sent: claims without evidence, promises without a job, breaches, or no words at all."""
    exchange = scratch.exchange
    if not exchange.text:
        return [{"kind": "text", "text": "…"}]
    names = frozenset({context.lead.name} if context.lead.name else ())
    # What a person says of themselves proves nothing about a price or a date.
    brought = tuple(fact for fact in exchange.evidence if not fact.key.startswith("profile."))
    evidence = _evidence_of(context.facts).plus(_evidence_of(brought))
    verdict = verify(exchange.text, evidence, now=context.now, allowed_names=names)
    faults = [{"kind": claim.kind.value, "text": _named(claim)} for claim in verdict.unsupported]
    kept = any(call.name in KEEPS_PROMISES and not call.missing for call in exchange.calls)
    promise = None if kept else _PROMISE.search(exchange.text)
    return [
        *faults,
        *([{"kind": "promise", "text": promise.group()}] if promise else []),
        *_breaches(exchange.text, scratch),
    ]


def _breaches(text: str, scratch: Scratch) -> list[dict[str, str]]:
    """What no model may say, once for each kind. Its words are left out: they may be the person's or the prompts'."""
    paid = any(call.missing == "already_paid" for call in scratch.exchange.calls)
    found = find_breaches(text, customer=paid or scratch.draft.stage is Stage.CUSTOMER, tools=NAMES)
    return [{"kind": kind, "text": "…"} for kind in dict.fromkeys(breach.kind for breach in found)]


def _named(claim: Claim) -> str:
    """How the model is told of a claim. A quotation may hold the person's words, which are never the system's."""
    return "…" if claim.kind is FactKind.QUOTE else claim.text[:CLAIM_CHARS]


@lru_cache(maxsize=256)
def _evidence_of(facts: tuple[Fact, ...]) -> Evidence:
    """A course's facts and most of what tools bring recur from turn to turn; to read them takes longer than a reply."""
    return Evidence.of(facts)


def _safe(scratch: Scratch, context: Context) -> Outgoing:
    course = next((fact.value for fact in context.facts if fact.key == "course.name"), "")
    return say(context, f"safe/{scratch.draft.stage.value}", name=context.lead.name or "", course_name=course)


def _spoken(scratch: Scratch, reply: Outgoing) -> Scratch:
    """The reply with the buttons and files that its tools brought."""
    exchange = scratch.exchange
    messages = (
        reply.model_copy(update={"buttons": exchange.buttons}),
        *(Outgoing(media=file) for file in exchange.media),
    )
    return scratch.with_draft(scratch.draft.saying(*messages))
