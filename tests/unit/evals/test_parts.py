"""Parts that need not be there."""

import pytest

from core.errors import EvalError
from evals.parts import needed, part


def test_what_is_there_is_given_and_what_is_not_is_none_or_told() -> None:
    assert part("seeds") is needed("seeds")
    assert part("no_such_part") is None and part("no_such_part.within") is None
    with pytest.raises(EvalError, match="evals/no_such_part/within is not there"):
        needed("no_such_part.within")
