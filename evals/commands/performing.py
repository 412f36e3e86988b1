"""Doing what a command asks, and leaving with its exit code; an error of ours is a message and not a traceback."""

import sys
from typing import NoReturn

import typer
from rich.console import Console

from core.errors import BrendaError
from evals.parts import needed
from evals.session import USAGE, Asked, Session


def perform(asked: Asked, inspect: bool = False) -> NoReturn:
    """Perform and exit."""
    try:
        if inspect:
            sys.exit(_inspected(asked))
        sys.exit(Session(asked, console()).perform())
    except BrendaError as error:
        fail(error)


def console() -> Console:
    """Where results are printed; as wide as needed when nobody looks."""
    return Console(width=None if sys.stdout.isatty() else 140, highlight=False)


def fail(error: BrendaError) -> NoReturn:
    """Say what was wrong; exit code 2."""
    typer.secho(str(error), fg="red", err=True)
    sys.exit(USAGE)


def _inspected(asked: Asked) -> int:
    return int(needed("inspect_task").perform(asked))
