"""What differs between two folders of prompts, as it reads."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.funnel import Stage
from core.prompts.prompt_difference import ELSEWHERE, FILES, Comparison, Difference, Kind, compare, counted, unified
from core.prompts.prompt_files import PromptFiles

NAME = "{# variables: name #}\n"
NONE = "{# variables: none #}\n"
SAMPLES = json.dumps(
    {"variables": {"name": "Ana"}, "templates": {"messages/name/ask": [{}, {"name": ""}, {"name": "Luz"}]}}
)
ASK = "messages/name/ask.md.j2"


def files(**texts: str) -> PromptFiles:
    return folder({ASK: NAME + "Hola{% if name %}, {{ name }}{% endif %}", "samples.json": SAMPLES} | texts)


def folder(texts: Mapping[str, str]) -> PromptFiles:
    return PromptFiles(texts)


def edited(path: str, text: str) -> PromptFiles:
    return files(**{path: text})


def only(comparison: Comparison) -> Difference:
    (difference,) = comparison.differences
    return difference


def test_a_folder_does_not_differ_from_itself() -> None:
    assert compare(files(), files()) == Comparison(())


def test_what_reads_otherwise_is_shown_as_it_reads() -> None:
    found = only(compare(_with_hello("Hola {{ name }}"), _with_hello("Qué tal, {{ name }}")))
    assert (found.place, found.name, found.kind) == ("name", "messages/name/hello", Kind.CHANGED)
    assert (found.lines, found.samples) == (("@@ -1 +1 @@", "-Hola Ana", "+Qué tal, Ana"), "sample 1 of 1")


def _with_hello(text: str) -> PromptFiles:
    return edited("messages/name/hello.md.j2", NAME + text)


def test_each_sample_set_that_reads_otherwise_is_told_and_the_one_that_does_not_is_not() -> None:
    after = edited(ASK, NAME + "Hola{% if name %}, querida {{ name }}{% endif %}")
    found = compare(files(), after).differences
    assert [(one.samples, one.lines[-1]) for one in found] == [
        ("sample 1 of 3", "+Hola, querida Ana"),
        ("sample 3 of 3", "+Hola, querida Luz"),
    ]


def test_samples_that_show_the_same_are_told_once() -> None:
    before = edited("messages/name/ask.md.j2", NAME + "Hola{{ '' if name else '' }}")
    found = only(compare(before, edited("messages/name/ask.md.j2", NAME + "Buenas{{ '' if name else '' }}")))
    assert found.samples == "samples 1, 2, 3 of 3"


def test_a_wording_more_is_shown_after_its_break() -> None:
    after = edited("messages/contact/greeting.md.j2", NONE + "Soy una IA\n---\nTe habla una IA")
    before = edited("messages/contact/greeting.md.j2", NONE + "Soy una IA")
    assert only(compare(before, after)).lines[-2:] == ("+---", "+Te habla una IA")


def test_new_and_lost_templates_are_named_with_their_text() -> None:
    more = edited("messages/name/hello.md.j2", NONE + "Mucho gusto")
    added, removed = only(compare(files(), more)), only(compare(more, files()))
    assert (added.kind, added.lines[-1]) == (Kind.ADDED, "+Mucho gusto")
    assert (removed.kind, removed.name, removed.lines[-1]) == (Kind.REMOVED, "messages/name/hello", "-Mucho gusto")


@pytest.mark.parametrize("path", ["selection.toml", "buttons.json", "notes.txt", "messages/name/_parts.md.j2"])
def test_data_and_shared_parts_are_compared_as_text(path: str) -> None:
    before, after = (edited(path, NONE + f"x = {number}\n") for number in (1, 2))
    found = only(compare(before, after))
    assert (found.place, found.name, found.kind) == (FILES, path, Kind.TEXT)
    assert found.lines[-2:] == ("-x = 1", "+x = 2")


def test_other_samples_alone_change_nothing_but_their_file() -> None:
    found = only(compare(files(), edited("samples.json", SAMPLES.replace("Ana", "Eva"))))
    assert (found.place, found.name) == (FILES, "samples.json")


def test_an_edit_that_no_sample_shows_is_not_lost() -> None:
    after = edited(ASK, NAME + "Hola{% if name == 'Nadie' %} y adiós{% endif %}{% if name %}, {{ name }}{% endif %}")
    found = only(compare(files(), after))
    assert found.kind is Kind.UNSEEN
    assert found.lines[-1].startswith("+Hola{% if name == 'Nadie'")


def test_a_variable_that_came_or_went_takes_the_sample_of_its_own_side() -> None:
    path, samples = "messages/name/hello.md.j2", "samples.json"
    plain = folder({path: NONE + "Hola", samples: '{"variables": {}}'})
    named = folder({path: NAME + "Hola, {{ name }}", samples: '{"variables": {"name": "Ana"}}'})
    there, back = only(_without_samples(compare(plain, named))), only(_without_samples(compare(named, plain)))
    assert (there.kind, there.lines[-2:]) == (Kind.CHANGED, ("-Hola", "+Hola, Ana"))
    assert (back.kind, back.lines[-2:]) == (Kind.CHANGED, ("-Hola, Ana", "+Hola"))


def _without_samples(comparison: Comparison) -> Comparison:
    return Comparison(tuple(one for one in comparison.differences if one.place != FILES))


def test_what_does_not_compile_is_named_with_its_line_and_compared_as_text() -> None:
    before, after = edited(ASK, NAME + "\n{% if %}"), files()
    comparison = compare(before, after)
    assert [(fault.file, fault.line) for fault in comparison.faults_before] == [(ASK, 3)]
    assert comparison.faults_after == ()
    assert only(comparison).kind is Kind.TEXT
    assert "-{% if %}" in only(comparison).lines


def test_what_cannot_be_rendered_is_named_with_line_and_variable_and_the_rest_is_rendered() -> None:
    other = {"messages/name/hello.md.j2": NONE + "Mucho gusto"}
    after = files(**{ASK: NAME + "Hola\n{{ nombre }}", "messages/name/hello.md.j2": NONE + "Encantada"})
    comparison = compare(files(**other), after)
    assert [(fault.file, fault.line, fault.variable) for fault in comparison.faults_after] == [(ASK, 3, "nombre")]
    assert {one.name: one.kind for one in comparison.differences} == {
        "messages/name/ask": Kind.TEXT,
        "messages/name/hello": Kind.CHANGED,
    }


def test_a_template_without_a_sample_or_a_header_is_named() -> None:
    comparison = compare(files(), files(**{"a.md.j2": "{# variables: course #}\n{{ course }}", "b.md.j2": "sin"}))
    assert [fault.file for fault in comparison.faults_after] == ["b.md.j2"]
    both = files(**{"a.md.j2": "{# variables: course #}\n{{ course }}"})
    assert [str(fault) for fault in compare(both, both).faults_before] == [
        "a.md.j2:1: course: has no sample value in samples.json"
    ]


def test_what_stands_in_several_stages_is_told_once() -> None:
    before, after = (edited("tools/show_syllabus.md.j2", NONE + text) for text in ("uno", "dos"))
    found = only(compare(before, after))
    assert (found.place, found.also) == ("conversation", ("demo", "checkout", "customer"))


def test_a_stages_own_directive_is_shown_where_the_model_reads_it() -> None:
    texts = {"turn.md.j2": "{# variables: stage_directive #}\nT: {{ stage_directive }}"}
    samples = {"samples.json": '{"variables": {"stage_directive": "ejemplo"}}'}
    before, after = (folder({**texts, **samples, "stages/demo.md.j2": NONE + words}) for words in ("Muestra", "Enseña"))
    shown = compare(before, after, Stage.DEMO).differences
    assert {one.name: one.lines[-1] for one in shown} == {"turn": "+T: Enseña", "stages/demo": "+Enseña"}
    assert compare(before, after, Stage.CHECKOUT).differences == ()


def test_a_broken_directive_is_not_taken_for_its_sample() -> None:
    texts = {"turn.md.j2": "{# variables: stage_directive #}\n{{ stage_directive }}"}
    samples = {"samples.json": '{"variables": {"stage_directive": "ejemplo"}}'}
    before, after = (folder({**texts, **samples, "stages/demo.md.j2": NONE + end}) for end in ("Muestra", "{% if %}"))
    comparison = compare(before, after, Stage.DEMO)
    assert [(one.name, one.kind) for one in comparison.differences] == [("stages/demo", Kind.TEXT)]
    assert [fault.file for fault in comparison.faults_after] == ["stages/demo.md.j2"]


def test_one_stage_is_only_what_speaks_in_it() -> None:
    after = files(**{ASK: NONE + "Otra", "embedded/price.md.j2": NONE + "10", "x.toml": "a = 1"})
    assert compare(files(), after, Stage.DEMO).differences == ()
    assert {one.place for one in compare(files(), after, Stage.NAME).differences} == {"name"}
    assert {one.place for one in compare(files(), after).differences} == {"name", ELSEWHERE, FILES}


def test_a_folder_that_is_not_there_loses_everything_and_raises_nothing() -> None:
    comparison = compare(files(), PromptFiles({}))
    assert {one.kind for one in comparison.differences} == {Kind.REMOVED}


def test_names_are_counted_once_a_kind() -> None:
    after = edited(ASK, NAME + "Hola{% if name %}, querida {{ name }}{% endif %}")
    assert counted(compare(files(), after).differences) == {Kind.CHANGED: 1}


@given(st.text(), st.text())
def test_a_unified_diff_is_empty_only_for_the_same_text(before: str, after: str) -> None:
    assert bool(unified(before, after)) == (before != after)
    assert not any(line.startswith(("---\n", "+++\n")) for line in unified(before, after))


@given(st.dictionaries(st.sampled_from([ASK, "turn.md.j2", "a.toml", "samples.json", "x/_m.md.j2"]), st.text()))
def test_whatever_a_folder_holds_comparing_raises_nothing_and_misses_nothing(texts: dict[str, str]) -> None:
    comparison = compare(files(), folder(texts))
    assert bool(comparison.differences) == (dict(files().texts) != texts)
