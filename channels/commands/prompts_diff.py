"""`bot.py prompts diff`: what an edit changes in what people read and the model is told, before anybody reads it."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from core.domain.funnel import Stage
from core.errors import BrendaError
from core.settings import load_settings

SAME, DIFFERS, USAGE = 0, 1, 2


def diff(
    revision: Annotated[
        str, typer.Argument(metavar="REV", help="A git revision, such as HEAD or main~3; or another folder of prompts.")
    ],
    stage: Annotated[
        str, typer.Argument(metavar="[STAGE]", help="Only a stage of the funnel, such as conversation.")
    ] = "",
) -> None:
    """Show what differs between the prompts now (+) and at a revision (-), stage by stage, rendered with sample data.

    What cannot be rendered is named with file and line and compared as text; so are data files. Exit code 0: the same;
    1: something differs; 2: it cannot be compared.

    For example, before an edit is committed: uv run bot.py prompts diff HEAD; only what belongs to one stage:
    uv run bot.py prompts diff HEAD conversation
    """
    from channels.commands.difference_print import show
    from core.prompts.prompt_difference import compare
    from core.prompts.prompt_files import read_files
    from core.prompts.prompt_revision import prompts_of

    if stage and stage not in list(Stage):
        raise typer.BadParameter(f"{stage!r} is no stage; there are: {', '.join(Stage)}")
    try:
        folder = load_settings(Path(".env")).prompts_dir
        with prompts_of(revision, folder) as before:
            comparison = compare(read_files(before), read_files(folder), Stage(stage) if stage else None)
    except BrendaError as error:
        typer.secho(str(error), fg="red", err=True)
        sys.exit(USAGE)
    show(comparison, revision, str(folder))
    sys.exit(DIFFERS if comparison.differences else SAME)
