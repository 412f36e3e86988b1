"""Checks on style: length, repetition, whether what was asked is answered, a refusal respected, and whose Spanish."""

import re
from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from core.domain.perception import Intent
from evals.checks.case import BaseCheck, Case, Finding, Times, holds, listed
from evals.record import Area, TurnRecord

PRESSING = ("present_offer", "list_bonuses", "create_payment_link", "payment_options")
SAME_CHARS = 40
"""A reply shorter than this may come again: it is a courtesy."""

_CLOSING = re.compile(
    r"últim[oa]s? (lugar|plaza|cupo|día|oportunidad)|solo por hoy|no te lo pierdas|aprovecha|apúrate|date prisa|"
    r"antes de que|te arrepentir|inscr[ií]bete|¿te inscrib|¿(lo|la) reserv|¿te (paso|mando|envío) el enlace|"
    r"última palabra|¿seguro que no|piénsalo (bien|otra vez)|descuento|oferta",
    re.IGNORECASE,
)
_WORDS = {
    "es": "el la los las que de en un una por para con no es se te tu lo como más pero qué cómo puedes está".split(),
    "en": "the of and to in is you that it for on with as your are this be have can what how".split(),
    "pt": "o os as que de em um uma por para com não é se você seu como mais mas está tem pode ao".split(),
}
_ONLY = {"es": "el los las con una qué y está".split(), "pt": "não você uma com em é ao dos são também".split()}
_ADDRESS = {
    "usted": re.compile(r"\busted\b|\bsus? (trabajo|caso|nombre)|\b(puede|quiere|tiene|desea|escriba|diga)\b", re.I),
    "vos": re.compile(r"\bvos\b|\b(querés|podés|tenés|sos|decime|contame|escribime|mirá)\b", re.I),
    "tu": re.compile(r"\b(tú|tienes|quieres|puedes|dime|cuéntame|contigo|escríbeme|eres)\b", re.I),
}  # fmt: skip
_ANSWERS: dict[str, tuple[tuple[str, ...], str]] = {
    "price": (("course.price", "offer.price", "payment.amount"), ""),
    "discount": (("offer.percent", "offer.price"), r"no hay|ningún descuento|ninguna oferta|no tengo"),
    "offer": (("offer.percent", "offer.price"), r"no hay|ningún descuento|ninguna oferta|no tengo"),
    "duration": (("course.duration", "course.hours"), ""),
    "start_date": (("course.starts_on",), r"fecha"),
    "schedule": ((), r"ritmo|grabad|en vivo|horario"),
    "modality": ((), r"en línea|grabad|online"),
    "certificate": ((), r"certificad|certificate"),
    "guarantee": ((), r"garant|devuel|devol|reembols"),
    "level": ((), r"princip|inicial|cero|intermedio"),
    "requirements": ((), r"computador|requisit|hace falta|necesit"),
    "syllabus": (("module.title",), r"módul|temario|module"),
    "testimonials": ((), r"«|“|\"|testimoni|opinion"),
    "payment": ((), r"pag|payment"),
    "ai_identity": ((), r"\bIA\b|inteligencia artificial|asistente virtual|\bAI\b|\bbot\b"),
    "human": ((), r"persona|asesor|equipo|human"),
    "privacy": ((), r"privac|dato|/borrar|/misdatos|/privacidad"),
}

Topic = Annotated[str, Field(json_schema_extra={"enum": sorted(_ANSWERS)}, pattern=f"^({'|'.join(_ANSWERS)})$")]


class _OnStyle(BaseCheck):
    area: ClassVar[Area] = "style"


class LongestCheck(_OnStyle):
    """No message that the model wrote is longer than this many characters."""

    longest: Annotated[int, Field(gt=0)]

    def judge(self, case: Case) -> Finding:
        lengths = [(len(text), turn.number) for turn in _spoken(case.scope) for text in turn.texts]
        most, number = max(lengths, default=(0, 0))
        return Finding(most <= self.longest, f"at most {self.longest} characters", str(most), number or None)


class FreshCheck(_OnStyle):
    """No reply of the model is one that was given before."""

    fresh: Literal[True] = True

    def judge(self, case: Case) -> Finding:
        seen: dict[str, int] = {}
        for turn in _spoken(case.turns):
            said = " ".join(re.findall(r"\w+", turn.said.casefold()))
            if turn in case.scope and len(said) >= SAME_CHARS and said in seen:
                return Finding(False, "a reply of its own", f"the same as in turn {seen[said]}", turn.number)
            seen.setdefault(said, turn.number)
        return Finding(True, "a reply of its own", "no repetition")


