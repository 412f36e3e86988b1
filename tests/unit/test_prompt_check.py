import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from core.prompts.prompt_check import check, inspect_files, sample_cases
from core.prompts.prompt_files import PromptFiles

SAMPLES = json.dumps({"variables": {"name": "Ana", "course": {"name": "IA"}, "rows": [1, 2]}})
Places = list[tuple[str, int, str]]


def faults(texts: Mapping[str, str]) -> Places:
    files = PromptFiles(MappingProxyType({"samples.json": SAMPLES, **texts}))
    return [(fault.file, fault.line, fault.variable) for fault in inspect_files(files).faults]


def test_good_prompts_have_no_fault_and_make_a_set() -> None:
    files = PromptFiles(
        MappingProxyType({"samples.json": SAMPLES, "hello.md.j2": "{# variables: name #}\nHola {{ name }}"})
    )
    inspection = inspect_files(files)
    assert inspection.faults == ()
    assert inspection.prompts is not None
    assert inspection.prompts.hash == files.hash
    assert sample_cases(inspection.prompts, "hello") == [{"name": "Ana"}]


def test_all_undefined_attributes_of_a_template_are_found() -> None:
    source = "{# variables: course #}\n{{ course.price }}\n{{ course.name }}\n{% if course.seats %}x{% endif %}\n"
    source += "{% for row in course.rows %}x{% endfor %}"
    assert faults({"a.md.j2": source}) == [("a.md.j2", 2, "price"), ("a.md.j2", 4, "seats"), ("a.md.j2", 5, "rows")]


def test_what_is_only_compared_or_counted_must_be_defined_too() -> None:
    source = "{# variables: course #}\nx{% if course.seats == 3 %}x{% endif %}\n{{ course.rows | length }}"
    assert ("a.md.j2", 2, "seats") in faults({"a.md.j2": source})
    assert ("a.md.j2", 2, "rows") in faults({"a.md.j2": "{# variables: course #}\n{{ course.rows | length }}"})


def test_what_may_be_missing_can_be_asked_for() -> None:
    source = (
        "{# variables: course #}\n{{ course.seats | default('sin dato') }}{% if course.rows is defined %}x{% endif %}"
    )
    assert faults({"a.md.j2": source}) == []


def test_an_undeclared_variable_is_told_once() -> None:
    assert faults({"a.md.j2": "{# variables: none #}\nHola {{ nombre }}"}) == [("a.md.j2", 2, "nombre")]


def test_an_attribute_of_something_undefined_is_told() -> None:
    assert faults({"a.md.j2": "{# variables: course #}\n\n{{ course.price.amount }}"}) == [("a.md.j2", 3, "price")]


def test_a_fault_in_an_included_file_is_told_there() -> None:
    texts = {
        "outer.md.j2": '{# variables: course #}\nx {% include "inner" %}',
        "inner.md.j2": "{# variables: course #}\nx\n{{ course.price }}",
    }
    assert faults(texts) == [("inner.md.j2", 3, "price")]


def test_a_variable_without_a_sample_is_told() -> None:
    assert faults({"a.md.j2": "{# variables: seats #}\n{{ seats }}"}) == [("a.md.j2", 1, "seats")]


def test_every_case_is_tried() -> None:
    cases = {"variables": {"course": {"price": 1}}, "templates": {"a": [{}, {"course": {}}]}}
    texts = {"samples.json": json.dumps(cases), "a.md.j2": "{# variables: course #}\n{{ course.price }}"}
    assert faults(texts) == [("a.md.j2", 2, "price")]


def test_an_empty_wording_is_told_with_its_line() -> None:
    assert faults({"a.md.j2": "{# variables: none #}\nuno\n---\n\n---\ntres"}) == [("a.md.j2", 4, "")]
    assert faults({"a.md.j2": "{# variables: name #}\n{% if not name %}x{% endif %}"}) == [("a.md.j2", 1, "")]


