"""Numbers of people and what they can show agree with tables, and with each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.learning.power import people_needed, power_of, single_look, smallest_lift

rates = st.floats(0.005, 0.4)
lifts = st.floats(0.05, 1.0)


def test_a_number_from_the_tables() -> None:
    """10 % against 12 % at 5 % and 80 %, without correction for continuity: 3,839 in each group (3,841 pooled)."""
    assert people_needed(0.10, 0.2, single_look(0.05)) == 3839


def test_the_power_that_is_asked_for() -> None:
    """+20 % on 8 % with 10,000 in each arm: sure for one look, and still likely for a look at any time."""
    assert power_of(0.08, 0.2, 10_000, single_look(0.05)) == pytest.approx(0.979, abs=0.001)
    assert power_of(0.08, 0.2, 10_000, 3.0353) == pytest.approx(0.831, abs=0.001)


@given(rates, lifts, st.floats(1.6, 4))
def test_the_number_needed_has_the_power_and_one_less_has_not(base: float, lift: float, reach: float) -> None:
    people = people_needed(base, lift, reach)
    assert power_of(base, lift, people, reach) >= 0.8 - 1e-9
    assert power_of(base, lift, people - 1, reach) <= 0.8 if people > 1 else True


@given(rates, st.integers(50, 10**6))
def test_the_smallest_lift_is_what_that_many_people_show(base: float, people: int) -> None:
    lift = smallest_lift(base, people, 1.96)
    if lift is not None:
        assert power_of(base, lift, people, 1.96) == pytest.approx(0.8, abs=1e-6)


def test_too_few_people_show_nothing() -> None:
    assert smallest_lift(0.5, 3, 3.0) is None


@pytest.mark.parametrize(("base", "lift"), [(0.0, 0.2), (0.9, 0.2), (0.1, 0.0)])
def test_plans_that_make_no_sense_are_refused(base: float, lift: float) -> None:
    with pytest.raises(ValueError, match="inside"):
        people_needed(base, lift, 1.96)
