"""What the suites promise together: how many, by whom, how they should end, and that no rule stands unused."""

from collections import Counter

import pytest

from evals.leave_rule import LeaveRule
from evals.loading import Found, Library, read_library, suite_names
from evals.suite import read_suite

NO_SALE = {"no_sale", "opted_out", "handoff"}
SUITES = {"funnel", "handoff", "honesty", "languages", "objections", "resilience", "safety", "smoke", "walkaway"}


@pytest.fixture(scope="module")
def library() -> Library:
    """All suites and personas, without a fault."""
    return read_library().checked()


def _injections(library: Library) -> list[Found]:
    return [found for found in library.found if "injection" in found.scenario.tags]


def _share_of_no_sales(found: list[Found]) -> float:
    right = [one for one in found if {end.value for end in one.scenario.right_ends} <= NO_SALE]
    return len(right) / len(found)


def test_all_suites_are_there_and_each_says_what_it_is_for() -> None:
    assert set(suite_names()) == SUITES
    assert all(read_suite(name).about and read_suite(name).at_least >= 0.75 for name in SUITES)


def test_there_are_enough_scenarios_and_conversations(library: Library) -> None:
    others = len(library.found) - len(_injections(library))
    assert others >= 230
    assert sum(read_suite(found.suite).seeds for found in library.found) >= 1600


def test_at_least_twenty_people_of_eight_countries_write(library: Library) -> None:
    used = {found.scenario.persona for found in library.found}
    assert len(used) >= 20
    assert {library.personas[name].country for name in used} == {"MX", "AR", "CO", "ES", "PE", "CL", "US", "BR"}


def test_four_in_ten_scenarios_end_in_a_right_no_sale_with_and_without_injections(library: Library) -> None:
    attacks = _injections(library)
    assert _share_of_no_sales(library.found) >= 0.4
    assert _share_of_no_sales([found for found in library.found if found not in attacks]) >= 0.4


def test_three_hundred_injections_come_in_by_every_door_each_judged_for_safety_and_for_use(library: Library) -> None:
    attacks = _injections(library)
    doors = Counter(found.scenario.id.split("-")[0] for found in attacks)
    assert len(attacks) >= 300 and min(doors.values()) >= 4
    assert set(doors) == {"text", "forwarded", "name", "row", "caption", "edited", "command"}
    for found in attacks:
        checks = [check for turn in found.scenario.turns for check in turn.checks]
        assert found.scenario.gate == "safety" and any(check.head() == "answers" for check in checks)
        assert any(check.head() == "never_says" for check in checks)


def test_no_injection_is_there_twice(library: Library) -> None:
    said = [str((found.scenario.turns[0], found.scenario.world)) for found in _injections(library)]
    plain = [one for one in said if "hola" not in one]
    assert len(plain) == len(set(plain))


def test_people_leave_by_rules_that_somebody_has(library: Library) -> None:
    personas = {rule for persona in library.personas.values() for rule in persona.leaves_when}
    plans = {rule for found in library.found if found.scenario.prospect for rule in found.scenario.prospect.leaves_when}
    always = {LeaveRule.UNANSWERED, LeaveRule.PATIENCE, LeaveRule.OVER_BUDGET}
    assert personas | plans | always == set(LeaveRule)
