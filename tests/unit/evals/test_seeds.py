"""Chance that is named."""

from evals.seeds import generator


def test_the_same_name_gives_the_same_numbers_and_another_name_others() -> None:
    first = [generator("a", 1, "prospect").random() for _ in range(2)]
    assert first[0] == first[1]
    others = {generator(*name).random() for name in (("a", 2, "prospect"), ("b", 1, "prospect"), ("a", 1, "typos"))}
    assert len(others | set(first)) == 4
