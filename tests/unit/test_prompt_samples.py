import json

import pytest

from core.prompts.prompt_samples import MissingSampleError, PromptSamples

TEMPLATES = {"ask": "", "embedded/price": "", "embedded/deep/price": ""}


def samples(**files: object) -> PromptSamples:
    texts = {name.replace("__", "/") + ".json": json.dumps(content, indent=1) for name, content in files.items()}
    return PromptSamples.of(texts, TEMPLATES)


def test_a_template_gets_only_what_it_needs() -> None:
    found = samples(samples={"variables": {"name": "Ana", "age": 30}})
    assert found.cases("ask", frozenset({"name"})) == [{"name": "Ana"}]
    assert found.cases("ask", frozenset()) == [{}]


def test_cases_differ_from_the_general_values() -> None:
    content = {"variables": {"name": "Ana", "course": "IA"}, "templates": {"ask": [{}, {"course": None}]}}
    found = samples(samples=content).cases("ask", frozenset({"name", "course"}))
    assert found == [{"name": "Ana", "course": "IA"}, {"name": "Ana", "course": None}]


def test_one_case_needs_no_list() -> None:
    found = samples(samples={"templates": {"ask": {"name": "Luz"}}})
    assert found.cases("ask", frozenset({"name"})) == [{"name": "Luz"}]


def test_a_deeper_file_wins_in_its_folder_only() -> None:
    found = samples(samples={"variables": {"price": "1"}}, embedded__samples={"variables": {"price": "2"}})
    assert found.cases("embedded/deep/price", frozenset({"price"})) == [{"price": "2"}]
    assert found.cases("ask", frozenset({"price"})) == [{"price": "1"}]


@pytest.mark.parametrize("name", ["price", "embedded/price"])
def test_a_deeper_file_may_name_templates_from_its_folder(name: str) -> None:
    found = samples(embedded__samples={"templates": {name: {"price": "3"}}})
    assert found.faults == ()
    assert found.cases("embedded/price", frozenset({"price"})) == [{"price": "3"}]


def test_a_missing_sample_is_named() -> None:
    with pytest.raises(MissingSampleError, match="course"):
        samples(samples={"variables": {"name": "Ana"}}).cases("ask", frozenset({"course", "name"}))


def test_unknown_keys_templates_and_shapes_are_faults_with_their_lines() -> None:
    found = samples(samples={"variables": {}, "name": "Ana", "templates": {"asq": {}, "ask": "Ana"}})
    assert [(fault.line, fault.variable) for fault in found.faults] == [(3, "name"), (5, "asq"), (6, "ask")]


def test_a_file_that_is_no_object_is_a_fault() -> None:
    assert [fault.file for fault in samples(samples=[1]).faults] == ["samples.json"]


def test_json_that_does_not_parse_is_left_to_the_check() -> None:
    assert PromptSamples.of({"samples.json": "{"}, TEMPLATES) == PromptSamples(())
