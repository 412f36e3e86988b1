"""Run folders as the evals write them, without playing anything."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from evals.playing import Played
from evals.record import Conversation, Transcript, TurnRecord, Verdict
from evals.results import Run, RunInfo
from tests.evaluations import make_conversation, make_outcome, make_played, make_turn

PROMPTS = {"embedded/price.md.j2": "Cuesta {{ price }}.\n", "rules.md.j2": "Sé honesta.\n"}
SELECTION = {
    "suggestion": "show_guarantee",
    "propensity": 0.25,
    "probabilities": {"show_guarantee": 0.25, "none": 0.75},
    "eligible": ["show_guarantee", "send_preview"],
    "refused": {"present_offer": "no_live_offer"},
    "leans": {"show_guarantee": 0.5},
}


def make_verdict(**fields: Any) -> Verdict:
    """A check that failed in turn 1."""
    given = {"check": "says: 249", "kind": "says", "area": "claims", "turn": 1, "passed": False}
    around = ("¿precio?", "Depende.")
    return Verdict.model_validate({**given, "expected": "249", "actual": "Depende.", "around": around, **fields})


def make_plays(passed: Sequence[bool], **fields: Any) -> list[Conversation]:
    """The plays of one scenario, seed after seed."""
    return [
        make_conversation(seed=seed, passed=good, verdicts=() if good else (make_verdict(),), **fields)
        for seed, good in enumerate(passed)
    ]


def make_run(
    folder: Path,
    name: str,
    conversations: Sequence[Conversation],
    prompts: dict[str, str] | None = None,
    turns: Sequence[TurnRecord] | None = None,
    **info: Any,
) -> Run:
    """A complete run; every conversation has the same turns."""
    scenarios = {one.scenario: f"digest of {one.scenario}" for one in conversations}
    given: dict[str, Any] = {
        "suites": tuple(sorted({one.suite for one in conversations})),
        "model": "embedded",
        "prompts": "prompts",
        "prompt_hash": "a" * 64,
        "templates": {},
        "seeds": 1,
        "revision": "abc",
        "scenarios": scenarios,
        "seeds_of": {},
    }
    run = Run.begin(name, RunInfo.model_validate({**given, **info}), prompts or PROMPTS, folder)
    told = tuple(turns or (make_turn(1, "Cuesta 249 USD.", selection=SELECTION),))
    run.finish([_played(one, told) for one in conversations], {"seconds": 1}, complete=True)
    return run


def _played(one: Conversation, turns: tuple[TurnRecord, ...]) -> Played:
    transcript = Transcript(
        suite=one.suite, scenario=one.scenario, seed=one.seed, turns=turns, outcome=make_outcome(events=())
    )
    return replace(make_played(), conversation=one, transcript=transcript)
