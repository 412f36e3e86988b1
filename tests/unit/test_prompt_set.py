from collections.abc import Mapping
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import PromptError
from core.prompts.prompt_environment import compile_files
from core.prompts.prompt_files import PromptFiles
from core.prompts.prompt_set import PromptSet

WORDINGS = "{# variables: name #}\nHola, {{ name }}\n---\nBuenas, {{ name }}\n---\nQué tal, {{ name }}\n"


def prompt_set(texts: Mapping[str, str]) -> PromptSet:
    return PromptSet(compile_files(PromptFiles(MappingProxyType(dict(texts)))))


def test_render_gives_the_first_wording_and_variants_all() -> None:
    prompts = prompt_set({"name/hello.md.j2": WORDINGS})
    assert prompts.render("name/hello", name="Ana") == "Hola, Ana"
    assert prompts.variants("name/hello", name="Ana") == ["Hola, Ana", "Buenas, Ana", "Qué tal, Ana"]


def test_a_single_wording_is_its_only_variant() -> None:
    prompts = prompt_set({"ask.md.j2": "{# variables: none #}\n¿Cómo te llamas?\n"})
    assert prompts.variants("ask") == ["¿Cómo te llamas?"]


def test_a_wording_may_end_in_a_block() -> None:
    source = "{# variables: name #}\n{% if name %}\nuno\n{% endif %}\n---\n{% if name %}\ndos\n{% endif %}\n"
    assert prompt_set({"ask.md.j2": source}).variants("ask", name="Ana") == ["uno", "dos"]


def test_a_dash_line_within_words_separates_nothing() -> None:
    source = "{# variables: none #}\n- uno --- dos\n----\n ---\n"
    assert prompt_set({"ask.md.j2": source}).variants("ask") == ["- uno --- dos\n----\n ---"]


@given(st.text())
def test_what_a_person_writes_never_cuts_a_message(words: str) -> None:
    written = f"{words}\n---\n{words}"
    variants = prompt_set({"hello.md.j2": WORDINGS}).variants("hello", name=written)
    assert variants == [f"{greeting}, {written}".strip() for greeting in ("Hola", "Buenas", "Qué tal")]


def test_a_template_may_have_a_variable_called_template_or_self() -> None:
    prompts = prompt_set({"it.md.j2": "{# variables: template, self_name #}\n{{ template }} {{ self_name }}"})
    assert prompts.render("it", template="a", self_name="b") == "a b"


def test_names_has_text_and_files() -> None:
    texts = {
        "b.md.j2": "{# variables: none #}\nb",
        "a/x.md.j2": "{# variables: none #}\na",
        "_macros.md.j2": "{# variables: none #}\n",
        "selection.toml": "none = 2",
    }
    prompts = prompt_set(texts)
    assert prompts.names() == ("a/x", "b")
    assert prompts.has("a/x")
    assert prompts.has("selection.toml")
    assert not prompts.has("a/y")
    assert prompts.text("selection.toml") == "none = 2"
    assert dict(prompts.files) == texts


def test_includes_and_macros_work_with_or_without_the_suffix() -> None:
    texts = {
        "outer.md.j2": '{# variables: name #}{% from "_say" import hello %}'
        '{% include "inner.md.j2" %}, {{ hello(name) }}',
        "inner.md.j2": "{# variables: name #}\n({{ name }})",
        "_say.md.j2": "{# variables: none #}\n{% macro hello(name) %}hola {{ name }}{% endmacro %}",
    }
    assert prompt_set(texts).render("outer", name="Ana") == "(Ana), hola Ana"


def test_what_is_not_given_is_named_before_rendering() -> None:
    prompts = prompt_set({"ask.md.j2": "{# variables: name, course #}\n{{ name if false }}{{ course }}"})
    with pytest.raises(PromptError, match=r"ask\.md\.j2:1: not given: course, name"):
        prompts.render("ask")


def test_an_undefined_attribute_names_file_line_and_variable() -> None:
    prompts = prompt_set({"a/ask.md.j2": "{# variables: course #}\nuno\n{{ course.name }}\n{{ course.price }}"})
    with pytest.raises(PromptError, match=r"a/ask\.md\.j2:4: price: "):
        prompts.render("a/ask", course={"name": "IA"})


def test_an_error_in_an_included_file_names_that_file() -> None:
    texts = {
        "outer.md.j2": '{# variables: course #}\n{% include "inner" %}',
        "inner.md.j2": "{# variables: course #}\n\n{{ course.price }}",
    }
    with pytest.raises(PromptError, match=r"inner\.md\.j2:3: price"):
        prompt_set(texts).render("outer", course={})


def test_whatever_fails_in_a_template_is_our_error_with_its_line() -> None:
    prompts = prompt_set({"ask.md.j2": "{# variables: n #}\n\n{{ 1 / n }}"})
    with pytest.raises(PromptError, match=r"ask\.md\.j2:3: ZeroDivisionError"):
        prompts.render("ask", n=0)


def test_an_error_does_not_tell_what_the_person_wrote() -> None:
    prompts = prompt_set({"ask.md.j2": "{# variables: words #}\n{{ words.price }}"})
    with pytest.raises(PromptError) as caught:
        prompts.render("ask", words="mi secreto")
    assert "secreto" not in str(caught.value)


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    prompts = prompt_set({"name/ask.md.j2": "{# variables: none #}\nx", "selection.toml": ""})
    with pytest.raises(PromptError, match=r"Did you mean name/ask\?"):
        prompts.render("name/aks")
    with pytest.raises(PromptError, match=r"Did you mean selection\.toml\?"):
        prompts.text("selecton.toml")


def test_a_set_that_does_not_compile_lists_every_fault() -> None:
    with pytest.raises(PromptError, match=r"(?s)a\.md\.j2:2: .*b\.md\.j2:1: "):
        prompt_set({"a.md.j2": "{# variables: none #}\n{{", "b.md.j2": "{% endif %}"})


def test_a_set_without_a_header_is_refused() -> None:
    with pytest.raises(PromptError, match=r"a\.md\.j2:1: must open with"):
        prompt_set({"a.md.j2": "hola"})
