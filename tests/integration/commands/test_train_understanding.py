"""The command that teaches and scores, from its arguments to its files."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from channels.commands.train_understanding import app
from core.learning.classifier import load
from core.learning.utterances import CORPUS, HEADER, read_corpus

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of every sixth family's first rows: small, with every class."""
    folder = tmp_path_factory.mktemp("corpus")
    lines = [line for path in sorted(CORPUS.glob("*.tsv")) for line in path.read_text("utf-8").splitlines()[1:]]
    (folder / "few.tsv").write_text("\n".join(["\t".join(HEADER), *lines[::5]]) + "\n", encoding="utf-8")
    return folder


def test_it_reports_on_held_out_families_and_stores(few: Path, tmp_path: Path) -> None:
    done = RUNNER.invoke(app, ["--corpus", str(few), "--into", str(tmp_path)])
    assert done.exit_code == 0, done.output
    for words in ("rules alone", "classifier alone", "both together", "macro-F1 intent", "false objections", "stored"):
        assert words in done.output
    assert load(tmp_path).about["utterances"] == len(read_corpus(few))


def test_a_dry_run_stores_nothing(few: Path, tmp_path: Path) -> None:
    done = RUNNER.invoke(app, ["--corpus", str(few), "--into", str(tmp_path), "--dry-run"])
    assert done.exit_code == 0, done.output
    assert list(tmp_path.iterdir()) == []


def test_several_splits_show_the_luck_of_one_and_store_nothing(few: Path, tmp_path: Path) -> None:
    done = RUNNER.invoke(app, ["--corpus", str(few), "--into", str(tmp_path), "--splits", "2"])
    assert done.exit_code == 0, done.output
    assert "2 splits" in done.output
    assert "±" in done.output
    assert list(tmp_path.iterdir()) == []


def test_any_labelled_file_is_scored(tmp_path: Path) -> None:
    path = tmp_path / "mine.tsv"
    row = ["x", "me haría falta saber qué se paga", "price_question", "none", "neutral", "neutral", "es", "MX", "phone"]
    path.write_text("\n".join(["\t".join(HEADER), "\t".join(row)]) + "\n", encoding="utf-8")
    done = RUNNER.invoke(app, ["--eval", str(path)])
    assert done.exit_code == 0, done.output
    assert "mine.tsv, 1 utterances" in done.output
    assert "Warning" not in done.output


def test_sentences_that_were_learned_from_are_warned_of() -> None:
    done = RUNNER.invoke(app, ["--eval", str(CORPUS / "wants_demo.tsv")])
    assert done.exit_code == 0
    assert "stand in the corpus" in done.output


def test_a_malformed_file_is_refused_by_line(tmp_path: Path) -> None:
    (tmp_path / "bad.tsv").write_text("text\n", encoding="utf-8")
    done = RUNNER.invoke(app, ["--eval", str(tmp_path / "bad.tsv")])
    assert done.exit_code == 2
    assert "bad.tsv:1: the header must be" in done.output


def test_a_header_alone_is_refused(tmp_path: Path) -> None:
    (tmp_path / "none.tsv").write_text("\t".join(HEADER) + "\n", encoding="utf-8")
    assert RUNNER.invoke(app, ["--eval", str(tmp_path / "none.tsv")]).exit_code == 2
    assert RUNNER.invoke(app, ["--corpus", str(tmp_path)]).exit_code == 2
