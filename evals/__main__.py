"""`python -m evals`: the offline evals' command line. Everything heavy is imported by the command that needs it."""

import typer

from core.garbage import start_quickly
from evals.commands.compare import compare
from evals.commands.lint import lint
from evals.commands.new import new
from evals.commands.record import record, replay
from evals.commands.run import run
from evals.commands.view import view

app = typer.Typer(
    help="Offline evals: is a change of prompts better or worse? The real graph, a real Postgres, no network."
    "\n\nFor example: uv run -m evals run smoke; uv run -m evals view latest; uv run -m evals compare latest~1 latest",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for command in (run, compare, record, replay, view, lint, new):
    app.command()(command)

if __name__ == "__main__":
    start_quickly()
    app()
