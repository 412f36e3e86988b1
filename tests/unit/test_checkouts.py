from hypothesis import given
from hypothesis import strategies as st

from core.domain.checkouts import CheckoutStatus

statuses = st.sampled_from(CheckoutStatus)


@given(statuses, statuses)
def test_of_two_different_states_exactly_one_is_further_on(one: CheckoutStatus, other: CheckoutStatus) -> None:
    assert (one.follows(other) + other.follows(one)) == (one is not other)


@given(statuses)
def test_nothing_follows_money_and_everything_an_open_try(status: CheckoutStatus) -> None:
    assert not status.follows(CheckoutStatus.PAID)
    assert status.follows(CheckoutStatus.OPEN) == (status is not CheckoutStatus.OPEN)
