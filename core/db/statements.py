"""Splitting an SQL script into its statements, each with the line that it begins on.

Statements run one by one, so that a failure can be told with file and line even where the server gives no position,
and so that the history of migrations keeps the same array of statements that the Supabase CLI keeps. The splitter knows
what may hide a semicolon: quotes, dollar quotes and comments. Bodies written as `begin atomic` are not understood: use
dollar quotes.
"""

import re
from dataclasses import dataclass

import psycopg
from psycopg import AsyncConnection

_TOKEN = re.compile(
    r"""
    --[^\n]*
    | (?P<comment>/\*)
    | (?<![A-Za-z0-9_])\$(?P<tag>[A-Za-z_][A-Za-z0-9_]*)?\$ .*? \$(?P=tag)\$
    | (?<![A-Za-z0-9_])\$\$ .*? \$\$
    | (?<![A-Za-z0-9_])[eE]'(?:\\.|''|[^'\\])*'
    | '(?:''|[^'])*'
    | "(?:""|[^"])*"
    | (?P<end>;)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_BLANK = re.compile(r"(?:\s+|--[^\n]*)+")
_TRANSACTION = re.compile(r"(?:begin|commit|rollback|end|abort|start\s+transaction)\b", re.IGNORECASE)

REMEMBERED_CHARS = 4096
"""How long a statement may be for psycopg to remember how it read it."""


def compact(statement: str) -> str:
    """A statement, which holds no comments, with every stretch of blanks as one, also within its literals."""
    return " ".join(statement.split())


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement without its semicolon, with the comments before it. `line` counts from 1."""

    text: str
    line: int


class StatementError(Exception):
    """A statement of a script failed. `line` is the script's, `reason` the server's."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


def split(script: str) -> tuple[Statement, ...]:
    """The script's statements in order; stretches of nothing but blanks and comments are left out."""
    statements = []
    start = position = 0
    while found := _TOKEN.search(script, position):
        position = _comment_end(script, found.end()) if found["comment"] else found.end()
        if found["end"]:
            statements.append((start, found.start()))
            start = position
    statements.append((start, len(script)))
    return tuple(_statement(script, *edges) for edges in statements if _has_code(script[slice(*edges)]))


async def run(conn: AsyncConnection[object], script: str) -> None:
    """Run a script's statements in order on an open transaction.

    Raises:
        StatementError: a statement failed.
    """
    for statement in split(script):
        if found := _TRANSACTION.match(statement.text, _code_start(statement.text)):
            raise StatementError(statement.line, f"{found[0].upper()} is not allowed: the script is one transaction.")
        try:
            await conn.execute(statement.text.encode())
        except psycopg.Error as error:
            if conn.closed:
                raise
            raise StatementError(_line(statement, error), error.diag.message_primary or str(error)) from error


def _comment_end(script: str, position: int) -> int:
    """Where a block comment ends that has just begun; they may be nested."""
    depth = 1
    while depth and (edge := _COMMENT_EDGE.search(script, position)):
        depth += 1 if edge[0] == "/*" else -1
        position = edge.end()
    return len(script) if depth else position


def _statement(script: str, start: int, end: int) -> Statement:
    text = script[start:end]
    begins = start + len(text) - len(text.lstrip())
    return Statement(text.strip(), script.count("\n", 0, begins) + 1)


def _has_code(text: str) -> bool:
    return _code_start(text) < len(text)


def _code_start(text: str) -> int:
    """Where the blanks and comments at the front end."""
    position = 0
    while position < len(text):
        if blank := _BLANK.match(text, position):
            position = blank.end()
        elif text.startswith("/*", position):
            position = _comment_end(text, position + 2)
        else:
            break
    return position


def _line(statement: Statement, error: psycopg.Error) -> int:
    """The line of the fault if the server says where, else the first line of the statement's own code."""
    place = int(error.diag.statement_position or 0) - 1
    return statement.line + statement.text.count("\n", 0, place if place >= 0 else _code_start(statement.text))
