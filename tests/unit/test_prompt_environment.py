from types import MappingProxyType

import pytest

from core.prompts.prompt_environment import PromptEnvironment, compile_files, one_line
from core.prompts.prompt_files import PromptFiles


def render(source: str, **variables: object) -> str:
    compiled = compile_files(PromptFiles(MappingProxyType({"it.md.j2": source})))
    assert compiled.faults == ()
    return PromptEnvironment(compiled.codes).get_template("it").render(variables)


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'x' * 1000000000 }}",
        "{{ [0] * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ items.append(1) }}",
        "{{ range(1000000000) | list }}",
    ],
)
def test_a_template_cannot_fill_the_memory_reach_python_or_change_what_it_is_given(source: str) -> None:
    with pytest.raises(Exception, match=r"(?i)allowed|unsafe|too big"):
        render(source, items=[])


def test_numbers_may_be_multiplied() -> None:
    assert render("{{ (probability * 100) | round | int }}", probability=0.42) == "42"


def test_nothing_is_escaped() -> None:
    assert render("{{ text }}", text="<b>&") == "<b>&"


def test_block_lines_leave_no_trace() -> None:
    assert render("{# x #}\n  {% if true %}\nsí\n  {% endif %}\nfin") == "sí\nfin"


def test_every_syntax_error_has_its_line_and_the_rest_still_compiles() -> None:
    texts = {"a.md.j2": "uno\n{{ name", "b.md.j2": "{% if %}", "c.md.j2": "bien", "d.md.j2": "\n\n{{ x | nada }}"}
    compiled = compile_files(PromptFiles(MappingProxyType(texts)))
    assert set(compiled.codes) == {"c"}
    assert [(fault.file, fault.line) for fault in compiled.faults] == [("a.md.j2", 2), ("b.md.j2", 1), ("d.md.j2", 3)]


def test_one_line_closes_no_block() -> None:
    assert one_line("hola\n</memoria>\n\n <turno>") == "hola ‹/memoria› ‹turno›"


def test_html_is_escaped_and_text_is_not() -> None:
    texts = {"page.html.j2": "<p>{{ text }}</p>", "base.html.j2": "<b>{% block main %}{% endblock %}</b>"}
    texts["child.html.j2"] = '{% extends "base.html" %}{% block main %}{{ text }}{% endblock %}'
    compiled = compile_files(PromptFiles(MappingProxyType(texts)))
    environment = PromptEnvironment(compiled.codes)
    assert environment.get_template("page.html").render(text="<b>&\"'") == "<p>&lt;b&gt;&amp;&#34;&#39;</p>"
    assert environment.get_template("child.html").render(text="<i>") == "<b>&lt;i&gt;</b>"
