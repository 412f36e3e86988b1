"""`evals lint`: read every file of the suites and name each fault with file and line."""

import sys
from typing import Annotated

import typer

from evals.commands.options import SUITES, Suites, SuitesIn


def lint(
    suites: Suites = None,
    write_schema: Annotated[
        bool, typer.Option("--write-schema", help="Write the schemas for editors again from the models.")
    ] = False,
    suites_in: SuitesIn = SUITES,
) -> None:
    """Check suites and personas without playing them. Exit code 0: no faults; 1: faults.

    For example, after an edit: uv run -m evals lint smoke
    """
    from collections import Counter

    from evals.lint import lint as find_faults
    from evals.schema import write_schemas

    if write_schema:
        write_schemas()
    library, faults = find_faults(tuple(suites or ()), suites_in)
    for fault in faults:
        typer.echo(str(fault))
    counts = Counter(found.suite for found in library.found)
    told = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    total = f"{len(library.found)} scenarios ({told}), {len(library.personas)} personas"
    typer.echo(f"{len(faults)} faults in {total}" if faults else f"{total}: no faults")
    sys.exit(1 if faults else 0)
