from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.learning.contact_hours import (
    EMPTY,
    HOURS,
    STRONGEST,
    USUAL,
    WEAKEST,
    Habits,
    Histogram,
    Person,
    best_moment,
    concentration,
    expected,
    groups_of,
    histogram,
    learn_habits,
)

BOGOTA = ZoneInfo("America/Bogota")
DAY = datetime(2026, 11, 24, tzinfo=UTC)

counts = st.lists(st.integers(0, 40).map(float), min_size=HOURS, max_size=HOURS).map(tuple)
people = st.lists(
    st.builds(Person, hours=counts, groups=st.sampled_from([(), ("country:MX",), ("country:CO", "source:ads")])),
    max_size=30,
)


def at(*hours: int, times: float = 1.0) -> Histogram:
    return tuple(times * (hour in hours) for hour in range(HOURS))


def peak(shares: Histogram) -> int:
    return max(range(HOURS), key=lambda hour: shares[hour])


def test_an_hour_counts_once_however_much_was_written_in_it() -> None:
    start = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)  # 9:05 in Bogotá
    burst = [start + timedelta(minutes=minute) for minute in range(50)]
    assert histogram([*burst, start + timedelta(days=1)], BOGOTA) == at(9, times=2)


@given(counts, people)
def test_what_is_expected_is_a_distribution_without_a_zero(own: Histogram, others: list[Person]) -> None:
    habits = learn_habits(others)
    shares = expected(own, ("country:MX", "source:nobody"), habits)
    assert sum(shares) == pytest.approx(1)
    assert min(shares) > 0
    assert WEAKEST <= habits.personal <= STRONGEST
    assert WEAKEST <= habits.grouped <= STRONGEST
    assert Habits.model_validate_json(habits.model_dump_json()) == habits


def test_of_whom_nothing_is_known_every_hour_is_as_good() -> None:
    shares = expected(EMPTY, (), Habits())
    assert shares == pytest.approx((1 / HOURS,) * HOURS)


def test_of_whom_little_is_known_is_taken_for_one_of_their_group() -> None:
    evening = [Person(at(20, times=6), ("country:MX",)) for _ in range(30)]
    morning = [Person(at(8, times=6), ("country:ES",)) for _ in range(30)]
    habits = learn_habits([*evening, *morning])
    assert peak(expected(EMPTY, ("country:MX",), habits)) == 20
    assert peak(expected(EMPTY, ("country:ES",), habits)) == 8
    assert peak(expected(at(9), ("country:MX",), habits)) == 20


def test_of_whom_much_is_known_is_themselves() -> None:
    habits = learn_habits([Person(at(20, times=6), ("country:MX",)) for _ in range(30)])
    assert peak(expected(at(7, times=400), ("country:MX",), habits)) == 7


def test_more_of_somebody_s_own_weighs_more() -> None:
    habits = learn_habits([Person(at(20, times=6), ()) for _ in range(30)])
    shares = [expected(at(7, times=times), (), habits)[7] for times in (0, 1, 5, 25, 125)]
    assert shares == sorted(shares)
    assert len(set(shares)) == len(shares)


def test_midnight_is_beside_both_its_neighbours() -> None:
    shares = expected(at(0, times=50), (), Habits())
    assert shares[23] == pytest.approx(shares[1])
    assert shares[23] > shares[12]


def test_a_small_group_is_no_group() -> None:
    habits = learn_habits([Person(at(20, times=6), ("country:UY",)) for _ in range(4)])
    assert habits.groups == {}
    assert habits.people == 4


@pytest.mark.parametrize("true", [5.0, 20.0, 80.0])
def test_the_concentration_is_found_again(true: float) -> None:
    """People drawn from a known Dirichlet-multinomial, the right answer of which is what was put in."""
    rng = np.random.default_rng(7)
    mean = rng.dirichlet(np.full(HOURS, 4.0))
    drawn = [tuple(map(float, rng.multinomial(40, rng.dirichlet(true * mean)))) for _ in range(400)]
    found = concentration(drawn, [tuple(mean)] * len(drawn))
    assert found == pytest.approx(true, rel=0.15)


def test_of_too_few_people_no_concentration_is_estimated() -> None:
    assert concentration([at(3, times=5)] * 7, [(1 / HOURS,) * HOURS] * 7) == USUAL


def test_people_who_are_all_alike_are_drawn_together_and_people_who_differ_are_left_alone() -> None:
    rng = np.random.default_rng(3)
    mean = np.array(expected(at(9, 20, times=40), (), Habits()))

    def drawn(shares: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Person:
        return Person(tuple(map(float, rng.multinomial(30, shares))), ())

    alike = learn_habits([drawn(mean) for _ in range(200)])
    apart = learn_habits([drawn(rng.dirichlet(3 * mean)) for _ in range(200)])
    assert alike.personal > 20 * apart.personal


def test_shrinkage_predicts_people_better_than_their_own_few_answers_or_everybody_s() -> None:
    """The mean log score of a held-out answer, on people drawn around a common habit."""
    rng = np.random.default_rng(11)
    mean = rng.dirichlet(np.full(HOURS, 1.0))
    truths = [rng.dirichlet(25 * mean) for _ in range(300)]
    seen = [tuple(map(float, rng.multinomial(10, truth))) for truth in truths]
    habits = learn_habits([Person(row, ()) for row in seen])

    def score(shares: list[Histogram]) -> float:
        return float(np.mean([truth @ np.log(row) for truth, row in zip(truths, shares, strict=True)]))

    shrunk = score([expected(row, (), habits) for row in seen])
    everybody = score([expected(EMPTY, (), habits)] * len(seen))
    alone = score([expected(row, (), Habits(personal=WEAKEST)) for row in seen])
    assert shrunk > everybody
    assert shrunk > alone


def test_the_best_moment_is_at_the_likeliest_hour_and_the_first_of_equals() -> None:
    moments = [DAY + timedelta(hours=hour) for hour in range(14, 24)]  # 9:00 to 18:00 in Bogotá
    assert best_moment(moments, BOGOTA, at(12, 17)) == DAY + timedelta(hours=17)
    assert best_moment(moments, BOGOTA, (1 / HOURS,) * HOURS) == moments[0]


def test_groups_are_named_by_what_is_known() -> None:
    assert groups_of("MX", "instagram") == ("country:MX", "source:instagram")
    assert groups_of(None, "") == ()
