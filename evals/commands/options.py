"""The options that several commands share, as types."""

from pathlib import Path
from typing import Annotated

import typer

Suites = Annotated[list[str] | None, typer.Argument(metavar="[SUITE]...", help="Suites to play; all without a name.")]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="PATTERN", help="Scenarios by id, tag or persona; * is anything. May be repeated."),
]
Prompts = Annotated[str, typer.Option(metavar="DIR|REV", help="Any folder of prompts, or a git revision of prompts/.")]
Seeds = Annotated[
    int | None,
    typer.Option(min=1, max=10_000, metavar="N", help="Conversations of each scenario; else the suite's own number."),
]
Jobs = Annotated[int | None, typer.Option(min=1, max=64, metavar="N", help="Processes; one a core without this.")]
Json = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", dir_okay=False, help="Also write everything as JSON.")
]
Junit = Annotated[Path | None, typer.Option("--junit", metavar="FILE", dir_okay=False, help="Also write JUnit XML.")]
Html = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", dir_okay=False, help="Also write one self-contained page.")
]
Cassette = Annotated[Path, typer.Option(metavar="DIR", file_okay=False, help="The folder of recordings.")]
Failures = Annotated[int, typer.Option(min=0, metavar="N", help="How many failing checks are printed.")]

Runs = Annotated[Path, typer.Option(metavar="DIR", file_okay=False, help="The folder of runs.")]
SuitesIn = Annotated[Path, typer.Option("--suites-in", metavar="DIR", file_okay=False, help="The folder of suites.")]

CASSETTES = Path("evals/cassettes")
FOLDER = Path(".evals")
SUITES = Path(__file__).resolve().parents[1] / "suites"
