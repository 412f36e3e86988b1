import pytest

from agent.honesty.clauses import after, before, is_asked_about, is_question, is_supposed


def place(text: str) -> tuple[int, int]:
    """Where the X of `text` stands."""
    return text.index("X"), text.index("X") + 1


def test_a_clause_ends_where_its_sentence_does() -> None:
    text = "uno. dos X tres! cuatro"
    assert before(text, place(text)[0]) == " dos "
    assert after(text, place(text)[1]) == " tres!"


@pytest.mark.parametrize(
    ("text", "asked"),
    [("¿ya X, ana?", True), ("X?", True), ("X, ¿te ayudo?", False), ("¿que tal? X.", False), ("X", False)],
)
def test_questions(text: str, asked: bool) -> None:
    assert is_question(text, *place(text)) is asked


@pytest.mark.parametrize(
    ("text", "supposed"),
    [("cuando X", True), ("una vez X", True), ("si pagas, X", True), ("once X", True), ("se o pago X", True),
     ("si, X", False), ("cuando quieras. X", False), ("se X", False), ("X cuando", False)],
)  # fmt: skip
def test_suppositions(text: str, supposed: bool) -> None:
    assert is_supposed(text, place(text)[0]) is supposed


@pytest.mark.parametrize(
    ("text", "asked"), [("me preguntas si X", True), ("wondering whether X", True), ("si X", False), ("claro X", False)]
)
def test_what_is_only_asked_about(text: str, asked: bool) -> None:
    assert is_asked_about(text, place(text)[0]) is asked
