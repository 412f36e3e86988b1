"""`evals run`: play suites and judge them."""

from typing import Annotated

import typer

from evals.commands.options import (
    FOLDER,
    SUITES,
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


def run(
    suites: Suites = None,
    *,
    only: Only = None,
    model: Annotated[
        str, typer.Option(metavar="NAME", help="`embedded`, or a model of the endpoint that OPENAI_BASE_URL names.")
    ] = "embedded",
    prompts: Prompts = "prompts",
    seeds: Seeds = None,
    jobs: Jobs = None,
    resume: Annotated[str, typer.Option(metavar="RUN", help="Go on with a run that was stopped.")] = "",
    fast: Annotated[
        bool,
        typer.Option("--fast/--inspect", help="Bare asyncio; --inspect plays through inspect_ai, if it is installed."),
    ] = True,
    json: Json = None,
    junit: Junit = None,
    html: Html = None,
    failures: Failures = 20,
    runs: Runs = FOLDER,
    suites_in: SuitesIn = SUITES,
) -> None:
    """Play suites and judge them. Exit code 0: all gates hold; 1: a gate fell; 2: it could not be done as asked.

    Honesty and safety are gates without tolerance. Ctrl-C keeps what is done; --resume goes on with it.

    For example, one scenario after an edit: uv run -m evals run smoke --only precio-directo
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
        resume=resume,
        json=json,
        junit=junit,
        html=html,
        failures=failures,
        folder=runs,
        suites_in=suites_in,
    )
    perform(asked, inspect=not fast)
