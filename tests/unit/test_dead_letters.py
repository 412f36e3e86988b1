from channels.jobs.dead_letters import MOST_CHARS, told
from core.errors import PromptError


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:
        return caught


def test_an_error_of_ours_keeps_its_words() -> None:
    assert told(raised(PromptError("follow_ups/schedule.toml:3: x"))) == (
        "PromptError: A prompt template is broken. follow_ups/schedule.toml:3: x"
    )


def test_of_any_other_error_only_its_type_and_place_are_kept() -> None:
    kept = told(raised(ValueError("Key (email)=(ana@example.com) already exists")))
    assert kept.startswith("ValueError at tests/unit/test_dead_letters.py:")
    assert "ana" not in kept


def test_an_error_that_was_never_raised_has_no_place() -> None:
    assert told(ValueError("x")) == "ValueError"


def test_a_long_error_is_cut() -> None:
    assert len(told(raised(PromptError("x" * 2000)))) == MOST_CHARS
