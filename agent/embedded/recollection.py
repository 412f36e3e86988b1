"""Recollection: what the embedded model knows in a turn, as variables for its templates.

Facts come from the course and from tools; what the person told comes from the memory, the history and this message.
Digits that a person once said are evidence of nothing, so what holds any is not told back.
"""

import re
from collections.abc import Mapping

from agent.embedded.briefing import Briefing
from agent.embedded.disclosures import disclosed, tellable, told_back
from agent.embedded.figures import Variables, variables
from agent.embedded.meaning import Meaning
from core.learning.words import plain

ABOUT = ("occupation", "company", "goal", "country")
MOST = 3
# What a question about the past is about, and how a field of the profile is said.
ASPECTS = {
    "occupation": re.compile(r"dedico|trabaj|ocupacion|profesion|oficio"),
    "company": re.compile(r"empresa|negocio|trabaj"),
    "goal": re.compile(r"objetivo|meta|quiero|queria|lograr"),
    "country": re.compile(r"pais|de donde|donde vivo"),
}
STATED = {"occupation": "tu trabajo es de", "company": "estás en", "goal": "quieres", "country": "estás en"}


def known(briefing: Briefing, meant: Meaning) -> Variables:
    """Every variable that a template may use."""
    facts = (*briefing.facts, *(fact for answer in briefing.answered for fact in answer.facts))
    about = _about(meant.profile)
    told: Variables = {f"told_{name}": about[name] if meant.told.get(name) else "" for name in ABOUT}
    person: Variables = {
        "name": briefing.turn.name or briefing.profile.get("name", ""),
        "memories": _memories(briefing, about),
        "has_course": bool(briefing.facts),
    }
    return variables(facts) | about | told | person


def _about(profile: Mapping[str, str]) -> dict[str, str]:
    about = {name: profile.get(name, "") for name in ABOUT}
    about["goal"] = told_back(about["goal"])
    return {name: "" if re.search(r"\d", value) else value for name, value in about.items()}


def _memories(briefing: Briefing, about: Mapping[str, str]) -> list[str]:
    """What the person told, turned to them. A question about one matter gets what was told about that, or nothing."""
    fields = {name for name, words in ASPECTS.items() if words.search(plain(briefing.words))}
    told = list(dict.fromkeys(tellable((*briefing.remembered, *briefing.heard))))
    apt = [told_back(line) for line in told if not fields or fields & disclosed(line).keys()]
    stated = [f"{verb} {about[key]}" for key, verb in STATED.items() if about[key] and (not fields or key in fields)]
    return (apt or stated)[:MOST]
