"""Markup made safe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.telegram.markup import read_markup
from tests.fakes.telegram_limits import visible

TYPED = st.text(alphabet=st.sampled_from("ab ñ🙂\n*_`#[]()<>&;:/.-") | st.characters(codec="utf-8"), max_size=200)


@given(TYPED, st.integers(0, 200), st.integers(0, 200))
def test_every_cut_is_valid_html_that_shows_exactly_the_visible_text(text: str, one: int, other: int) -> None:
    marked = read_markup(text)
    for part in (marked, marked.cut(min(one, other), max(one, other))):
        assert visible(part.html(), "HTML") == part.text


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="*_`#["), max_size=200))
def test_text_without_markup_stays_as_it_is(text: str) -> None:
    marked = read_markup(text)
    assert (marked.text, marked.spans) == (text, ())


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("**Precio:** 249 USD", "<b>Precio:</b> 249 USD"),
        ("*hola*, _qué tal_", "<b>hola</b>, <i>qué tal</i>"),
        ("**muy _bien_**", "<b>muy <i>bien</i></b>"),
        ("usa `a < b`", "usa <code>a &lt; b</code>"),
        ("```python\nx = 1 * 2 * 3\n```", "<code>x = 1 * 2 * 3\n</code>"),
        ("## Temario\n* Uno\n  * Dos\n- Tres", "<b>Temario</b>\n• Uno\n  • Dos\n- Tres"),
        ("[el temario](https://a.example/x_y_z)", "el temario (https://a.example/x_y_z)"),
        ("[https://a.example](https://a.example)", "https://a.example"),
        ("https://a.example/_x_/*y*?a=1&b=2", "https://a.example/_x_/<b>y</b>?a=1&amp;b=2"),
        ("<b>no</b> & <script>", "&lt;b&gt;no&lt;/b&gt; &amp; &lt;script&gt;"),
        ("2*3*4 y mi_variable_larga", "2*3*4 y mi_variable_larga"),
        ("**sin cerrar, * suelto _ y ` más", "**sin cerrar, * suelto _ y ` más"),
        ("#CURSO_IA #CAMPAÑA", "#CURSO_IA #CAMPAÑA"),
        ("** vacío ** y ****", "** vacío ** y ****"),
    ],
)
def test_as_it_is_shown(typed: str, html: str) -> None:
    assert read_markup(typed).html() == html


def test_a_text_full_of_openings_is_read_in_time_that_grows_with_its_length() -> None:
    assert read_markup("**a _b `c [d](" * 3_000).text
