"""`bot.py train understanding`: learn to read messages from the corpus, and say how well it went."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.learning.appraisal import Appraisal
    from core.learning.utterances import Utterance

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("understanding")
def train_understanding(
    evaluate: Annotated[
        Path | None,
        typer.Option("--eval", help="Score this labelled file with what is stored; nothing is learned."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Measure on held-out families; store nothing.")] = False,
    corpus: Annotated[Path | None, typer.Option(help="Another folder of *.tsv files to learn from.")] = None,
    splits: Annotated[
        int, typer.Option(min=1, max=20, help="Hold out other families too, so many times; store nothing.")
    ] = 1,
    into: Annotated[Path | None, typer.Option(help="Store the classifier in this folder instead.")] = None,
    *,
    ideas: Annotated[
        bool, typer.Option("--ideas", help="With --splits: hold out whole ideas with all their sentences.")
    ] = False,
) -> None:
    """Learn what messages mean from core/learning/corpus/*.tsv, in about five minutes.

    First a quarter of each intent's sentence families is held out: the rules alone, the classifier alone, and both
    together are scored on them, with macro-F1, calibration error and confusion table. Then the classifier is learned
    from all families and stored. Only the held-out figures say how well new sentences will be read.

    A file for --eval has the corpus's form: tab-separated, with the header
    family text intent objection sentiment emotion language country register

    For example:
      uv run bot.py train understanding
      uv run bot.py train understanding --dry-run
      uv run bot.py train understanding --splits 5      how much is the luck of the split
      uv run bot.py train understanding --splits 5 --ideas    the same, and stricter
      uv run bot.py train understanding --eval my_sentences.tsv
    """
    from core.errors import CorpusError, TrainingError

    try:
        if evaluate is not None:
            _evaluate(evaluate)
        elif splits > 1:
            _repeat(corpus, splits, ideas)
        else:
            _train(corpus, into, dry_run)
    except (CorpusError, TrainingError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def _train(corpus: Path | None, into: Path | None, dry_run: bool) -> None:
    from rich.progress import Progress

    from core.learning import classifier, utterances
    from core.learning.appraisal import appraise
    from core.learning.teaching import among, compared, prepare, steps, teach

    rows = utterances.read_corpus(corpus or utterances.CORPUS)
    learners, held = utterances.split(rows)
    if not learners or not held:
        raise_too_few(len(rows))
    typer.echo(f"{len(rows)} utterances; learning from {len(learners)}, held out {len(held)} in other families.")
    with Progress(transient=True) as progress:
        task = progress.add_task("Learning", total=steps() * (1 if dry_run else 2))
        lessons = prepare(rows)
        model = teach(among(lessons, learners), tick=lambda: progress.advance(task))
        for name, readings in compared(among(lessons, held), model).items():
            _show(name, appraise(held, readings), full=name == "both together")
        if not dry_run:
            whole = teach(lessons, tick=lambda: progress.advance(task))
            folder = into or classifier.FOLDER
            classifier.save(whole, folder)
            typer.echo(f"\nLearned from all {len(rows)} utterances and stored in {folder}.")


def _repeat(corpus: Path | None, splits: int, ideas: bool) -> None:
    """The figures of both together on several splits, of which the first is the usual one."""
    from rich.console import Console
    from rich.progress import Progress

    from core.learning import utterances
    from core.learning.appraisal import appraise
    from core.learning.teaching import among, compared, prepare, steps, teach

    rows = utterances.read_corpus(corpus or utterances.CORPUS)
    found: list[list[Appraisal]] = []
    with Progress(transient=True) as progress:
        task = progress.add_task("Learning", total=steps() * splits)
        lessons = prepare(rows)
        for number in range(splits):
            named = utterances.idea_of if ideas else str
            learners, held = utterances.split(rows, salt=f"{number}:" if number else "", named=named)
            if not learners or not held:
                raise_too_few(len(rows))
            model = teach(among(lessons, learners), tick=lambda: progress.advance(task))
            found.append(appraise(held, compared(among(lessons, held), model)["both together"]))
    Console(width=160).print(_spread(found))


def _spread(found: "list[list[Appraisal]]") -> object:
    """Mean and standard deviation over the splits."""
    from statistics import fmean, stdev

    from rich.table import Table

    def told(values: list[float], form: str) -> str:
        return f"{fmean(values):{form}} ± {stdev(values):{form}}"

    title = f"both together, {len(found)} splits: mean ± standard deviation"
    table = Table("axis", "macro-F1", "accuracy", "false alarms", "hard negatives", title=title)
    for place, first in enumerate(found[0]):
        each = [one[place] for one in found]
        alarms = (told([one.false_alarms for one in each], ".2%"), told([one.tempted for one in each], ".2%"))
        figures = (told([one.macro_f1 for one in each], ".3f"), told([one.accuracy for one in each], ".3f"))
        table.add_row(first.axis, *figures, *(alarms if first.axis == "objection" else ("-", "-")))
    return table


def raise_too_few(count: int) -> None:
    """Refuse a corpus that cannot be split."""
    from core.errors import TrainingError

    raise TrainingError(f"{count} utterances hold too few families to hold some out; each intent needs four.")


def _evaluate(path: Path) -> None:
    from core.learning.appraisal import appraise, readings
    from core.learning.understanding import understand
    from core.learning.utterances import read_corpus, read_utterances

    rows = read_utterances([path])
    if not rows:
        raise_too_few(0)
    _warn_of_known(rows, read_corpus())
    _show(f"{path.name}, {len(rows)} utterances", appraise(rows, readings(rows, understand)), full=True)


def _warn_of_known(rows: "list[Utterance]", corpus: "list[Utterance]") -> None:
    """Sentences that were learned from prove nothing: say how many there are."""
    from core.learning.utterances import essence

    known = {essence(row.text) for row in corpus}
    seen = [row.text for row in rows if essence(row.text) in known]
    if seen:
        typer.echo(
            f"Warning: {len(seen)} of {len(rows)} sentences stand in the corpus, e.g. {seen[0]!r}: they flatter."
        )


def _show(title: str, appraisals: "list[Appraisal]", full: bool) -> None:
    from rich.console import Console

    from core.learning.appraisal import ALARM_TARGET, F1_TARGET

    console = Console(width=160)
    console.print(_summary(title, appraisals))
    if not full:
        return
    for one in appraisals:
        console.print(_confusion(one))
    by_axis = {one.axis: one for one in appraisals}
    for axis in ("intent", "objection"):
        reached = by_axis[axis].macro_f1
        console.print(
            f"macro-F1 {axis}: {reached:.3f}, target {F1_TARGET}: {'met' if reached >= F1_TARGET else 'NOT met'}"
        )
    alarms = by_axis["objection"].false_alarms
    console.print(
        f"false objections in ordinary chat: {alarms:.2%}, target {ALARM_TARGET:.0%}: "
        f"{'met' if alarms <= ALARM_TARGET else 'NOT met'}; among hard negatives: {by_axis['objection'].tempted:.2%}"
    )


def _summary(title: str, appraisals: "list[Appraisal]") -> object:
    from rich.table import Table

    table = Table("axis", "macro-F1", "accuracy", "calibration error", "false alarms", "hard negatives", title=title)
    for one in appraisals:
        error = "-" if one.calibration_error is None else f"{one.calibration_error:.3f}"
        alarms = (f"{one.false_alarms:.2%}", f"{one.tempted:.2%}") if one.axis == "objection" else ("-", "-")
        table.add_row(one.axis, f"{one.macro_f1:.3f}", f"{one.accuracy:.3f}", error, *alarms)
    return table


def _confusion(one: "Appraisal") -> object:
    """Rows are labels, columns are readings."""
    from rich.table import Table

    names = sorted({name for pair in one.confusion for name in pair})
    table = Table(one.axis, *(name[:9] for name in names), "F1", title=f"{one.axis}: labels down, readings across")
    for label in names:
        cells = [str(one.confusion[label, said] or "·") for said in names]
        table.add_row(label, *cells, f"{one.f1[label]:.2f}" if label in one.f1 else "-")
    return table
