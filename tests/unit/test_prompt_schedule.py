"""What an admin may mistype in the schedule is found with its line, and what the law asks for cannot be edited away."""

import re
from collections.abc import Mapping

import pytest

from core.domain.follow_ups import ADVERTISING, Trigger
from core.errors import PromptError
from core.prompts.prompt_check import inspect_files
from core.prompts.prompt_files import PromptFiles, read_files
from core.prompts.prompt_schedule import SCHEDULE, schedule_faults, schedule_in
from core.prompts.prompt_set import PromptSet
from tests.worlds import ROOT, load_prompts

FILES = read_files(ROOT / "prompts")
TEXT = FILES.texts[SCHEDULE]


def faults_of(text: str, **other: str) -> list[str]:
    texts = {**FILES.texts, SCHEDULE: text, **other}
    return [str(fault) for fault in schedule_faults(texts, FILES.templates)]


def line_of(text: str, pattern: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if re.match(pattern, line))


def edited(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def test_the_project_s_own_schedule_is_sound() -> None:
    assert faults_of(TEXT) == []
    assert set(schedule_in(load_prompts()).triggers) == set(Trigger)


WRONG: Mapping[str, tuple[str, str, str, str]] = {
    "a length without a unit": ('after = "20m"', 'after = "20"', 'after = "20"', "such as"),
    "a length that is a number": ('after = "20m"', "after = 20", "after = 20", "such as"),
    "a length of years": ('after = "20m"', 'after = "4000d"', 'after = "4000d"', "at most a year"),
    "a night that begins too late": ("from = 21", "from = 24", "from = 24", "less than or equal to 23"),
    "a night that ends too early": ("until = 9", "until = 5", "until = 5", "greater than or equal to 7"),
    "a cap of none": ("per_day = 1", "per_day = 0", "per_day = 0", "greater than or equal to 1"),
    "a word that is no number": ("per_lead = 6", 'per_lead = "six"', 'per_lead = "six"', "integer"),
    "an entry that does not exist": ("per_lead = 6", "per_leed = 6", "per_leed", "not permitted"),
    "a trigger that does not exist": ("[triggers.silence]", "[triggers.silense]", r"\[triggers.silense\]", "silence"),
    "both after and before": ('before = "1h"', 'before = "1h"\nafter = "1h"', r"\[triggers.demo_soon\]", "either"),
    "a button without a label": (
        '"ask.advisor"',
        '"ask.adviser"',
        'buttons = \\["ask.question", "ask.adviser"',
        "no label",
    ),
    "a refusal that is no length": ('refusal = "30d"', 'refusal = "long"', 'refusal = "long"', "such as"),
}


@pytest.mark.parametrize("name", WRONG)
def test_each_mistake_is_told_with_its_line(name: str) -> None:
    old, new, pattern, words = WRONG[name]
    text = edited(old, new)
    found = faults_of(text)
    assert any(fault.startswith(f"{SCHEDULE}:{line_of(text, pattern)}: ") and words in fault for fault in found), found


@pytest.mark.parametrize("trigger", sorted(ADVERTISING))
def test_advertising_cannot_be_made_to_need_no_consent(trigger: Trigger) -> None:
    head, tail = TEXT.split(f"[triggers.{trigger}]")
    text = f"{head}[triggers.{trigger}]{tail.replace('marketing = true', 'marketing = false', 1)}"
    [fault] = faults_of(text)
    assert "needs consent to marketing" in fault
    assert text.splitlines()[int(fault.split(":")[1]) - 1] == "marketing = false"


@pytest.mark.parametrize("trigger", sorted(ADVERTISING))
def test_advertising_always_shows_the_way_out(trigger: Trigger) -> None:
    head, tail = TEXT.split(f"[triggers.{trigger}]")
    without = tail.replace(', "marketing.no"', "", 1)
    text = f"{head}[triggers.{trigger}]{without}"
    [fault] = faults_of(text)
    assert "marketing.no" in fault


def test_a_reminder_that_counts_from_the_booking_is_refused() -> None:
    [fault] = faults_of(edited('before = "1d"', 'after = "1d"'))
    assert "counts back" in fault


def test_a_text_without_a_trigger_and_a_trigger_without_a_text_are_told() -> None:
    templates = {**FILES.templates, "follow_ups/birthday": "x"}
    del templates["follow_ups/silence"]
    found = [str(fault) for fault in schedule_faults(FILES.texts, templates)]
    assert any("follow_ups/birthday.md.j2:1: is no trigger" in fault for fault in found)
    assert any("there is no follow_ups/silence.md.j2" in fault for fault in found)


def test_texts_without_a_schedule_are_told_and_a_folder_without_either_is_none_of_our_business() -> None:
    texts = {path: text for path, text in FILES.texts.items() if path != SCHEDULE}
    [fault] = schedule_faults(texts, FILES.templates)
    assert str(fault).startswith(f"{SCHEDULE}: does not exist")
    assert list(schedule_faults({}, {"messages/name/ask": "x"})) == []


def test_the_whole_check_tells_it_too() -> None:
    wrong = PromptFiles({**FILES.texts, SCHEDULE: edited("from = 21", "from = 3")})
    inspection = inspect_files(wrong)
    assert inspection.prompts is None
    assert any(
        fault.file == SCHEDULE and fault.line == line_of(wrong.texts[SCHEDULE], "from") for fault in inspection.faults
    )


@pytest.mark.parametrize("text", ["from = 3", "= 1", "[quiet]\nfrom = 21\nuntil = 9\n"])
def test_a_schedule_that_cannot_be_read_is_an_error_of_ours(text: str) -> None:
    inspected = inspect_files(PromptFiles({SCHEDULE: text, "a.md.j2": "{# variables: none #}\na"}))
    assert inspected.faults


@pytest.mark.parametrize(
    "wording", ["Cuesta 99 €", "última oportunidad", "Quedan pocas plazas", "solo por hoy", "mira https://x.example"]
)
def test_a_follow_up_may_hurry_nobody_and_name_no_price(wording: str) -> None:
    text = "{# variables: name #}\n" + wording
    inspection = inspect_files(PromptFiles({**FILES.texts, "follow_ups/silence.md.j2": text}))
    assert any(
        fault.file == "follow_ups/silence.md.j2" and "hurries nobody" in str(fault) for fault in inspection.faults
    )


def test_without_a_schedule_it_is_said_which_file_is_missing() -> None:
    texts = {"a.md.j2": "{# variables: none #}\na"}
    prompts = inspect_files(PromptFiles(texts)).prompts
    assert isinstance(prompts, PromptSet)
    with pytest.raises(PromptError, match=re.escape(SCHEDULE)):
        schedule_in(prompts)


def test_advertising_has_no_quiet_hours_of_its_own() -> None:
    head, tail = TEXT.split("[triggers.silence]")
    [fault] = faults_of(f"{head}[triggers.silence]\nquiet = {{ from = 23, until = 7 }}{tail}")
    assert "only what a person booked" in fault


def test_quiet_hours_of_a_trigger_keep_the_night() -> None:
    [fault] = faults_of(edited("quiet = { from = 23, until = 7 }", "quiet = { from = 23, until = 6 }"))
    assert "greater than or equal to 7" in fault
