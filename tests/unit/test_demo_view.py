"""Hours as the page shows them, and as its form sends them back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.web.demo_view import days_of, hosts_of, moment_of, value_of, zone_choices
from core.domain.slots import Host, Offer, Span
from tests.worlds import load_prompts

START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ANA = Host(1, "Ana", "tutora", "aquí", ZoneInfo("UTC"), ())
LUIS = Host(2, "Luis", "", "aquí", ZoneInfo("UTC"), ())


def offer(hours: float, *hosts: Host) -> Offer:
    start = START + timedelta(hours=hours)
    return Offer(Span(start, start + timedelta(minutes=30)), hosts or (ANA,))


@given(st.integers(0, 60 * 24 * 365 * 20))
def test_a_moment_comes_back_from_the_form(minutes: int) -> None:
    moment = START + timedelta(minutes=minutes)
    assert moment_of(value_of(moment)) == moment
    assert moment_of(value_of(moment.astimezone(ZoneInfo("Asia/Kathmandu")))) == moment


@given(st.text(max_size=40))
def test_anything_else_is_no_moment(text: str) -> None:
    found = moment_of(text)
    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize("text", ["", "2026-11-24", "2026-11-24T25:00Z", "2026-11-24T10:00+05:00", "now"])
def test_a_form_that_was_tampered_with_is_no_moment(text: str) -> None:
    assert moment_of(text) is None


def test_days_are_the_visitors_own() -> None:
    offers = [offer(0), offer(2), offer(4, LUIS, ANA)]
    bogota = days_of(load_prompts(), offers, "America/Bogota")
    assert [(day["day"], [slot["hour"] for slot in day["slots"]]) for day in bogota] == [
        ("lunes 23 de noviembre", ["22:00"]),
        ("martes 24 de noviembre", ["00:00", "02:00"]),
    ]
    assert bogota[1]["slots"][1]["host"] == "Luis"
    [madrid] = days_of(load_prompts(), offers, "Europe/Madrid")
    assert [slot["hour"] for slot in madrid["slots"]] == ["04:00", "06:00", "08:00"]


def test_hosts_are_named_once() -> None:
    assert hosts_of([offer(0, LUIS, ANA), offer(1)]) == [
        {"name": "Ana", "role": "tutora"},
        {"name": "Luis", "role": ""},
    ]


@pytest.mark.parametrize("zone", ["America/Bogota", "America/Punta_Arenas"])
def test_the_current_zone_is_among_the_choices(zone: str) -> None:
    choices = zone_choices(load_prompts(), zone)
    assert [name for name, _ in choices].count(zone) == 1
