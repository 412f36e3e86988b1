"""What a schema cannot see: names of tools, tables, courses, campaigns and commands that are nowhere."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from agent.toolbox import NAMES
from core.db.migrator import MIGRATIONS
from core.db.samples import SEED
from evals.checks.outcome import EventCheck, NoEventCheck, RowsCheck
from evals.checks.tool import NotOfferedCheck, NoToolCheck, SuggestedCheck, ToolCheck
from evals.loading import PERSONAS, SUITES, Found, Library, SuiteFault, read_library
from evals.scenario import Scenario
from evals.schema import stale_schemas

_EVENT = re.compile(r"^[a-z_]{3,40}$")
_TABLE = re.compile(r"create table (?:if not exists )?(?:public\.)?(\w+)", re.IGNORECASE)


def lint(
    suites: Iterable[str] = (), folder: Path = SUITES, personas: Path = PERSONAS
) -> tuple[Library, list[SuiteFault]]:
    """Everything that was read, and every fault in it, by file and line."""
    library = read_library(tuple(suites), folder, personas)
    faults = [*library.faults, *(fault for found in library.found for fault in _faults(found))]
    if folder == SUITES:
        faults += [
            SuiteFault(
                f"evals/suites/{name}", 1, "is not what the models say; write it again: evals lint --write-schema"
            )
            for name in stale_schemas()
        ]
    return library, sorted(faults)


def _faults(found: Found) -> Iterator[SuiteFault]:
    for message, word in _strangers(found.scenario):
        yield SuiteFault(found.file, _line(found, word), f"{found.scenario.id}: {message}")


def _strangers(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """What names something that is not there, and the word by which it is found in the file."""
    world, source = scenario.world, scenario.source
    for check in (*scenario.checks, *(check for step in scenario.turns for check in step.checks)):
        yield from _unknown("tool", _tools(check), NAMES)
        if isinstance(check, RowsCheck):
            yield from _unknown("table", [check.rows], tables())
        if isinstance(check, EventCheck | NoEventCheck):
            kinds = [check.event] if isinstance(check, EventCheck) else _many(check.no_event)
            yield from ((f"{kind!r} is no name of an event", kind) for kind in kinds if not _EVENT.match(kind))
    named = [item.table for items in (world.change, world.rows, world.remove) for item in items]
    yield from _unknown("table", named, tables())
    slugs = [offer.course for offer in world.offers or ()] + ([source.course] if source.course else [])
    if not any(item.table == "courses" for item in world.rows):
        yield from _unknown("course", slugs, sample_words("slug"))
    if source.campaign and not any(item.table == "campaigns" for item in world.rows) and "unknown" not in scenario.tags:
        yield from _unknown("campaign", [source.campaign], sample_words("code"))


def _tools(check: object) -> list[str]:
    match check:
        case ToolCheck():
            return [check.tool]
        case NoToolCheck():
            return _many(check.no_tool)
        case SuggestedCheck():
            return [check.suggested]
        case NotOfferedCheck():
            return [check.not_offered]
        case _:
            return []


def _many(value: str | tuple[str, ...]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _unknown(what: str, names: Iterable[str], known: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        if name not in known:
            near = get_close_matches(name, list(known), n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; there are: {', '.join(sorted(known)[:20])}"
            yield f"there is no {what} {name!r}{hint}", name


@cache
def tables() -> frozenset[str]:
    """The tables that the migrations make."""
    return frozenset(
        name for path in MIGRATIONS.glob("*.sql") for name in _TABLE.findall(path.read_text(encoding="utf-8"))
    )


@cache
def sample_words(column: str) -> frozenset[str]:
    """The courses' slugs, or the campaigns' codes, of the sample rows."""
    text = SEED.read_text(encoding="utf-8")
    if column == "slug":
        return frozenset(re.findall(r"^    \('([a-z0-9-]+)', 'CURSO_", text, re.MULTILINE))
    campaigns = text.partition("insert into campaigns")[2].partition(") as m")[0]
    return frozenset(re.findall(r"^    \('([A-Za-z0-9_-]+)',", campaigns, re.MULTILINE))


def _line(found: Found, word: str) -> int:
    """The first line from the scenario's own on that holds the word."""
    path = Path(found.file) if Path(found.file).is_absolute() else SUITES.parents[1] / found.file
    lines = path.read_text(encoding="utf-8").splitlines()
    numbers = range(found.line, len(lines) + 1)
    return next((number for number in numbers if word in lines[number - 1]), found.line)
