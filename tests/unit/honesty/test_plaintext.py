import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.honesty.plaintext import fold, plain


@pytest.mark.parametrize(
    ("original", "shown"),
    [
        ("**49** dólares", "49 dólares"),
        ("2️⃣4️⃣9️⃣ USD", "249 USD"),
        ("２４９ €", "249 €"),
        ("4\u200b9 dólares", "49 dólares"),
        ("&#52;9 d&oacute;lares", "49 dólares"),
        ("<b>4</b>9", "49"),
        ("lOO dólares", "100 dólares"),
        ("2O0", "200"),
        ("el 2o módulo", "el 2o módulo"),
        ("5 🔥 lugares", "5 lugares"),
        ("https://brenda.example/a__b_*c", "https://brenda.example/a__b_*c"),
        ("Brenda\u00a0aquí", "Brenda aquí"),
    ],
)
def test_disguises_come_off(original: str, shown: str) -> None:
    assert plain(original).text == shown


def test_lookalike_letters_fold_to_latin() -> None:
    assert fold("dólаres Ñandú") == "dolares nandu"


@given(st.text())
def test_both_texts_share_places(original: str) -> None:
    page = plain(original)
    assert len(page.text) == len(page.folded)
    assert all(0 <= page.original(place) <= len(original) for place in range(len(page.text)))


@given(st.text(alphabet="abc 123.,áé"))
def test_places_are_exact_where_nothing_was_rewritten(original: str) -> None:
    page = plain(original)
    if page.text == original:
        assert [page.original(place) for place in range(len(original))] == list(range(len(original)))
