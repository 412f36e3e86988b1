from datetime import UTC, datetime

import pytest

from core.domain.zones import DEFAULT_ZONE, known_zone, told, zone

_MOMENT = datetime(2026, 12, 1, 5, 59, 30, tzinfo=UTC)


def test_a_moment_is_told_on_the_date_of_the_person() -> None:
    assert told(_MOMENT, "America/Mexico_City") == "2026-11-30T23:59-06:00"
    assert told(_MOMENT, "Europe/Madrid") == "2026-12-01T06:59+01:00"


def test_an_unknown_zone_is_the_default_one() -> None:
    assert zone(None).key == zone("Luna/Base").key == DEFAULT_ZONE


@pytest.mark.parametrize("name", ["", "America", "../../etc/passwd", "/etc/localtime", "a\x00b", "x" * 5_000, "\ud800"])
def test_any_text_may_be_asked_for(name: str) -> None:
    assert known_zone(name) is None


def test_a_known_zone_is_found() -> None:
    found = known_zone("America/Bogota")
    assert found is not None
    assert found.key == "America/Bogota"
