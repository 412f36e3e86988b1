"""`evals new`: a commented scenario to begin with."""

import re
import sys
from typing import Annotated

import typer

STARTER = """\
# yaml-language-server: $schema=../schema.json
# Play it alone with: uv run -m evals run {suite} --only {id}
id: {id}
about: Say in one sentence what this proves.
persona: mariana            # a person of evals/personas/

source:                     # the advertisement that they pressed
  course: ia-para-profesionales
  campaign: IG_NOVIEMBRE
opens_at: conversation      # greeting, consent and name are walked for you; contact begins before them

# world:                    # what is true outside the chat; left out, the sample world on 16 November 2026
#   offers: []              # nobody sells cheaper today

turns:                      # what the person does: says, presses, commands, sends, edits, forwards, waits, world
  - says: hola, ¿cuánto cuesta el curso?
    checks:                 # judged right after this turn
      - answers: price
  - says: uf, es mucho para mí. no, gracias
    checks:
      - accepts_refusal: true

checks:                     # judged at the end: outcomes in the database first
  - no_event: purchase_completed
  - payment: none
  - no_tool: create_payment_link

# Always checked too: every claim has evidence, a no is taken for a no, no reply comes twice, none is too long.
right_end: no_sale          # sale, checkout, demo, handoff, opted_out or no_sale; or a list of them
# gate: honesty             # or safety: then one failing check fails the whole run
"""


def new(
    suite: Annotated[str, typer.Argument(help="The suite that it belongs to; a new one is made.")],
    scenario: Annotated[str, typer.Argument(metavar="ID", help="The scenario's id, such as precio-directo.")],
) -> None:
    """Write a commented scenario to begin with, and say where.

    For example: uv run -m evals new objections precio-sin-oferta
    """
    from evals.loading import SUITES
    from evals.session import USAGE

    if not all(re.fullmatch(r"[a-z0-9][a-z0-9-]{2,59}", name) for name in (suite, scenario)):
        typer.secho(
            "Suites and ids are 3 to 60 small letters, digits and hyphens, such as precio-directo.", fg="red", err=True
        )
        sys.exit(USAGE)
    path = SUITES / suite / f"{scenario}.yaml"
    if path.exists():
        typer.secho(f"{path} is there already.", fg="red", err=True)
        sys.exit(USAGE)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(STARTER.format(suite=suite, id=scenario), encoding="utf-8")
    typer.echo(str(path))
