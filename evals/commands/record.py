"""`evals record` and `evals replay`: write down what a model answers, and play from that without asking anybody."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from evals.commands.options import (
    CASSETTES,
    FOLDER,
    SUITES,
    Cassette,
    Failures,
    Html,
    Jobs,
    Json,
    Junit,
    Only,
    Prompts,
    Runs,
    Seeds,
    Suites,
    SuitesIn,
)

if TYPE_CHECKING:
    from evals.session import Asked


def record(
    suites: Suites = None,
    *,
    only: Only = None,
    model: Annotated[str, typer.Option(metavar="NAME", help="The model whose answers are recorded.")] = "embedded",
    cassette: Cassette = CASSETTES,
    prompts: Prompts = "prompts",
    seeds: Seeds = None,
    jobs: Jobs = None,
    runs: Runs = FOLDER,
    suites_in: SuitesIn = SUITES,
) -> None:
    """Play suites with a model and record its answers, as readable JSON lines, one file a conversation.

    Keys, tokens and passwords are blanked before anything is written.

    For example: OPENAI_BASE_URL=http://127.0.0.1:11434/v1 uv run -m evals record smoke --model llama3
    """
    from evals.commands.performing import perform
    from evals.session import Asked

    asked = Asked(
        suites=tuple(suites or ()),
        only=tuple(only or ()),
        model=model,
        prompts=prompts,
        seeds=seeds,
        jobs=jobs,
        folder=runs,
        suites_in=suites_in,
    )
    perform(_on_cassette(asked, cassette, "record"))


def replay(
    suites: Suites = None,
    *,
    only: Only = None,
    model: Annotated[str, typer.Option(metavar="NAME", help="The model whose answers were recorded.")] = "embedded",
    cassette: Cassette = CASSETTES,
    prompts: Prompts = "prompts",
    seeds: Seeds = None,
    jobs: Jobs = None,
    json: Json = None,
    junit: Junit = None,
    html: Html = None,
    failures: Failures = 20,
    runs: Runs = FOLDER,
    suites_in: SuitesIn = SUITES,
) -> None:
    """Play suites from a recording; no model is asked and no network is used.

    A request that was not recorded is an error that names the template which changed.

    For example: uv run -m evals replay smoke --model llama3
    """
    from evals.commands.performing import perform
    from evals.session import Asked

    asked = Asked(
        suites=tuple(suites or ()),
        only=tuple(only or ()),
        model=model,
        prompts=prompts,
        seeds=seeds,
        jobs=jobs,
        json=json,
        junit=junit,
        html=html,
        folder=runs,
        suites_in=suites_in,
    )
    perform(_on_cassette(asked, cassette, "replay", failures))


def _on_cassette(asked: "Asked", cassette: Path, mode: Literal["record", "replay"], failures: int = 20) -> "Asked":
    """The same, on the recordings of its model."""
    plain = "".join(letter if letter.isalnum() or letter in ".-_" else "-" for letter in asked.model)
    return replace(asked, cassette=cassette / plain, mode=mode, failures=failures)
