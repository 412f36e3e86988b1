"""The conversations as a page keeps them: compressed, and unpacked by its script when somebody looks.

Sixteen hundred transcripts are some fifteen megabytes of JSON that repeats itself; deflated and in base64 they are a
tenth of that, and hold no character that could end a script element. What no reader asks for is left out.
"""

import gzip
import json
from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from evals.record import Conversation, Transcript, TurnRecord
from evals.results import Run

Key = tuple[str, int]
ROW_NOISE = frozenset({"id", "key", "turn_id", "text_version", "lead_id"})
SELECTION = ("suggestion", "propensity", "probabilities", "eligible", "offered", "refused", "leans", "score")


def packed(value: object) -> str:
    """Any plain value as base64 of compressed JSON; the same value gives the same text."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return b64encode(gzip.compress(text.encode(), compresslevel=9, mtime=0)).decode()


def told(run: Run, only: Collection[Key] | None = None) -> Iterator[dict[str, Any]]:
    """The conversations of a run with their turns, in order; `only` those, when given."""
    transcripts = {
        (one.scenario, one.seed): one for one in run.transcripts() if _wanted((one.scenario, one.seed), only)
    }
    for one in run.conversations():
        key = (one.scenario, one.seed)
        if _wanted(key, only):
            yield _conversation(one, transcripts.get(key))


def _wanted(key: Key, only: Collection[Key] | None) -> bool:
    return only is None or key in only


def _conversation(one: Conversation, transcript: Transcript | None) -> dict[str, Any]:
    given = {
        "suite": one.suite,
        "id": one.scenario,
        "seed": one.seed,
        "persona": one.persona,
        "arm": one.arm,
        "passed": one.passed,
        "end": one.end,
        "right": one.right_end,
        "fell": one.gate_fell,
        "void": one.prospect_faults,
        "error": one.error,
        "left": one.left_because,
        "verdicts": [verdict.model_dump(mode="json", exclude_defaults=True) for verdict in one.verdicts],
        "turns": [_turn(turn) for turn in transcript.turns] if transcript else [],
        "lead": transcript.outcome.lead if transcript else {},
        "rows": _rows(transcript) if transcript else {},
    }
    return _filled(given) | {"seed": one.seed, "passed": one.passed}


def _turn(turn: TurnRecord) -> dict[str, Any]:
    selection = turn.selection or {}
    given = {
        "n": turn.number,
        "at": turn.at[:16],
        "prelude": turn.prelude,
        "step": {} if turn.heard else turn.step,
        "heard": turn.heard,
        "texts": turn.texts,
        "buttons": turn.buttons,
        "media": turn.media,
        "advisor": turn.to_advisor,
        "stage": turn.stage.value,
        "read": turn.perception,
        "tools": turn.tools,
        "selection": _filled({name: selection.get(name) for name in SELECTION}),
        "facts": _facts(turn.evidence),
        "events": [_filled(event) for event in turn.events],
        "consents": turn.consents,
        "model": turn.model,
        "calls": turn.model_calls,
        "chars": [sum(request.chars_in for request in turn.requests), sum(each.chars_out for each in turn.requests)],
    }
    return _filled(given)


def _facts(evidence: Iterable[Mapping[str, str]]) -> list[list[str]]:
    return [[fact["key"], f"{fact['value']} {fact.get('unit', '')}".strip()] for fact in evidence]


def _rows(transcript: Transcript) -> dict[str, list[dict[str, Any]]]:
    """What stands in the database at the end; events are told turn by turn."""
    return {
        table: [{name: value for name, value in row.items() if name not in ROW_NOISE} for row in rows]
        for table, rows in transcript.outcome.tables.items()
        if rows and table != "events"
    }


def _filled(given: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is empty."""
    return {
        name: value for name, value in given.items() if value not in (None, "", 0, False) and value not in ([], (), {})
    }
