import pytest

from core.prompts.fault import Fault
from core.prompts.prompt_environment import PromptEnvironment
from core.prompts.prompt_header import declared_variables, header_faults


def faults(**templates: str) -> list[Fault]:
    return header_faults(templates, PromptEnvironment({}))


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("{# variables: none #}\nhola", set()),
        ("{# variables: name #}", {"name"}),
        ("{# variables: name, course_2 #}", {"name", "course_2"}),
        ("{#- variables:\n  name,\n  course -#}", {"name", "course"}),
    ],
)
def test_the_header_names_the_variables(source: str, names: set[str]) -> None:
    assert declared_variables(source) == names


@pytest.mark.parametrize(
    "source",
    [
        "hola",
        "",
        " {# variables: name #}",
        "{# variables #}",
        "{# variables: #}",
        "{# variables: Name #}",
        "{# variables: a b #}",
    ],
)
def test_a_wrong_header_is_told_the_right_form(source: str) -> None:
    with pytest.raises(ValueError, match=r"\{# variables: name, course #\}"):
        declared_variables(source)


def test_a_missing_header_is_a_fault_in_line_one() -> None:
    (fault,) = faults(ask="¿Cómo te llamas?")
    assert (fault.file, fault.line, fault.variable) == ("ask.md.j2", 1, "")


def test_undeclared_and_unused_variables_are_all_told_with_their_lines() -> None:
    found = faults(
        ask="{# variables: name, age, town #}\nHola {{ name }}\n{{ course }}\n{% if seats %}{% endif %}{{ course }}"
    )
    assert [(fault.line, fault.variable) for fault in found] == [(1, "age"), (1, "town"), (3, "course"), (4, "seats")]
    assert "not used" in found[0].message
    assert "not declared" in found[2].message


def test_what_a_template_sets_or_loops_over_is_its_own() -> None:
    source = "{# variables: rows #}\n{% set all = rows %}{% for row in all %}{{ loop.index }}{{ row }}{{ range(2) }}"
    source += "{% endfor %}"
    assert faults(ask=source) == []


def test_included_variables_count_as_used() -> None:
    assert faults(outer='{# variables: name #}\n{% include "inner" %}', inner="{# variables: name #}\n{{ name }}") == []


def test_an_included_variable_must_be_declared_and_is_told_at_the_include() -> None:
    (fault,) = faults(outer='{# variables: none #}\n\n{% include "inner" %}', inner="{# variables: name #}\n{{ name }}")
    assert (fault.file, fault.line, fault.variable) == ("outer.md.j2", 3, "name")


def test_an_unknown_include_and_an_unnamed_one_are_faults() -> None:
    found = faults(outer='{# variables: which #}\n{% include "nowhere" %}\n{% include which %}')
    assert sorted((fault.line, "nowhere" in fault.message) for fault in found) == [(2, True), (3, False)]


def test_several_wordings_cannot_be_included() -> None:
    (fault,) = faults(
        outer='{# variables: none #}\n{% include "inner" %}', inner="{# variables: none #}\nuno\n---\ndos"
    )
    assert (fault.file, fault.line) == ("outer.md.j2", 2)
    assert "several wordings" in fault.message


def test_templates_that_include_each_other_end() -> None:
    inner = '{# variables: none #}\n{% include "outer" %}'
    assert faults(outer='{# variables: none #}\n{% include "inner" %}', inner=inner) == []


def test_a_page_needs_what_its_layout_needs_and_takes_no_plain_text_in() -> None:
    templates = {
        "pages/layout.html": "{# variables: site #}\n{{ site }}{% block main %}{% endblock %}",
        "pages/good.html": '{# variables: site #}\n{% extends "pages/layout.html" %}',
        "pages/bad.html": '{# variables: none #}\n{% extends "pages/layout.html" %}',
        "notice": "{# variables: none #}\nhola",
        "pages/mixed.html": '{# variables: none #}\n{% include "notice" %}',
    }
    found = header_faults(templates, PromptEnvironment({}))
    assert [(fault.file, fault.variable) for fault in found] == [
        ("pages/bad.html.j2", "site"),
        ("pages/mixed.html.j2", ""),
    ]
    assert "do not mix" in found[1].message
