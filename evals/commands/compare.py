"""`evals compare`: two runs of the same scenarios and seeds, side by side."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from evals.commands.options import FOLDER, Html, Runs

if TYPE_CHECKING:
    from evals.report.versus import Versus


def compare(
    before: Annotated[str, typer.Argument(metavar="A", help="A run: its id, its folder, latest~1 …")],
    after: Annotated[str, typer.Argument(metavar="B", help="The run that is compared with it.")] = "latest",
    *,
    flips: Annotated[int, typer.Option(min=0, metavar="N", help="How many flipped conversations are printed.")] = 5,
    diff: Annotated[int, typer.Option(min=0, metavar="N", help="How many lines of the prompts' diff.")] = 24,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse when anything but the prompts differs, or is left out.")
    ] = False,
    html: Html = None,
    runs: Runs = FOLDER,
) -> None:
    """Say whether B is better or worse than A, or cannot be told from noise.

    Exit code 0: B is not worse and its gates hold; 1: B is worse, or a gate fell in B (honesty and safety have no
    tolerance); 2: the two cannot be compared.

    For example, after an edit: uv run -m evals run smoke --seeds 8; uv run -m evals compare latest~1 latest
    """
    from core.errors import BrendaError, EvalError
    from evals.commands.performing import console, fail
    from evals.report import write_html
    from evals.report.differing import show
    from evals.report.versus import versus
    from evals.results import find

    try:
        found = versus(find(before, runs), find(after, runs))
        if strict and found.warnings:
            raise EvalError("\n".join(("Not the same but for the prompts:", *found.warnings)))
        show(console(), found, flips, diff)
        if html:
            write_html(found.after, html, found.before)
        sys.exit(_code(found))
    except BrendaError as error:
        fail(error)


def _code(found: "Versus") -> int:
    from evals.gates import fallen
    from evals.session import FELL, HELD
    from evals.statistics.paired import Finding

    worse = found.comparison.whole.finding is Finding.WORSE
    return FELL if worse or fallen(found.after.conversations(), {}) else HELD
