"""Countries are understood as people type them."""

import pytest

from core.domain.countries import country_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("México", "MX"),
        ("mexico df", "MX"),
        ("Vivo en Perú.", "PE"),
        ("ESPAÑA", "ES"),
        ("EE.UU.", "US"),
        ("Santo Domingo, República Dominicana", "DO"),
        ("costa rica", "CR"),
        ("CO", "CO"),
    ],
)
def test_a_named_country_is_found(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize("text", [None, "", "Atlántida", "es", "mexicano", "salvador", "🇲🇽", "\x00\u202e", "chilena"])
def test_what_names_no_country_is_none(text: str | None) -> None:
    assert country_code(text) is None
