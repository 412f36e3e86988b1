"""Cutting long texts."""

from hypothesis import given
from hypothesis import strategies as st

from channels.telegram.characters import utf16_length
from channels.telegram.splitting import TEXT_LIMIT, split_ranges

TEXTS = st.text(alphabet=st.sampled_from("ab .\n¿?🙂👩🏽\u200d\u0301") | st.characters(codec="utf-8"), max_size=400)


@given(TEXTS, st.integers(4, 60))
def test_parts_fit_and_nothing_but_white_space_is_lost(text: str, limit: int) -> None:
    parts = [text[start:end] for start, end in split_ranges(text, limit)]
    assert all(0 < utf16_length(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(st.lists(st.text(alphabet="abc ", min_size=1, max_size=20).filter(str.strip), max_size=30))
def test_parts_are_in_order_and_do_not_overlap(lines: list[str]) -> None:
    ranges = list(split_ranges("\n".join(lines), 40))
    flat = [place for pair in ranges for place in pair]
    assert flat == sorted(flat)


def test_telegram_counts_utf16() -> None:
    assert [end - start for start, end in split_ranges("🙂" * 3_000)] == [2_048, 952]
    assert [end - start for start, end in split_ranges("a" * 4_097)] == [4_096, 1]


def test_a_paragraph_is_a_better_end_than_a_sentence_and_that_better_than_a_word() -> None:
    paragraph = ("Una frase corta. " * 150).strip()
    text = f"{paragraph}\n\n{paragraph}"
    assert [text[start:end] for start, end in split_ranges(text, TEXT_LIMIT)] == [paragraph, paragraph]
    sentences = "Una frase que no es tan corta. " * 200
    assert all(sentences[end - 1] == "." for _, end in split_ranges(sentences))
    words = "palabra " * 1_000
    assert all(words[start:end].endswith("palabra") for start, end in split_ranges(words))


def test_a_family_is_not_parted() -> None:
    family = "👩🏽\u200d👧"
    text = family * 10
    assert all((end - start) % len(family) == 0 for start, end in split_ranges(text, 2 * utf16_length(family) + 3))


def test_nothing_to_say() -> None:
    assert list(split_ranges(" \n ")) == []
