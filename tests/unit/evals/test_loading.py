"""Reading YAML; every fault has its file and line."""

from pathlib import Path

import pytest

from core.errors import EvalError
from evals.loading import SUITES, read_library, suite_names

GOOD = """\
id: precio
about: The price is told.
persona: ana-prueba
turns:
  - says: cuanto cuesta?
right_end: no_sale
"""
PERSONA = "id: ana-prueba\nname: Ana\ncountry: MX\n"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A folder of suites with an empty suite `s`, and one of personas with one person."""
    (tmp_path / "suites" / "s").mkdir(parents=True)
    (tmp_path / "personas").mkdir()
    (tmp_path / "personas" / "ana.yaml").write_text(PERSONA, encoding="utf-8")
    return tmp_path / "suites", tmp_path / "personas"


def _faults(folders: tuple[Path, Path], text: str) -> list[str]:
    (folders[0] / "s" / "one.yaml").write_text(text, encoding="utf-8")
    return [f"{fault.line}: {fault.message}" for fault in sorted(read_library(["s"], *folders).faults)]


def test_a_file_holds_one_scenario_or_a_list_and_files_with_an_underscore_none(folders: tuple[Path, Path]) -> None:
    suite = folders[0] / "s"
    (suite / "one.yaml").write_text(GOOD, encoding="utf-8")
    listed = GOOD.replace("id: precio", "- id: otro").replace("\n", "\n  ")
    (suite / "more.yaml").write_text(listed, encoding="utf-8")
    (suite / "_suite.yaml").write_text("about: x\n", encoding="utf-8")
    library = read_library(["s"], *folders).checked()
    assert sorted(found.scenario.id for found in library.found) == ["otro", "precio"]
    assert {found.suite for found in library.found} == {"s"}


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ("right_end: no_sale", "right_end: triumph", 6, "right_end"),
        ("  - says: cuanto cuesta?", "  - says: hola\n  - shouts: hola", 6, "none of the keys"),
        ("persona: ana-prueba", "persona: nadie", 1, "there is no persona 'nadie'"),
        ("persona: ana-prueba", "persona: ana-prueba\ncolour: red", 4, "no key that is known"),
        ("about: The price is told.", "about: x", 2, "at least 8"),
        ("right_end: no_sale", "right_end: no_sale\nchecks:\n  - stage: nowhere", 8, "stage"),
        ("right_end: no_sale", "right_end: no_sale\nchecks:\n  - tool: x\n    times: often", 9, "or >=1"),
        ("right_end: no_sale", "right_end: no_sale\nid: again", 7, "is there twice"),
        ("turns:", "turns: [", 5, "no YAML"),
    ],
)
def test_a_fault_names_its_line(folders: tuple[Path, Path], old: str, new: str, line: int, word: str) -> None:
    faults = _faults(folders, GOOD.replace(old, new))
    assert any(fault.startswith(f"{line}: ") and word in fault for fault in faults), faults


def test_an_id_that_is_taken_is_told_with_the_place_of_the_other(folders: tuple[Path, Path]) -> None:
    (folders[0] / "s" / "a.yaml").write_text(GOOD, encoding="utf-8")
    [fault] = _faults(folders, GOOD)
    assert "is taken by" in fault and "a.yaml:1" in fault


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"- 3\n", b"just words\n"])
def test_rubbish_is_a_fault_and_no_crash(folders: tuple[Path, Path], content: bytes) -> None:
    (folders[0] / "s" / "one.yaml").write_bytes(content)
    library = read_library(["s"], *folders)
    assert (library.faults or content == b"") and not library.found


def test_a_library_with_faults_is_not_used(folders: tuple[Path, Path]) -> None:
    with pytest.raises(EvalError, match="no such suite; there are"):
        read_library(["nowhere"], *folders).checked()


def test_the_projects_own_suites_are_without_fault() -> None:
    assert "smoke" in suite_names(SUITES)
    assert read_library().faults == []
