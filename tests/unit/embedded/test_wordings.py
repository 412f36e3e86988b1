"""Wordings: what was said lately is passed over, and pieces fit."""

from hypothesis import given
from hypothesis import strategies as st

from agent.embedded.briefing import Briefing
from agent.embedded.meaning import meaning
from agent.embedded.wordings import Desk, fitted, fresh, normal
from core.errors import PromptError


class Texts:
    """Templates from a dictionary; `broken` cannot be rendered."""

    def __init__(self, **texts: list[str]) -> None:
        self.texts = {f"embedded/{name}": wordings for name, wordings in texts.items()}

    def has(self, name: str) -> bool:
        return name in self.texts or name == "embedded/broken"

    def variants(self, template: str, /, **variables: object) -> list[str]:
        if template == "embedded/broken":
            raise PromptError("broken")
        return self.texts[template]


def desk(briefing: Briefing, **texts: list[str]) -> Desk:
    return Desk(briefing, meaning(briefing), Texts(**texts), {}, frozenset())


def test_a_wording_that_was_said_is_passed_over() -> None:
    assert fresh(["Uno es así.", "Otro es asá."], 0, ["Hola. UNO es  así. Adiós"]) == "Otro es asá."


def test_when_all_were_said_the_one_said_longest_ago_comes_again() -> None:
    assert fresh(["uno", "otro"], 0, ["otro", "uno"]) == "otro"
    assert fresh([], 3, []) == ""


def test_a_missing_or_broken_template_says_nothing() -> None:
    assert desk(Briefing()).say("nothing") == ""
    assert desk(Briefing()).say("broken") == ""


def test_a_flagged_claim_is_not_said_again() -> None:
    briefing = Briefing(flagged=("99 USD",))
    assert (
        desk(briefing, price=["Son 99 USD.", "El precio está en la página."]).say("price")
        == "El precio está en la página."
    )


def test_the_first_piece_is_kept_and_later_ones_only_if_they_fit() -> None:
    assert fitted(["uno", "", "dos"]) == "uno\n\ndos"
    assert fitted(["a" * 8, "b" * 5, "c"], 12) == "aaaaaaaa\n\nc"
    assert fitted(["Una frase. Otra frase muy larga"], 20) == "Una frase."


@given(st.lists(st.text(max_size=900), min_size=1))
def test_what_is_fitted_is_never_too_long(pieces: list[str]) -> None:
    assert len(fitted(pieces)) <= 700


@given(st.text())
def test_normal_ignores_what_is_no_word(text: str) -> None:
    assert normal(f"¡{text}! …") == normal(text)
