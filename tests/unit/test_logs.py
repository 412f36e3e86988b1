"""Nothing personal and no secret reaches a log."""

import subprocess
import sys
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from core.logs import redact, redacted
from tests.processes import ROOT

ROW = """new row for relation "leads" violates check constraint "leads_stage_check"
DETAIL:  Failing row contains (1, Ana Pérez, quiero bajar

de peso).
CONTEXT:  JSON data, line 1: {"text": "soy Ana"}
"""
LOGGING = """
import logging, structlog
from core.logs import set_up_logs
set_up_logs("info")
try:
    raise ValueError({row!r})
except ValueError as error:
    structlog.get_logger("a").exception("update_not_stored", update_id=5)
    logging.getLogger("procrastinate.worker").exception("Job brenda.turn[1](chat='1234567') ended, ana@correo.example")
"""


@pytest.mark.parametrize(
    "secret",
    [
        "123456789:AAabcdefghijklmnopqrstuvwx",
        "sk-abcdefghijklmnop",
        "ana.perez@correo.example",
        "+5215512345678",
        "987654321",
    ],
)
def test_it_is_blanked(secret: str) -> None:
    assert secret not in redacted(f"failed for {secret}, again")


def test_the_password_of_an_address_is_blanked() -> None:
    assert redacted("postgresql://user:secret@host:5432/name") == "postgresql://[…]host:5432/name"


def test_ordinary_words_stay() -> None:
    assert redacted("turn_given_up attempts=6 port 5432") == "turn_given_up attempts=6 port 5432"


@pytest.mark.parametrize(
    "after", ["", "\nThe above exception was the direct cause of the following exception:\n\nmore"]
)
def test_the_row_that_postgres_quotes_is_blanked_and_the_rest_stays(after: str) -> None:
    shown = redacted(ROW + after)
    assert "leads_stage_check" in shown
    assert not {"Ana", "peso"} & set(shown.replace(")", " ").replace(".", " ").split())
    assert ("more" in shown) == bool(after)


def test_a_value_that_postgres_cannot_read_is_blanked() -> None:
    assert redacted('invalid input syntax for type uuid: "soy Ana"\nLINE 1: select').startswith(
        "invalid input syntax for type uuid: […]"
    )


def test_the_value_that_pydantic_quotes_is_blanked() -> None:
    class Age(BaseModel):
        years: int

    with pytest.raises(ValidationError) as raised:
        Age.model_validate({"years": "soy Ana, tengo treinta"})
    shown = redacted(str(raised.value))
    assert "Ana" not in shown
    assert "input_type=str" in shown


def test_what_is_inside_a_list_or_a_mapping_is_blanked() -> None:
    event: dict[str, Any] = {"event": "x", "at": ["ana@correo.example"], "who": {"mail": "ana@correo.example"}, "n": 5}
    shown = redact(None, "", event)
    assert "ana@" not in str(shown)
    assert shown["n"] == 5


def test_a_traceback_is_blanked_whoever_logs_it() -> None:
    code = LOGGING.format(row=ROW)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.count("Traceback") == 2
    assert done.stderr.count("DETAIL: […]") == 2
    for personal in ("Pérez", "peso", "soy Ana", "1234567", "ana@"):
        assert personal not in done.stderr
