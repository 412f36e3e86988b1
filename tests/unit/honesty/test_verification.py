"""Replies of all kinds against one set of facts."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.honesty.evidence import Evidence
from agent.honesty.verification import verify
from core.domain.evidence import Fact, FactKind
from core.integrations.links import LinkPurpose, LinkSigner
from tests.unit.honesty.lies import (
    COUNTS,
    DEADLINES,
    DISGUISES,
    DURATIONS,
    FRAMES,
    MONEY,
    PERCENT,
    PRICE_FRAMES,
    SEATS,
    hidden,
    in_digits,
    in_words,
    lies,
)

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
REPLIES = tomllib.loads((Path(__file__).parent / "data" / "replies.toml").read_text("utf-8"))


def fact(key: str, kind: FactKind, value: str, unit: str = "") -> Fact:
    return Fact(key=key, kind=kind, value=value, unit=unit, source=f"{key}:1")


FACTS = (
    fact("course.name", FactKind.TEXT, "IA generativa para el trabajo"),
    fact("course.description", FactKind.TEXT, "Aprende a delegar en la IA lo que te quita tiempo."),
    fact("course.price", FactKind.MONEY, "249.00", "USD"),
    fact("course.duration", FactKind.DURATION, "8", "weeks"),
    fact("course.hours", FactKind.DURATION, "40", "hours"),
    fact("course.modules", FactKind.COUNT, "12", "módulos"),
    fact("course.starts_on", FactKind.DATE, "2026-12-01"),
    fact("course.guarantee_days", FactKind.DURATION, "14", "days"),
    fact("course.guarantee", FactKind.TEXT, "Si no te convence, te devolvemos el dinero."),
    fact("testimonial.person", FactKind.PERSON, "Laura Gómez"),
    fact("testimonial.words", FactKind.QUOTE, "En dos meses automaticé mis reportes y recuperé mis tardes."),
    fact("case.person", FactKind.PERSON, "Carlos Méndez"),
    fact("case.story", FactKind.TEXT, "Carlos pasó de 2 clientes a 9 con propuestas hechas con IA."),
    fact("statistic.students", FactKind.COUNT, "2345", "estudiantes"),
    fact("statistic.completion", FactKind.PERCENT, "87", "%"),
    fact("competitor.price", FactKind.MONEY, "499.00", "USD"),
    fact("offer.percent", FactKind.PERCENT, "35", "%"),
    fact("offer.price", FactKind.MONEY, "161.85", "USD"),
    fact("offer.saving", FactKind.MONEY, "87.15", "USD"),
    fact("offer.ends_at", FactKind.DATE, "2026-11-24T15:00:00+00:00"),
    fact("offer.seats", FactKind.SEATS, "5", "places"),
    fact("offer.bonus", FactKind.TEXT, "Plantillas de automatización para reportes semanales"),
    fact("offer.bonus_value", FactKind.MONEY, "49.00", "USD"),
    fact("payment.link", FactKind.LINK, "https://brenda.example/pago/aB_9-x"),
    fact("payment.expires_at", FactKind.DATE, "2026-11-23T15:00:00+00:00"),
    fact("demo.link", FactKind.LINK, "https://brenda.example/demo/77"),
    fact("demo.duration", FactKind.DURATION, "30", "minutes"),
    fact("resource.title", FactKind.TEXT, "Guía gratuita de prompts"),
)
EVIDENCE = Evidence.of(FACTS)
ANA = frozenset({"Ana"})


@pytest.mark.parametrize("reply", REPLIES["honest"])
def test_honest_replies_pass(reply: str) -> None:
    assert verify(reply, EVIDENCE, now=NOW, allowed_names=ANA).unsupported == ()


@pytest.mark.parametrize("reply", REPLIES["dishonest"])
def test_dishonest_replies_fail(reply: str) -> None:
    verdict = verify(reply, EVIDENCE, now=NOW, allowed_names=ANA)
    assert not verdict.ok
    assert verdict.unsupported


AROUND = (
    "¡Hola, Ana!",
    "El curso cuesta $249.",
    "Dura 8 semanas.",
    "Quedan 5 lugares.",
    "Son 12 módulos.",
    "Te entiendo muy bien.",
    "¿Qué te gustaría lograr?",
    "Laura dijo: «recuperé mis tardes».",
    "Tienes 14 días de garantía.",
)


def outside(*known: int, least: int = 2, most: int = 9999) -> st.SearchStrategy[int]:
    return st.integers(least, most).filter(lambda number: number not in known)


# Numbers that would be true in another unit (two weeks are fourteen days), or of another end, are left out.
LIES = {
    "money": lies(MONEY, outside(249, 499, 49), FRAMES),
    "bare price": lies(("{}",), outside(249, 499, 49), PRICE_FRAMES),
    "percent": lies(PERCENT, outside(35, 87, 100, most=99), FRAMES),
    "seats": lies(SEATS, outside(5, most=400), FRAMES),
    "count": lies(COUNTS, outside(12, 2345, *range(1172, 2346)), FRAMES),
    "duration": lies(DURATIONS, outside(2, 8, 14, 40, 56, 192, 336, 1344, most=1000), FRAMES),
    "deadline": lies(DEADLINES, outside(*range(1, 12), *range(20, 60), *range(160, 260), most=900), FRAMES),
    "link": st.from_regex(r"(https?://|t\.me/|www\.)[a-z]{3,9}\.(com|example|mx)/[a-zA-Z0-9_-]{1,9}", fullmatch=True),
    "person": st.builds(
        str.format,
        st.sampled_from(
            ["Nuestra alumna {} ya terminó.", "{} logró un ascenso.", "{}, una de nuestras egresadas, lo hizo.",
             "Según {}, es fácil.", "El testimonio de {} es real.", "As {} told us, it works.",
              "{} dijo que sí.", "{} pasó de cero a vender."]
        ),
        st.sampled_from(["Sofía", "Pedro Ruiz", "Valentina de la Cruz", "Javier", "Óscar Núñez", "María José",
                         "Carlos Pérez", "ANDRÉS"]),
    ),
    "quote": st.builds(
        lambda words, marks: f"Laura dijo: {marks[0]}{' '.join(words)}{marks[1]}",
        st.lists(st.sampled_from(
            "me cambió la vida por completo gané mucho dinero fácil rápido siempre"
        .split()), min_size=4, max_size=12),
        st.sampled_from(["«»", "“”", '""', "‘’", "''", "„”"]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", LIES)
def test_no_lie_gets_through(kind: str) -> None:
    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(hidden(LIES[kind], AROUND))
    def every_lie_is_found(reply: str) -> None:
        assert not verify(reply, EVIDENCE, now=NOW, allowed_names=ANA).ok

    every_lie_is_found()


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_truths_in_any_format_pass(data: st.DataObject) -> None:
    kind, unit, forms = data.draw(st.sampled_from(TRUTHS))
    number = data.draw(st.integers(2, 9999 if kind is not FactKind.PERCENT else 99))
    shown = data.draw(st.sampled_from([*in_digits(number), in_words(number)]))
    reply = data.draw(st.sampled_from(FRAMES)).format(
        data.draw(st.sampled_from(DISGUISES))(data.draw(st.sampled_from(forms)).format(shown))
    )
    known = [fact("course.fact", kind, str(number), unit)]
    assert verify(reply, known, now=NOW).unsupported == ()


TRUTHS = (
    (FactKind.MONEY, "USD", MONEY[:9]),
    (FactKind.MONEY, "EUR", ("€{}", "{} €", "{} euros", "${}")),
    (FactKind.PERCENT, "%", PERCENT),
    (FactKind.SEATS, "places", SEATS),
    (FactKind.COUNT, "alumnos", ("{} alumnos", "{} estudiantes", "{} personas", "más de {} graduados")),
    (FactKind.DURATION, "weeks", ("{} semanas", "{} weeks", "{} semanas de curso")),
    (FactKind.DURATION, "hours", ("{} horas", "{} h", "{} horas de video")),
)


@given(st.integers(1, 400), st.sampled_from(["hours", "minutes", "days"]))
def test_a_deadline_counted_from_now_passes(amount: int, unit: str) -> None:
    ends_at = (NOW + timedelta(**{unit: amount})).isoformat()
    word = {"hours": "horas", "minutes": "minutos", "days": "días"}[unit]
    known = [fact("offer.ends_at", FactKind.DATE, ends_at)]
    assert verify(f"La oferta termina en {amount} {word}.", known, now=NOW).ok


@given(st.integers(0, 1000).map(lambda hours: NOW + timedelta(hours=7 * hours)), st.integers(0, 6))
def test_a_day_named_in_any_form_passes(ends_at: datetime, form: int) -> None:
    month = MONTHS[ends_at.month - 1]
    shown = (
        f"{ends_at:%d/%m/%Y}", f"{ends_at:%d-%m-%y}", f"{ends_at.day} de {month}",
        f"{ends_at.day} de {month} de {ends_at.year}", f"{ends_at.day} {month[:3]}", f"{ends_at:%Y-%m-%d}",
         f"día {ends_at.day}",
    )[form]  # fmt: skip
    known = [fact("offer.ends_at", FactKind.DATE, ends_at.isoformat())]
    assert verify(f"La oferta termina el {shown}.", known, now=NOW).unsupported == ()


MONTHS = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400), st.integers(1, 50))
def test_any_text_is_read(text: str, times: int) -> None:
    verdict = verify(text * times, EVIDENCE, now=NOW)
    assert verdict.ok == (not verdict.unsupported)


@pytest.mark.parametrize(
    "piece", ["a.", "1 ", "«", '"', "A ", "no ", "termina ", "@", "9", "0O", "&#49;", "**", "hoy ", "A, ",
     "mil ", "de cada ",
              "\x00", "\n> ", "'", " 'a", "A", "ab", "1.", "-", "_", "te escribo hoy "]
)  # fmt: skip
def test_long_repetitions_are_read(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    assert verify(text, EVIDENCE, now=NOW).ok in (True, False)


def test_readings_join() -> None:
    joined = Evidence.of(FACTS[:10]).plus(Evidence.of(FACTS[10:]))
    assert joined == EVIDENCE


def test_a_claim_is_shown_where_it_stands() -> None:
    reply = "Hola **Ana**, cuesta **$1**99 hoy."
    (claim,) = verify(reply, EVIDENCE, now=NOW).unsupported
    assert reply[claim.start : claim.end] == claim.text
    assert claim.value == "199"


def test_unreadable_facts_back_nothing() -> None:
    known = [fact("course.price", FactKind.MONEY, "NaN", "USD"), fact("offer.ends_at", FactKind.DATE, "pronto")]
    assert not verify("Cuesta $199 y termina hoy.", known, now=NOW).ok


@given(st.uuids(), st.integers(0, 2**31))
def test_a_signed_link_is_never_mistaken_for_something_else(row: UUID, second: int) -> None:
    clock = datetime.fromtimestamp(second, UTC)
    link = LinkSigner("k" * 32, "http://127.0.0.1:8080", lambda: clock).url(LinkPurpose.PAYMENT, row)
    facts = [Fact(key="payment.link", kind=FactKind.LINK, value=link, source="payments:1")]
    assert verify(f"Este es tu enlace: {link}\nMíralo con calma.", facts, now=clock).ok
    assert verify(f"Aquí está: {link}.", facts, now=clock).ok


@pytest.mark.parametrize("ending", ["x", "/x", "?a=1", "-", "@evil.example", ".evil.example"])
def test_a_link_that_only_begins_like_a_known_one_is_not_known(ending: str) -> None:
    known = "https://brenda.example/pagar/abc"
    facts = [Fact(key="payment.link", kind=FactKind.LINK, value=known, source="payments:1")]
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert not verify(f"Paga aquí: {known}{ending}", facts, now=now).ok
