from agent.honesty.lexicon import words


def test_words_are_parted_at_blanks() -> None:
    assert words("uno dos  uno") == frozenset({"uno", "dos"})
