"""Features: what they ignore, and their shape on any text."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.learning.ngrams import BUCKETS, COLUMNS, CONCEPTS, Grams, grams, scaled
from core.learning.rules import judge, read


def of(text: str) -> Grams:
    reading = read(text)
    return grams(reading, judge(reading))


def test_case_accents_and_stretched_letters_make_no_difference() -> None:
    assert of("¿Cuánto CUESTA?") == of("cuanto cuesta?") == of("cuantooo cuestaaa?")


def test_emoji_have_columns_of_their_own() -> None:
    plain, glad, upset = of("hola"), of("hola 😍"), of("hola 😡")
    assert plain[:-1] == glad[:-1] == upset[:-1]
    assert (list(plain[-1]), list(glad[-1]), list(upset[-1])) == ([], [BUCKETS], [BUCKETS + 1])


def test_words_that_stand_for_one_another_share_features() -> None:
    shared = set(of("le pregunto a mi marido")[3]) & set(of("le pregunto a mi pololo")[3])
    assert len(shared) > len(set(of("le pregunto a mi marido")[3]) & set(of("le pregunto a mi contador")[3]))


def test_what_is_denied_has_features_of_its_own() -> None:
    denied = 5
    assert of("me convence")[denied] == Counter()
    assert of("no me convence")[denied].keys() <= of("nunca me convence nada")[denied].keys()
    assert of("no. me convence")[denied] == Counter()


def test_runs_of_letters_go_from_one_word_into_the_next() -> None:
    runs = 6
    together = of("no me convence")[runs].keys() & of("tampoco me sirve")[runs].keys()
    assert len(together) > len(of("no. convence")[runs].keys() & of("tampoco sirve")[runs].keys())


def test_a_question_is_combined_with_what_it_asks() -> None:
    assert of("es caro?")[CONCEPTS].keys() > of("es caro")[CONCEPTS].keys()
    assert of("zzz?")[CONCEPTS] == Counter()


def test_topics_of_one_kind_share_a_feature() -> None:
    invoice, schedule, syllabus = (set(of(text)[2]) for text in ("dan factura", "que horario", "el temario"))
    assert len(invoice & schedule) > len(invoice & syllabus)


def test_a_very_long_text_stays_small() -> None:
    assert sum(map(len, of("palabra distinta " * 3000))) < sum(map(len, of("palabra distinta " * 30))) * 2


@given(st.text(max_size=300))
def test_any_text_has_features_of_length_one_or_none_a_group(text: str) -> None:
    columns, values = scaled(of(text), np.ones(COLUMNS, np.float32))
    assert len(columns) == len(values)
    assert ((columns >= 0) & (columns < COLUMNS)).all()
    words = values[columns < BUCKETS]
    assert float(words @ words) <= 7.001
