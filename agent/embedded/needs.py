"""Needs: which of the offered tools the embedded model calls, and with what.

What the person plainly asks for comes first, then what answers their objection, then the turn's suggestion if it fits
the moment; otherwise no tool. At most two calls, and what the person told about themselves is kept beside them.
Arguments are made for the schema that came with the tool: nothing is passed that it does not name or would refuse.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from agent.embedded.appointments import appointment
from agent.embedded.briefing import Briefing
from agent.embedded.meaning import Meaning
from core.domain.perception import Courtesy, Intent, Objection, Topic
from core.learning.understanding import understand

MOST = 2
SHORT = 120
PATIENCE = 3
RIVALS = re.compile(
    r"\b(platzi|coursera|udemy|crehana|domestika|edx|edutin|hotmart|coderhouse|linkedin learning|datacamp)\b", re.I
)
KINDS = {
    "pdf": "pdf",
    "plantilla": "template",
    "template": "template",
    "guia": "guide",
    "guía": "guide",
    "checklist": "checklist",
}

TOPIC_TOOLS: Mapping[Topic, tuple[str, ...]] = {
    Topic.HUMAN: ("contact_advisor",),
    Topic.PROBLEM: ("contact_advisor",),
    Topic.FOLLOW_UP: ("schedule_follow_up",),
    Topic.DEMO: ("create_demo_link", "send_preview"),
    Topic.PREVIEW: ("send_preview", "create_demo_link"),
    Topic.RESOURCES: ("deliver_resource", "send_preview"),
    Topic.DISCOUNT: ("present_offer",),
    Topic.OFFER: ("present_offer",),
    Topic.BONUS: ("list_bonuses",),
    Topic.PAYMENT: ("payment_options",),
    Topic.SYLLABUS: ("show_syllabus",),
    Topic.GUARANTEE: ("show_guarantee",),
    Topic.TESTIMONIALS: ("find_testimonials",),
    Topic.CASES: ("find_success_cases", "find_testimonials"),
    Topic.COMPETITORS: ("compare_competitors",),
    Topic.VALUE: ("compare_prices", "find_success_cases"),
    Topic.AUDIENCE: ("find_success_cases",),
}
INTENT_TOOLS: Mapping[Intent, tuple[str, ...]] = {
    Intent.WANTS_HUMAN: ("contact_advisor",),
    Intent.BUYING_SIGNAL: ("create_payment_link", "payment_options"),
    Intent.WANTS_DEMO: ("create_demo_link", "send_preview"),
    Intent.FREE_RESOURCES: ("deliver_resource", "send_preview"),
}
OBJECTION_TOOLS: Mapping[Objection, tuple[str, ...]] = {
    Objection.PRICE: ("compare_prices", "present_offer", "show_guarantee", "payment_options"),
    Objection.TIME: ("find_testimonials", "show_syllabus", "send_preview"),
    Objection.VALUE: ("find_success_cases", "compare_prices", "create_demo_link", "send_preview"),
    Objection.TRUST: ("find_testimonials", "show_guarantee", "find_success_cases"),
}
# What a suggestion may follow: intents, and objections.
SUGGESTION_FITS: Mapping[str, frozenset[str]] = {
    "show_syllabus": frozenset({"exploration", "automation_need", "career_change", "time", "value"}),
    "send_preview": frozenset({"exploration", "automation_need", "career_change", "value", "time"}),
    "deliver_resource": frozenset({"exploration", "automation_need", "career_change", "time"}),
    "find_testimonials": frozenset({"exploration", "career_change", "trust", "value", "time", "price"}),
    "find_success_cases": frozenset({"exploration", "career_change", "automation_need", "value", "trust"}),
    "compare_prices": frozenset({"price", "value", "price_question"}),
    "compare_competitors": frozenset({"value", "price"}),
    "show_guarantee": frozenset({"trust", "price", "value"}),
    "present_offer": frozenset({"price_question", "price"}),
    "list_bonuses": frozenset({"price_question", "price", "value"}),
    "payment_options": frozenset({"price_question", "price"}),
    "create_demo_link": frozenset({"value", "trust"}),
}
NOT_A_MOMENT_TO_SHOW = frozenset(
    {Topic.AI_IDENTITY, Topic.MEMORY, Topic.PRIVACY, Topic.PROBLEM, Topic.OUT_OF_SCOPE, Topic.HUMAN, Topic.FOLLOW_UP}
    | {Topic.MINOR, Topic.DISTRESS, Topic.JOBS, Topic.INVOICE, Topic.INSTRUCTOR}
)


@dataclass(frozen=True, slots=True)
class Call:
    """A tool to call."""

    name: str
    arguments: dict[str, Any]


def calls(briefing: Briefing, meant: Meaning, schemas: Mapping[str, Mapping[str, Any]], now: datetime) -> list[Call]:
    """The calls of this turn, none after a no or to who goes to think. `schemas`: parameters by the tool's name."""
    if meant.leaves or meant.postponed or Topic.DISTRESS in meant.topics or Topic.MINOR in meant.topics:
        return []
    told = {name: value for name, value in meant.told.items() if briefing.profile.get(name) != value}
    keeping = list(_call("update_profile", told, schemas)) if told else []
    wanted = [name for name in dict.fromkeys(_wanted(briefing, meant, schemas)) if name in schemas]
    known = _known(briefing, meant, now)
    made = [call for name in wanted for call in _call(name, known.get(name, {}), schemas)]
    return made[: MOST - len(keeping)] + keeping