class AnswersCheck(_OnStyle):
    """What was asked is answered: a fact's own value where there is one, else words that belong to the matter."""

    answers: tuple[Topic, ...] | Topic

    def judge(self, case: Case) -> Finding:
        wanted = (self.answers,) if isinstance(self.answers, str) else self.answers
        open_ones = [topic for topic in wanted if not self._met(topic, case)]
        number = case.scope[-1].number if case.scope else None
        return Finding(not open_ones, f"answers {listed(list(wanted))}", f"open: {listed(open_ones)}", number)

    @staticmethod
    def _met(topic: str, case: Case) -> bool:
        keys, words = _ANSWERS[topic]
        known = [fact for turn in case.scope for fact in (*case.facts.get(str(turn.course), ()), *turn.evidence)]
        values = {form for fact in known if fact["key"] in keys for form in _forms(fact["value"])}
        return any(re.search(rf"(?<!\d){re.escape(value)}(?!\d)", case.said) for value in values) or bool(
            words and re.search(words, case.said, re.IGNORECASE)
        )


class AcceptsRefusalCheck(_OnStyle):
    """After a no: no offer, no link, no urgency, no closing question. At one turn it holds whatever was perceived."""

    accepts_refusal: Literal[True] = True

    def judge(self, case: Case) -> Finding:
        for turn in case.scope:
            refused = turn.perception.get("intent") in (Intent.REFUSAL, Intent.STOP_REQUEST) and turn.model is not None
            if (case.along or refused) and (pressed := _pressure(turn)):
                return Finding(False, "takes a no for a no", listed(pressed), turn.number)
        return Finding(True, "takes a no for a no", "no pressure")


class SpeaksCheck(_OnStyle):
    """The language of what was said, told by its small words."""

    speaks: Literal["es", "en", "pt"]

    def judge(self, case: Case) -> Finding:
        words = re.findall(r"[^\W\d_]+", case.said.casefold())
        scores = {name: sum(word in known for word in words) for name, known in _WORDS.items()}
        for name, known in _ONLY.items():
            scores[name] += 2 * sum(word in known for word in words)
        actual = max(scores, key=lambda name: scores[name]) if words else "nothing"
        return Finding(actual == self.speaks, self.speaks, actual, case.scope[-1].number if case.scope else None)


class AddressCheck(_OnStyle):
    """How the person is spoken to. `tu` fails only when another form is used and this one is not."""

    address: Literal["tu", "usted", "vos"]

    def judge(self, case: Case) -> Finding:
        found = {name: len(form.findall(case.said)) for name, form in _ADDRESS.items()}
        most = max(found, key=lambda name: found[name])
        return Finding(found[self.address] == found[most], self.address, f"{most}: {found}")


class RepliedCheck(_OnStyle):
    """Whether something was said; `false` where silence is right, as during a hand-off."""

    replied: bool = True

    def judge(self, case: Case) -> Finding:
        for turn in case.scope:
            said = bool(turn.texts or turn.media)
            if said != self.replied and not (self.replied and turn.stage == "handoff"):
                return Finding(
                    False, "a reply" if self.replied else "silence", "a reply" if said else "silence", turn.number
                )
        return Finding(True, "a reply" if self.replied else "silence", "so it is")


class ModelCallsCheck(_OnStyle):
    """How often models were asked in each turn."""

    model_calls: Times

    def judge(self, case: Case) -> Finding:
        for turn in case.scope:
            if not holds(turn.model_calls, self.model_calls):
                return Finding(False, f"{self.model_calls} calls", str(turn.model_calls), turn.number)
        return Finding(True, f"{self.model_calls} calls", "so it is")


def _spoken(turns: Iterable[TurnRecord]) -> list[TurnRecord]:
    """Turns in which a model answered."""
    return [turn for turn in turns if turn.model is not None and turn.texts]


def _pressure(turn: TurnRecord) -> list[str]:
    tools = [call["name"] for call in turn.tools if call["name"] in PRESSING]
    links = [button["url"] for button in turn.buttons if button.get("url")]
    words = [found.group() for found in _CLOSING.finditer(turn.said)]
    return [*tools, *links, *words]


def _forms(value: str) -> set[str]:
    """A fact's value as it may be written: 249.00 is 249 too, and a date is told by its day."""
    day = re.fullmatch(r"\d{4}-\d{2}-(\d{2}).*", value)
    if day:
        return {value, str(int(day.group(1)))}
    return {value, value.removesuffix(".00"), value.replace(".", ",")}


STYLE = (
    LongestCheck,
    FreshCheck,
    AnswersCheck,
    AcceptsRefusalCheck,
    SpeaksCheck,
    AddressCheck,
    RepliedCheck,
    ModelCallsCheck,
)
