"""The claims of a text: everything in it that must be backed by evidence before it is sent.

`extract_claims` takes the disguises off once and lets each finder read the same text: links first, then dates and
times, each blotted out for the next, so that every number is claimed exactly once. It never raises, on any text.
The finders' own docstrings say what each counts as a claim; the values:

    MONEY     "249", unit an ISO 4217 code, "PESO" (which one is not said), "$" or "" (no currency), "free" (with "0")
    PERCENT   "35", unit "%"; "2x1", unit "bundle"
    DATE      see beside it `dates` ("date" to "time"), `quantities` ("in hours"), `pressure` ("vague")
    SEATS     "5", unit "places"; "few" or "limited", unit "vague"
    COUNT     "12", unit the folded noun, or "" for a bare number; ">2000" for "más de 2000"
    DURATION  "8", unit "weeks"; unit "in weeks" where it may also be the time until a deadline
    LINK      the link as shown; PERSON the name as shown; QUOTE the folded words
    TEXT      the folded words of a "guarantee" or promised "result" (unit)
"""

from dataclasses import dataclass

from agent.honesty.dates import find_dates, find_named_days, find_times
from agent.honesty.findings import Finding, mask
from agent.honesty.links import find_links
from agent.honesty.names import find_people
from agent.honesty.plaintext import Plain, plain
from agent.honesty.pressure import find_pressure
from agent.honesty.quantities import find_quantities
from agent.honesty.quotations import find_quotes
from agent.honesty.topics import day_topic, money_topic, sentence_at
from core.domain.evidence import FactKind


@dataclass(frozen=True, slots=True)
class Claim:
    """Something said: `text` is how, at `start:end` of the original (approximate where it was disguised).

    `topic` is what the sentence is about, for days and amounts (see `agent.honesty.topics`).
    """

    kind: FactKind
    value: str
    unit: str
    text: str
    start: int
    end: int
    topic: str = ""


def extract_claims(text: str) -> list[Claim]:
    """Every claim in `text`, in order of place."""
    page = plain(text)
    found = sorted(_findings(page), key=lambda one: (one.start, one.end))
    return [_claim(finding, page, text) for finding in found]


def _findings(page: Plain) -> list[Finding]:
    links = find_links(page.text)
    folded = mask(page.folded, links) if links else page.folded
    dates = find_dates(folded)
    folded = mask(folded, dates) if dates else folded
    ends, times = find_times(folded)
    named = find_named_days(folded)
    free_of_dates = mask(folded, [*ends, *times, *(day for day in named if day.unit == "monthday")])
    rest = find_quantities(free_of_dates) + find_pressure(folded)
    return links + dates + ends + named + rest + find_quotes(page) + find_people(page)


def _claim(finding: Finding, page: Plain, text: str) -> Claim:
    start = page.original(finding.start)
    end = min(max(start, page.original(finding.end - 1) + 1), len(text))
    return Claim(finding.kind, finding.value, finding.unit, text[start:end], start, end, _topic(finding, page.folded))


def _topic(finding: Finding, folded: str) -> str:
    if finding.kind is FactKind.DATE:
        return day_topic(sentence_at(folded, finding.start, finding.end))
    if finding.kind is FactKind.MONEY:
        return money_topic(sentence_at(folded, finding.start, finding.end))
    return ""
