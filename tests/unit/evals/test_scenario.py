"""A scenario's own rules."""

import pytest

from evals.scenario import Ending
from tests.evaluations import make_scenario


def test_right_ends_may_be_one_or_several() -> None:
    assert make_scenario(right_end="sale").right_ends == (Ending.SALE,)
    assert make_scenario(right_end=["demo", "no_sale"]).right_ends == (Ending.DEMO, Ending.NO_SALE)


@pytest.mark.parametrize("fields", [{"turns": []}, {"prospect": {"wants": "demo"}}])
def test_it_is_played_by_a_script_or_by_a_simulated_person_and_never_by_both_or_none(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="either `turns`"):
        make_scenario(**fields)
