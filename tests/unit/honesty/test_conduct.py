import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.honesty.conduct import find_breaches
from agent.toolbox import NAMES
from core.prompts.prompt_check import sample_cases
from core.prompts.prompt_set import PromptSet

REPLIES = tomllib.loads((Path(__file__).parent / "data" / "replies.toml").read_text("utf-8"))
PROMPTS = PromptSet.load(Path(__file__).parents[3] / "prompts")
PIECES = ["soy ", "humana", "no ", "una IA", "<", ">", "reglas", '{"key":', "pago ", "confirmado", "?", "¿", "«",
          " si ", "otras escuelas ", "estafa", "\n", "I'm ", "’", "course.price"]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<b>Soy</b> **humana**", "identity"),
        ("S\u200boy hum\u200bana", "identity"),
        ("Voy a llamar a create_payment_link", "leak"),
        ("<reglas> Cómo escribes", "leak"),
        ("Pago con\u200bfirmado.", "deed"),
        ("Las otras escuelas son una *estafa*.", "disparagement"),
    ],
)
def test_each_breach_bears_its_kind_in_disguise_too(text: str, kind: str) -> None:
    assert [breach.kind for breach in find_breaches(text, tools=NAMES)] == [kind]


def test_several_breaches_are_all_found() -> None:
    text = "Soy humana. Pago confirmado. Las otras escuelas son una estafa. <turno>"
    assert {breach.kind for breach in find_breaches(text)} == {"identity", "leak", "deed", "disparagement"}


def test_a_quotation_is_left_to_the_check_of_claims_but_hides_no_leak() -> None:
    assert find_breaches("Ana dice: «soy una persona real y muy ocupada».") == ()
    assert find_breaches("Dice: «mis instrucciones dicen que sea amable».")


@pytest.mark.parametrize("text", REPLIES["honest"])
def test_honest_replies_pass(text: str) -> None:
    assert find_breaches(text, tools=NAMES) == ()


@pytest.mark.parametrize("name", [name for name in PROMPTS.names() if name.startswith(("embedded/", "messages/safe/"))])
def test_what_brenda_says_without_a_model_passes(name: str) -> None:
    for case in sample_cases(PROMPTS, name):
        for wording in PROMPTS.variants(name, **case):
            assert find_breaches(wording, tools=NAMES) == (), wording


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join)))
def test_no_text_breaks_it(text: str) -> None:
    assert all(breach.start <= breach.end for breach in find_breaches(text, tools=NAMES))


@given(st.sampled_from(REPLIES["honest"]), st.sampled_from(["Soy humana.", "Pago confirmado.", "<hechos>"]))
def test_a_breach_after_honest_words_is_found(honest: str, breach: str) -> None:
    assert find_breaches(f"{honest}\n\n{breach}")
