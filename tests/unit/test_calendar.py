"""Moments in words, on anybody's clock."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.domain.zones import known_zone
from core.errors import PromptError
from core.prompts.calendar import CALENDAR, SpokenMoment, spoken, zones
from core.prompts.prompt_set import PromptSet
from tests.worlds import load_prompts

MOMENT = datetime(2026, 11, 25, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("America/Bogota", SpokenMoment("martes 24 de noviembre", "22:30", "hora de Bogotá")),
        ("Europe/Madrid", SpokenMoment("miércoles 25 de noviembre", "04:30", "hora de Madrid")),
        ("America/Punta_Arenas", SpokenMoment("miércoles 25 de noviembre", "00:30", "hora de Punta Arenas")),
        ("Marte/Olympus", SpokenMoment("martes 24 de noviembre", "21:30", "hora de Ciudad de México")),
    ],
)
def test_a_moment_is_told_on_the_persons_clock(zone: str, told: SpokenMoment) -> None:
    assert spoken(load_prompts(), MOMENT, zone) == told


def test_every_zone_to_choose_from_exists() -> None:
    assert [name for name in zones(load_prompts()) if known_zone(name) is None] == []


@pytest.mark.parametrize(
    "content", ["{}", '{"day": "{weekday}", "weekdays": [], "months": [], "zones": {}}', '{"day": 7}']
)
def test_a_broken_file_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / CALENDAR).write_text(content, encoding="utf-8")
    (tmp_path / "a.md.j2").write_text("{# variables: none #}\na\n", encoding="utf-8")
    with pytest.raises(PromptError, match=CALENDAR):
        spoken(PromptSet.load(tmp_path), MOMENT, "UTC")
