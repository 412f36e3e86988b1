"""What a run or a comparison is shown as: totals in a terminal, and one self-contained page.

`write_html` is what `run --html` and `compare --html` call. The page's parts are imported when one is written.
"""

from pathlib import Path

from evals.results import Run


def write_html(run: Run, file: Path, against: Run | None = None) -> None:
    """Write the page of a run; with `against`, of what changed from that run to this one.

    Raises:
        EvalError: the two cannot be compared, or the file cannot be written.
    """
    from core.errors import EvalError
    from evals.report.page import page
    from evals.report.versus import versus

    text = page(run, versus(against, run) if against else None)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise EvalError(f"The page cannot be written: {error}") from None
