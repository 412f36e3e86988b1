"""Failing checks, the same failure of several seeds told once, those of gates first."""

from collections.abc import Iterable
from dataclasses import dataclass

from evals.record import Conversation, Verdict


@dataclass(frozen=True, slots=True)
class Failure:
    """One check of one scenario: with which seeds it failed, and what the first of them showed."""

    suite: str
    scenario: str
    seeds: tuple[int, ...]
    verdict: Verdict


def failures(conversations: Iterable[Conversation]) -> list[Failure]:
    """Every check that failed; what the prospect spoilt is left out unless a gate fell."""
    found: dict[tuple[str, str, str], list[tuple[int, Verdict]]] = {}
    for one in conversations:
        for verdict in one.verdicts:
            if not one.void or verdict.gate != "none":
                found.setdefault((one.suite, one.scenario, verdict.check), []).append((one.seed, verdict))
    told = [
        Failure(suite, scenario, tuple(dict.fromkeys(seed for seed, _ in seen)), seen[0][1])
        for (suite, scenario, _), seen in found.items()
    ]
    return sorted(told, key=lambda each: (each.verdict.gate == "none", -len(each.seeds), each.suite, each.scenario))
