"""How words become messages."""

import random
import re

from hypothesis import given
from hypothesis import strategies as st

from evals.persona import Typing
from evals.prospects.typing_style import EMOJI, typed

SENTENCE = "¿Cuánto cuesta el curso de la mañana, con descuento?"
PLAIN = Typing()
WORDS = st.lists(st.sampled_from(["hola,", "¿cuánto", "249", "USD", "módulos?", "mañana", "sí", "curso"]), min_size=1)
STYLES = st.builds(
    Typing,
    accents=st.booleans(),
    capitals=st.booleans(),
    typos=st.sampled_from([0.0, 1.0]),
    emoji=st.sampled_from([0.0, 1.0]),
    split=st.sampled_from([0.0, 1.0]),
)


def test_who_types_cleanly_says_what_they_mean() -> None:
    assert typed(SENTENCE, PLAIN, random.Random(0)) == (SENTENCE,)


def test_accents_and_opening_marks_go_and_the_letter_of_the_language_stays() -> None:
    style = Typing(accents=False, capitals=False)
    assert typed(SENTENCE, style, random.Random(0)) == ("cuanto cuesta el curso de la mañana, con descuento?",)


def test_a_message_in_pieces_is_parted_at_its_comma() -> None:
    assert typed(SENTENCE, Typing(split=1), random.Random(0)) == tuple(re.split(r"(?<=,) ", SENTENCE))


def test_a_slip_changes_one_word_and_no_more() -> None:
    (slipped,) = typed("quiero informes urgentes", Typing(typos=1), random.Random(1))
    pairs = zip("quiero informes urgentes".split(), slipped.split(), strict=True)
    assert sum(before != after for before, after in pairs) == 1


@given(WORDS, STYLES, st.integers(0, 99))
def test_no_style_loses_a_word_or_touches_a_figure(words: list[str], style: Typing, seed: int) -> None:
    text = " ".join(words)
    messages = typed(text, style, random.Random(seed))
    assert all(message.strip() for message in messages)
    joined = " ".join(messages)
    for emoji in EMOJI:
        joined = joined.replace(emoji, "")
    assert len(joined.split()) == len(words)
    assert re.findall(r"\d+", joined) == re.findall(r"\d+", text)
