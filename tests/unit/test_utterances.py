"""Reading labelled files: every fault is named by file and line, and what would be right."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CorpusError
from core.learning.utterances import (
    HEADER,
    Utterance,
    essence,
    fold_of,
    idea_of,
    read_corpus,
    read_utterances,
    split,
    tempting,
)

ROW = ["price.how_much", "¿cuánto?", "price_question", "none", "neutral", "neutral", "es", "MX", "phone"]


def written(folder: Path, *rows: list[str], header: tuple[str, ...] = HEADER) -> Path:
    path = folder / "theme.tsv"
    path.write_text("\n".join("\t".join(row) for row in (list(header), *rows)) + "\n", encoding="utf-8")
    return path


def changed(place: int, value: str) -> list[str]:
    return [*ROW[:place], value, *ROW[place + 1 :]]


def test_a_row_is_read_as_it_stands(tmp_path: Path) -> None:
    (row,) = read_utterances([written(tmp_path, ROW)])
    assert (row.family, row.text, row.country, row.register) == ("price.how_much", "¿cuánto?", "MX", "phone")
    assert row.labels == {
        "intent": "price_question",
        "objection": "none",
        "sentiment": "neutral",
        "emotion": "neutral",
        "language": "es",
    }


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (changed(2, "prices"), "theme.tsv:3: intent is 'prices'; one of exploration, free_resources"),
        (changed(7, "FR"), "country is 'FR'"),
        (changed(8, "loud"), "register is 'loud'"),
        (changed(1, " "), "text is empty"),
        (ROW[:-1], "8 cells instead of 9"),
        (["", *ROW[1:]], "family is empty"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, row: list[str], words: str) -> None:
    with pytest.raises(CorpusError) as caught:
        read_utterances([written(tmp_path, ROW, row)])
    assert words in str(caught.value)


def test_a_wrong_header_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="the header must be family text"):
        read_utterances([written(tmp_path, ROW, header=("text", "label"))])


def test_many_faults_are_counted(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="and 5 more"):
        read_utterances([written(tmp_path, *[changed(2, "x")] * 25)])


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CorpusError, match="cannot be read"):
        read_corpus(tmp_path)


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"holds no \*.tsv"):
        read_corpus(tmp_path)


@given(st.text(max_size=60))
def test_any_line_is_read_or_named(text: str) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder) / "theme.tsv"
        path.write_text("\t".join(HEADER) + "\n" + text.encode("utf-8", "ignore").decode(), encoding="utf-8")
        try:
            rows = read_utterances([path])
        except CorpusError as error:
            assert "theme.tsv:" in str(error)
        else:
            assert all(isinstance(row, Utterance) for row in rows)


def test_essence_sees_through_accents_case_and_marks() -> None:
    assert essence("¿Cuánto  CUESTA?") == essence("cuanto cuesta")
    assert essence("👍") != essence("👎")


def test_families_stay_together() -> None:
    rows = [
        Utterance(f"f{place // 5}", f"t{place}", {"intent": "refusal" if place % 2 else "small_talk"}, "MX", "phone")
        for place in range(200)
    ]
    learners, held = split(rows)
    assert len(held) == 50
    assert not {row.family for row in learners} & {row.family for row in held}


def test_whole_ideas_can_be_held_out() -> None:
    rows = [
        Utterance(f"idea{place // 10}/{place % 2}", f"t{place}", {"intent": "refusal"}, "MX", "phone")
        for place in range(200)
    ]
    learners, held = split(rows, named=idea_of)
    assert len(held) == 50
    assert not {idea_of(row.family) for row in learners} & {idea_of(row.family) for row in held}


def test_an_idea_is_the_part_before_the_stroke() -> None:
    assert idea_of("objection.value.fad/outdated_soon") == idea_of("objection.value.fad") == "objection.value.fad"


def test_another_salt_is_another_split_of_whole_families() -> None:
    rows = [Utterance(f"f{place // 5}", f"t{place}", {"intent": "refusal"}, "MX", "phone") for place in range(200)]
    usual, other = split(rows), split(rows, salt="1:")
    assert {row.family for row in usual[1]} != {row.family for row in other[1]}
    assert not {row.family for row in other[0]} & {row.family for row in other[1]}
    assert len(usual[1]) == len(other[1])


@pytest.mark.parametrize(
    ("family", "hard"),
    [
        ("chat.precioso", True),
        ("calm.boss_sent_me", True),
        ("stop.hard_negative_words", True),
        ("objection.price.budget", False),
        ("small_talk.chat", False),
    ],
)
def test_hard_negatives_are_known_by_their_family(family: str, hard: bool) -> None:
    assert tempting(family) is hard


@given(st.text(), st.integers(2, 20))
def test_a_fold_is_one_of_the_folds(family: str, folds: int) -> None:
    assert 0 <= fold_of(family, folds) < folds