def _wanted(briefing: Briefing, meant: Meaning, schemas: Mapping[str, object]) -> Iterator[str]:
    """Names of tools, the most wanted first."""
    asked = [_first(TOPIC_TOOLS[topic], schemas) for topic in meant.topics if topic in TOPIC_TOOLS]
    if meant.intent in {Intent.WANTS_HUMAN, Intent.BUYING_SIGNAL}:
        asked = [_first(INTENT_TOOLS[meant.intent], schemas)]
    elif meant.intent in INTENT_TOOLS:
        asked = [*asked, _first(INTENT_TOOLS[meant.intent], schemas)]
    yield from (name for name in asked if name)
    if any(asked) or not _moment_to_show(meant):
        return
    suggestion = briefing.turn.suggestion
    moment = {meant.intent.value, meant.objection.value}
    if suggestion in schemas and moment & SUGGESTION_FITS.get(suggestion or "", frozenset()):
        yield suggestion or ""
    elif meant.objection is not Objection.NONE:
        yield from _against(meant.objection, briefing, schemas)


def _moment_to_show(meant: Meaning) -> bool:
    quiet = (
        meant.courtesy in {Courtesy.FAREWELL, Courtesy.THANKS}
        and not meant.topics
        and meant.objection is Objection.NONE
    )
    return not (
        quiet or meant.upset or meant.declined or meant.refused_before or NOT_A_MOMENT_TO_SHOW & set(meant.topics)
    )


def _against(objection: Objection, briefing: Briefing, schemas: Mapping[str, object]) -> Iterator[str]:
    """Another help each time that the same objection comes back; from the fourth time on none, so as not to press."""
    fitting = [name for name in OBJECTION_TOOLS[objection] if name in schemas]
    times = sum(understand(line).objection is objection for line in briefing.heard)
    if fitting and times < PATIENCE:
        yield fitting[times % len(fitting)]


def _first(names: Sequence[str], schemas: Mapping[str, object]) -> str:
    return next((name for name in names if name in schemas), "")


def _known(briefing: Briefing, meant: Meaning, now: datetime) -> dict[str, dict[str, Any]]:
    """What could be passed to each tool."""
    words, profile = " ".join(briefing.words.split())[:SHORT], meant.profile
    objection = None if meant.objection is Objection.NONE else meant.objection.value
    alike = {"occupation": profile.get("occupation"), "goal": profile.get("goal"), "country": profile.get("country")}
    rival = RIVALS.search(briefing.words)
    module = re.search(r"m[oó]dulo (\d{1,2})\b", briefing.words, re.I)
    kind = next((KINDS[word] for word in briefing.words.casefold().split() if word in KINDS), None)
    when = appointment(briefing.words, now)
    return {
        "show_syllabus": {"module": int(module.group(1)) if module else None},
        "find_testimonials": {"objection": objection, **alike},
        "find_success_cases": alike,
        "compare_competitors": {"competitor": rival.group(1) if rival else None},
        "deliver_resource": {"kind": kind, "topic": profile.get("goal")},
        "contact_advisor": {"reason": words},
        "schedule_follow_up": {"in_hours": when.in_hours, "on": when.on, "hour": when.hour, "note": words}
        if when
        else {},
    }


def _call(name: str, known: Mapping[str, Any], schemas: Mapping[str, Mapping[str, Any]]) -> Iterator[Call]:
    """The call with what its schema accepts; none when something that it requires is not known."""
    if name not in schemas or (name == "schedule_follow_up" and not known):
        return
    schema = schemas[name]
    properties, shared = schema.get("properties", {}), schema.get("$defs", {})
    given = {key: _plain(value) for key, value in known.items() if key in properties and value is not None}
    fitting = {key: value for key, value in given.items() if accepts(properties[key], value, shared)}
    useless = name == "update_profile" and not fitting
    if not useless and set(schema.get("required", ())) <= fitting.keys():
        yield Call(name, fitting)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def accepts(schema: Mapping[str, Any], value: object, shared: Mapping[str, Any]) -> bool:
    """Whether a JSON schema accepts a plain value, as far as tools' arguments need it."""
    if "$ref" in schema:
        return accepts(shared.get(str(schema["$ref"]).rsplit("/", 1)[-1], {}), value, shared)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return any(accepts(option, value, shared) for option in schema[key])
    if "allOf" in schema:
        return all(accepts(part, value, shared) for part in schema["allOf"])
    if "enum" in schema and value not in schema["enum"]:
        return False
    return _of_type(schema, value)


def _of_type(schema: Mapping[str, Any], value: object) -> bool:
    match schema.get("type"):
        case "string":
            return isinstance(value, str) and schema.get("minLength", 0) <= len(value) <= schema.get(
                "maxLength", 10_000
            )
        case "integer" | "number" as kind:
            whole = isinstance(value, int) or (kind == "number" and isinstance(value, float))
            return whole and not isinstance(value, bool) and _in_range(schema, value)
        case "boolean":
            return isinstance(value, bool)
        case "null":
            return value is None
        case _:
            return True


def _in_range(schema: Mapping[str, Any], value: Any) -> bool:
    return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
