from hypothesis import given
from hypothesis import strategies as st

from core.db import meetings, turns
from core.db.migrator import read_migrations
from core.db.statements import REMEMBERED_CHARS, compact, split

HIDING = st.sampled_from(
    [
        "select ';'",
        "select 'it''s; here'",
        'select 1 as "a;""b"',
        "select $$ ; $1 $$",
        "select $tag$ ; $$ ; $tag$",
        "select e'\\'; '",
        "select 1 /* ; /* nested; */ ' */",
        "select 1 -- ; '\n + 2",
        "create function f() returns void language sql as $body$ select 1; select 2; $body$",
        "select a$b, price$ from t",
        "select 'año; 😀'",
    ]
)


@given(st.lists(HIDING, min_size=1, max_size=8), st.sampled_from(["", ";", ";\n\n-- the end;\n", "; /* ; */"]))
def test_semicolons_that_end_nothing_are_left_alone(statements: list[str], end: str) -> None:
    script = ";\n".join(statements) + end
    assert [statement.text for statement in split(script)] == statements


@given(st.lists(HIDING, min_size=1, max_size=8), st.integers(0, 3))
def test_lines_are_those_of_the_script(statements: list[str], blank: int) -> None:
    script = "\n" * blank + ";\n".join(statements)
    lines = script.split("\n")
    for statement in split(script):
        assert lines[statement.line - 1].startswith(statement.text.split("\n")[0])


@given(st.text(alphabet=";'\"$ \nae"))
def test_nothing_but_semicolons_and_blanks_is_lost(script: str) -> None:
    position = 0
    for statement in split(script):
        found = script.index(statement.text, position)
        assert script[position:found].strip(" \n;") == ""
        position = found + len(statement.text)
    assert script[position:].strip(" \n;") == ""


def test_nothing_but_comments_is_no_statement() -> None:
    assert split("-- one;\n/* two; /* three */ */\n ; ;") == ()


def test_the_migrations_split_into_whole_statements() -> None:
    for migration in read_migrations():
        assert all(statement.text.count("(") == statement.text.count(")") for statement in split(migration.text))


def test_the_statements_of_every_turn_are_short_enough_to_be_remembered() -> None:
    assert compact("select 1,\n    2  from  x") == "select 1, 2 from x"
    assert max(len(meetings._TAKE), len(turns._RECORD)) <= REMEMBERED_CHARS
