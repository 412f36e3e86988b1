"""The corpus is sound: labels hold, nothing stands twice, it is balanced, and the split leaks nothing."""

from collections import Counter, defaultdict

from core.domain.perception import Emotion, Intent, Language, Objection, Sentiment
from core.learning.utterances import AXES, essence, read_corpus, split

ROWS = read_corpus()


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
