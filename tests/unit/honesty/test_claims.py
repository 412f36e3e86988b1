from hypothesis import given
from hypothesis import strategies as st

from agent.honesty.claims import extract_claims
from core.domain.evidence import FactKind


def test_claims_stand_in_order_with_their_words() -> None:
    text = "Cuesta **249** USD y dura 8 semanas: https://brenda.example/pago"
    claims = extract_claims(text)
    assert [claim.kind for claim in claims] == [FactKind.MONEY, FactKind.DURATION, FactKind.LINK]
    assert all(text[claim.start : claim.end] == claim.text for claim in claims)


def test_numbers_in_links_and_dates_are_claimed_once() -> None:
    claims = extract_claims("https://brenda.example/99 vence el 30/11/2026 a las 23:59")
    assert [claim.unit for claim in claims] == ["", "date", "time"]


def test_a_sentence_has_a_topic() -> None:
    (claim,) = extract_claims("La oferta termina el 30 de noviembre.")
    assert claim.topic == "offer"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_places_are_within_the_text(text: str) -> None:
    for claim in extract_claims(text):
        assert 0 <= claim.start <= claim.end <= len(text)
        assert claim.text == text[claim.start : claim.end]