def test_a_greeting_that_hides_the_ai_is_a_fault_in_that_wording() -> None:
    source = "{# variables: none #}\nHola, soy una IA.\n---\nHola, soy Brenda."
    assert faults({"messages/contact/greeting.md.j2": source}) == [("messages/contact/greeting.md.j2", 4, "")]


def test_data_files_that_do_not_parse_are_told_with_their_line() -> None:
    texts = {
        "a.json": '{\n"a": 1,\n}',
        "b.toml": "a = 1\nb = \n",
        "c.toml": "a = 1\na = 2\n",
        "x.md.j2": "{# variables: none #}\nx",
    }
    assert [(file, line) for file, line, _ in faults(texts)] == [("a.json", 3), ("b.toml", 2), ("c.toml", 2)]


def test_samples_that_do_not_parse_are_told() -> None:
    assert ("samples.json", 1, "") in faults({"samples.json": "{", "x.md.j2": "{# variables: none #}\nx"})


def test_whatever_a_template_does_wrong_is_a_fault_with_its_line() -> None:
    texts = {
        "a.md.j2": "{# variables: name #}\n{{ name + 1 }}",
        "b.md.j2": '{# variables: none #}\n{% include "b" %}',
        "c.md.j2": "{# variables: name #}\n\n{{ name.__class__ }}",
        "d.md.j2": "{# variables: name #}\n{{ name * 1000000000 }}",
        "e.md.j2": "{# variables: none #}\n{{ 1 / 0 }}",
    }
    assert [(file, line) for file, line, _ in faults(texts)] == [
        (name, 3 if name == "c.md.j2" else 2) for name in sorted(texts)
    ]


def test_faults_of_all_files_are_told_at_once() -> None:
    texts = {
        "a.md.j2": "hola",
        "b.md.j2": "{# variables: none #}\n{{",
        "c.md.j2": "{# variables: name #}\nhola",
        "d.md.j2": '{# variables: none #}\n{% include "nada" %}',
        "e.json": "[",
    }
    assert {file for file, _, _ in faults(texts)} == set(texts)


def test_a_file_of_macros_is_not_rendered_alone() -> None:
    assert (
        faults(
            {"_m.md.j2": "{# variables: none #}\n{% macro a() %}{% endmacro %}", "x.md.j2": "{# variables: none #}\nx"}
        )
        == []
    )


def test_an_empty_or_missing_folder_is_a_fault(tmp_path: Path) -> None:
    assert [fault.message for fault in check(tmp_path)] == ["the folder holds no template"]
    assert "does not exist" in check(tmp_path / "prompts")[0].message


FRAGMENTS = """{# variables: name #}|{# variables: none #}
|{{ name }}|{{ course.price }}|{{ rows[5] }}|{% if name %}|{% endif %}|{% for row in rows %}|{% endfor %}|{{ row }}
|{% include "it" %}|{%|}}|hola|{{ name ~ 1 }}|{{ nada() }}|{% set x = rows %}|{{ x() }}|{{ 1 / 0 }}|{{ dict(1, 2) }}
|{% raw %}|{% macro m() %}|{% endmacro %}|{{ m() }}|{% block b %}|{% extends 'it' %}|{% import 'x' as y %}|
---
|\0|{{ rows is nada }}|{% filter nada %}|{{ name.upper().x }}"""
PIECES = st.lists(st.sampled_from(FRAGMENTS.split("|")), max_size=8)


@given(PIECES)
def test_no_edit_breaks_the_check_and_what_passes_can_be_rendered(pieces: list[str]) -> None:
    files = PromptFiles(MappingProxyType({"samples.json": SAMPLES, "it.md.j2": "".join(pieces)}))
    inspection = inspect_files(files)
    assert (inspection.prompts is None) == bool(inspection.faults)
    if inspection.prompts is not None:
        assert all(inspection.prompts.variants("it", **case) for case in sample_cases(inspection.prompts, "it"))
