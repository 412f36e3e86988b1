"""What a schema cannot see."""

from pathlib import Path

import pytest

from evals.lint import lint, sample_words, tables
from evals.loading import PERSONAS

SCENARIO = """\
id: prueba-de-lint
about: Something that is nowhere is named.
turns:
  - says: hola
right_end: no_sale
"""


def test_the_projects_own_files_are_without_fault() -> None:
    library, faults = lint()
    assert faults == [] and library.found


@pytest.mark.parametrize(
    ("added", "line", "message"),
    [
        ("checks:\n  - tool: create_demo_lnk\n", 7, "no tool 'create_demo_lnk'; did you mean create_demo_link?"),
        ("checks:\n  - no_tool: [show_syllabus, sing]\n", 7, "no tool 'sing'"),
        ("checks:\n  - rows: paymnts\n", 7, "no table 'paymnts'; did you mean payments?"),
        ("checks:\n  - event: DemoRequested\n", 7, "no name of an event"),
        ("source:\n  course: ia-para-perros\n", 7, "no course 'ia-para-perros'"),
        ("source:\n  campaign: NADIE\n", 7, "no campaign 'NADIE'"),
        ("world:\n  remove:\n    - table: offer\n", 8, "no table 'offer'"),
    ],
)
def test_what_is_nowhere_is_named_with_its_line(tmp_path: Path, added: str, line: int, message: str) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "one.yaml").write_text(SCENARIO + added, encoding="utf-8")
    _, faults = lint(["s"], tmp_path, PERSONAS)
    [fault] = faults
    assert fault.line == line and message in fault.message


def test_it_knows_the_samples_and_the_tables() -> None:
    assert "ia-para-profesionales" in sample_words("slug") and "IG_NOVIEMBRE" in sample_words("code")
    assert {"leads", "offers", "payments", "follow_ups"} <= tables()
