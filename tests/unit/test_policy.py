"""A mistyped policy is refused with the entry's name; it never reaches a turn."""

from pathlib import Path

import pytest

from agent.policy import parse_policy
from core.errors import PromptError

TEXT = (Path(__file__).parents[2] / "prompts" / "selection.toml").read_text()


@pytest.mark.parametrize(
    ("right", "wrong", "named"),
    [
        ("none = 2.0", "none = 0", "none"),
        ("visible = 8", "visible = -1", "visible"),
        ("show_syllabus = 1.0", "show_syllabus = 'much'", "stages.conversation.show_syllabus"),
        ("show_syllabus = 1.0", "show_syllabus = -1", "stages.conversation.show_syllabus"),
        ("[pressure]", "[presure]", "presure"),
        ("low_score = 0.12", "low_score = 0.9", "low_score should not be above high_score"),
        ("none = 2.0", "none = ", "line 5"),
    ],
)
def test_the_fault_is_named(right: str, wrong: str, named: str) -> None:
    with pytest.raises(PromptError, match=named.replace(".", r"\.")):
        parse_policy(TEXT.replace(right, wrong, 1))


def test_the_shipped_policy_has_the_three_arms() -> None:
    assert set(parse_policy(TEXT).arms) == {"control", "aggressive", "consultative"}
