"""A run or a comparison as one HTML page: nothing is loaded from elsewhere, and what was said in a chat is no markup.

The figures stand in the page; the conversations are packed and shown by its script when they are asked for.
"""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from evals.gates import fallen
from evals.report import words
from evals.report.bars import change_bar, floor_of, reach_of, share_bar
from evals.report.failures import failures
from evals.report.pack import packed, told
from evals.report.prices import told as cost_told
from evals.report.versus import Versus
from evals.results import Run
from evals.statistics.paired import Difference
from evals.statistics.summary import summary

_FOLDER = Path(__file__).parent
MOST_FAILURES = 200


def page(run: Run, versus: Versus | None = None) -> str:
    """The page's text; with `versus`, of the comparison whose second run this is."""
    conversations = run.conversations()
    found, failed = summary(conversations, run.times()), failures(conversations)
    errors = [one for one in conversations if one.error]
    rows = _compared(versus)
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            run=run,
            info=run.info,
            found=found,
            fallen=fallen(conversations, {}),
            failures=failed[:MOST_FAILURES],
            more_failures=max(0, len(failed) - MOST_FAILURES),
            errors=errors[:MOST_FAILURES],
            versus=versus,
            rows=rows,
            reach=reach_of(row.change for row in rows),
            least=floor_of(group.passing[1] for group in (*found.suites, found.whole)),
            cost=cost_told(found.whole.effort, run.info.model),
            words=words,
            share_bar=share_bar,
            change_bar=change_bar,
            data=packed(_data(run, versus)),
            style=_file("page.css"),
            script=_file("page.js"),
        )
    )


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _file(name: str) -> Markup:
    """A file of ours that goes into the page as it is."""
    return Markup((_FOLDER / name).read_text(encoding="utf-8"))  # noqa: S704 - written by us, filled in by nobody


def _compared(versus: Versus | None) -> tuple[Difference, ...]:
    if versus is None:
        return ()
    found = versus.comparison
    return found.suites if len(found.suites) == 1 else (*found.suites, found.whole)


def _data(run: Run, versus: Versus | None) -> dict[str, object]:
    """All conversations, and of those that flipped what they were before."""
    before = []
    if versus is not None:
        flipped = {(one.scenario, one.seed) for one, _ in versus.comparison.flipped}
        before = list(told(versus.before, flipped))
    return {"now": list(told(run)), "before": before}
