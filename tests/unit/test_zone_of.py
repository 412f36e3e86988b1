from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.world.zone_of import SURE, Known, calling_country, zone_of


def awake(place: str, days: int = 12, hours: tuple[int, ...] = (9, 13, 18, 21, 22)) -> tuple[datetime, ...]:
    """Hours in which somebody there wrote, at ordinary times of their day."""
    start = datetime(2026, 11, 2, tzinfo=ZoneInfo(place))
    return tuple(
        (start + timedelta(days=day)).replace(hour=hour).astimezone(UTC) for day in range(days) for hour in hours
    )


def test_what_the_person_said_is_believed() -> None:
    place = zone_of(Known(stated="America/Lima", country="España", booked="Europe/Madrid"))
    assert (place.zone, place.confidence, place.source, place.plausible) == (
        "America/Lima",
        1.0,
        "stated",
        ("America/Lima",),
    )


def test_what_is_no_zone_is_passed_over_and_the_zone_of_a_booking_comes_next() -> None:
    assert zone_of(Known(stated="Marte/Olimpo", booked="America/Bogota")).source == "booking"
    assert zone_of(Known(stated="Marte/Olimpo")).source == "language"


@pytest.mark.parametrize(
    ("country", "zone", "sure"),
    [
        ("Colombia", "America/Bogota", True),
        ("vivo en México", "America/Mexico_City", True),
        ("ES", "Europe/Madrid", True),
        ("Argentina", "America/Argentina/Buenos_Aires", True),
        ("Estados Unidos", "America/New_York", False),
    ],
)
def test_a_country_tells_its_zone_as_surely_as_it_can(country: str, zone: str, sure: bool) -> None:
    place = zone_of(Known(country=country))
    assert (place.zone, place.source, place.is_sure) == (zone, "country", sure)


@pytest.mark.parametrize(
    ("phone", "country"),
    [
        ("+52 55 1234 5678", "MX"),
        ("0034 600 000 000", "ES"),
        ("+1 809 555 0100", "DO"),
        ("+1 212 555 0100", "US"),
        ("+593 99 999 9999", "EC"),
        ("55 1234 5678", None),
        ("+999 1", None),
        ("", None),
        (None, None),
    ],
)
def test_a_telephone_tells_its_country(phone: str | None, country: str | None) -> None:
    assert calling_country(phone) == country


def test_a_telephone_counts_where_no_country_is_known() -> None:
    assert zone_of(Known(phone="+57 300 000 0000")).zone == "America/Bogota"
    assert zone_of(Known(phone="+57 300 000 0000", country="Perú")).zone == "America/Lima"


def test_with_nothing_known_it_is_where_most_live_and_never_sure() -> None:
    place = zone_of(Known())
    assert (place.zone, place.source) == ("America/Mexico_City", "language")
    assert place.confidence < 0.5
    assert {"America/Bogota", "Europe/Madrid", "America/Argentina/Buenos_Aires"} <= set(place.plausible)
    assert zone_of(Known(language="pt")).zone == "America/Sao_Paulo"


@pytest.mark.parametrize("place", ["Europe/Madrid", "America/Mexico_City", "America/Argentina/Buenos_Aires"])
def test_the_hours_at_which_somebody_writes_tell_where_their_day_is(place: str) -> None:
    found = zone_of(Known(active=awake(place)))
    offset = datetime(2026, 11, 10, tzinfo=UTC).astimezone(ZoneInfo(found.zone)).utcoffset()
    wanted = datetime(2026, 11, 10, tzinfo=UTC).astimezone(ZoneInfo(place)).utcoffset()
    assert offset is not None
    assert wanted is not None
    assert abs(offset - wanted) <= timedelta(hours=1)
    assert found.source == "language+activity"


def test_activity_rules_out_where_it_would_be_night() -> None:
    assert "America/Mexico_City" not in zone_of(Known(active=awake("Europe/Madrid", 20))).plausible


def test_a_few_messages_do_not_make_it_sure() -> None:
    assert not zone_of(Known(active=awake("America/Mexico_City", 1))).is_sure


# The library wants its bounds without a zone.
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
known = st.builds(
    Known,
    stated=st.none() | st.text(max_size=30),
    booked=st.none() | st.text(max_size=30),
    country=st.none() | st.text(max_size=30),
    phone=st.none() | st.text(max_size=30),
    language=st.sampled_from(["es", "en", "pt", "xx", ""]),
    active=st.lists(moments, max_size=30).map(tuple),
)


@given(known)
def test_there_is_always_a_place_with_a_confidence(given_known: Known) -> None:
    place = zone_of(given_known)
    assert 0 < place.confidence <= 1
    assert place.plausible[0] == place.zone
    assert place.is_sure is (place.confidence >= SURE)
    assert len(place.clocks()) == len(place.plausible)
    assert place == zone_of(given_known)
