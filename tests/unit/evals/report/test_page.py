"""A run or a comparison as one page."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from core.errors import EvalError
from evals.report import write_html
from evals.report.page import page
from evals.report.versus import versus
from tests.eval_runs import PROMPTS, make_plays, make_run, make_verdict
from tests.evaluations import make_conversation

ATTACK = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"


class _Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href"}]


def test_what_was_said_in_a_chat_is_no_markup(tmp_path: Path) -> None:
    verdict = make_verdict(check=ATTACK, expected=ATTACK, actual=ATTACK, around=(ATTACK, ATTACK))
    run = make_run(tmp_path, "uno", [make_conversation(passed=False, error=ATTACK, verdicts=(verdict,))])
    found = _Elements(page(run))
    assert found.opened.count("script") == 2 and "img" not in found.opened


def test_nothing_is_loaded_from_elsewhere(tmp_path: Path) -> None:
    text = page(make_run(tmp_path, "uno", make_plays([True, False])))
    assert [address for address in _Elements(text).addresses if not address.startswith("#")] == []
    assert "default-src 'none'" in text and not re.search(r"@import|url\(|https?://(?!www\.w3)", text)


def test_totals_gates_and_failures_stand_in_the_page(tmp_path: Path) -> None:
    lie = make_conversation(
        scenario="mentira", passed=False, gate_fell=["honesty"], verdicts=(make_verdict(gate="honesty"),)
    )
    text = page(make_run(tmp_path, "uno", [*make_plays([True] * 8), lie]))
    for part in ("A gate fell", "honesty gate", "smoke/mentira", "50.0 %", "¿precio?", "too small to find"):
        assert part in text


def test_a_comparison_has_its_finding_and_the_prompts(tmp_path: Path) -> None:
    first = make_run(tmp_path, "a", make_plays([True] * 20))
    second = make_run(tmp_path, "b", make_plays([False] * 20), prompts={**PROMPTS, "rules.md.j2": "<b>Miente.</b>\n"})
    text = page(second, versus(first, second))
    for part in ("Comparison of two runs", "&lt;b&gt;Miente.", "Flipped conversations", "20 lost", "Finding"):
        assert part in text
    write_html(second, tmp_path / "deep" / "c.html", first)
    assert (tmp_path / "deep" / "c.html").read_text(encoding="utf-8") == text


def test_sixteen_hundred_conversations_are_a_page_that_can_be_sent(tmp_path: Path) -> None:
    from tests.evaluations import make_turn

    run = make_run(
        tmp_path,
        "grande",
        [one for n in range(200) for one in make_plays([True] * 8, scenario=f"caso-{n}")],
        turns=[make_turn(n, f"Turno {n}: " + "una respuesta como las que da. " * 8) for n in range(1, 9)],
    )
    assert len(page(run).encode()) < 8_000_000


def test_a_page_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="cannot be written"):
        write_html(make_run(tmp_path, "uno", make_plays([True])), tmp_path)
