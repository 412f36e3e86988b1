"""The corpus is sound: labels hold, nothing stands twice, it is balanced, and the split leaks nothing."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.domain.perception import Emotion, Intent, Language, Objection, Sentiment
from core.learning.utterances import AXES, Utterance, essence, read_corpus, read_utterances, split

ROWS = read_corpus()
FRESH = read_utterances([Path(__file__).parents[2] / "evals" / "data" / "understanding_fresh.tsv"])
EMPTY = frozenset(
    """
    a al de del el ella en es esa ese eso esta este esto la las le les lo los me mi mucho muchas mucha muy nos
    o por para que se su te ti tu un una uno unos usted y yo pues po pe che wey tio tia amiga amigo parce neta
    verdad vdd posta bien gracias hola buenas buenos buen dia dias tardes favor porfa informacion info
    senorita oye mira si ya q pa x d xq the to is it for of you and im i with con ok
""".split()
)
"""Words around what is said."""


def said(text: str) -> frozenset[str]:
    """The beginnings of the words that say something."""
    return frozenset(word[:6] for word in essence(text).split() if word not in EMPTY)


def nearly_the_same(rows: Sequence[Utterance]) -> Iterator[tuple[Utterance, Utterance]]:
    """Pairs that share at least four fifths of the words that say something, if these are at least two.

    Two such sets share one of the rarest words of either, as many as may differ and one more, so that only rows that
    hold one of these need comparing (prefix filtering; Bayardo, Ma and Srikant, WWW 2007).
    """
    words = [said(row.text) for row in rows]
    common = Counter(word for each in words for word in each)
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(words):
        if len(each) < 2:
            continue
        rarest = sorted(each, key=lambda word: (common[word], word))[: len(each) - math.ceil(0.8 * len(each)) + 1]
        for other in sorted({other for word in rarest for other in holders[word]}):
            if len(each & words[other]) >= 0.8 * len(each | words[other]):
                yield rows[other], rows[place]
        for word in rarest:
            holders[word].append(place)


def families(axis: str, value: str) -> set[str]:
    return {row.family for row in ROWS if row.labels[axis] == value}


def test_it_is_large_and_every_class_has_many_families() -> None:
    assert len(ROWS) >= 3000
    assert all(len(families("intent", intent)) >= 12 for intent in Intent)
    assert all(len(families("objection", objection)) >= 12 for objection in Objection)
    assert all(len(families("sentiment", sentiment)) >= 12 for sentiment in Sentiment)
    assert all(len(families("emotion", emotion)) >= 12 for emotion in Emotion)
    assert all(len(families("language", language)) >= 12 for language in Language)


def test_no_sentence_stands_twice() -> None:
    seen: defaultdict[str, list[str]] = defaultdict(list)
    for row in ROWS:
        seen[essence(row.text)].append(f"{row.family}: {row.text}")
    assert [rows for rows in seen.values() if len(rows) > 1] == []


def test_countries_and_registers_are_balanced() -> None:
    countries = Counter(row.country for row in ROWS)
    assert all(countries[name] >= 0.1 * len(ROWS) for name in ("MX", "AR", "CO", "ES"))
    registers = Counter(row.register for row in ROWS)
    assert registers["phone"] >= 0.35 * len(ROWS)
    assert min(registers.values()) >= 0.02 * len(ROWS)


def test_texts_are_clean() -> None:
    untidy = [row.text for row in ROWS if row.text != row.text.strip() or "  " in row.text or not essence(row.text)]
    assert [text for text in untidy if essence(text) or not text.strip(".")] in ([], ["..."])


def test_the_split_is_by_family_and_keeps_every_class_on_both_sides() -> None:
    learners, held = split(ROWS)
    assert not {row.family for row in learners} & {row.family for row in held}
    assert not {essence(row.text) for row in learners} & {essence(row.text) for row in held}
    assert 0.2 <= len(held) / len(ROWS) <= 0.3
    for axis, members in AXES.items():
        for part in (learners, held):
            assert {row.labels[axis] for row in part} == {member.value for member in members}


def test_the_split_does_not_depend_on_the_order() -> None:
    assert {row.text for row in split(ROWS)[1]} == {row.text for row in split(ROWS[::-1])[1]}


def test_hardly_any_paraphrase_stands_in_another_family() -> None:
    """Rows of the same meaning and nearly the same words belong together, else the split would leak."""
    alike = [
        (one.text, other.text)
        for one, other in nearly_the_same(ROWS)
        if one.family != other.family
        and all(one.labels[axis] == other.labels[axis] for axis in ("intent", "objection"))
    ]
    assert len(alike) <= 0.003 * len(ROWS), alike


def test_the_fresh_sentences_are_not_learned_from() -> None:
    assert len(FRESH) == 300
    assert not {essence(row.text) for row in FRESH} & {essence(row.text) for row in ROWS}
