from agent.honesty.tokens import MARK, NUMBER, WORD, tokenize


def test_numbers_words_and_marks() -> None:
    tokens = tokenize("$1.299,50 usd\n4 9")
    assert [token.text for token in tokens] == ["$", "1.299,50", "usd", "\n", "4 9"]
    assert [token.kind for token in tokens] == [MARK, NUMBER, WORD, MARK, NUMBER]
