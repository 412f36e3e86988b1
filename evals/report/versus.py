"""Two runs beside each other: what differs between what was run, and the comparison over what was the same.

A scenario whose text has changed is another scenario; it is left out by name, and so is what only one run has. Whatever
else differs (the model, the code) is said, because then a difference may not be the prompts'.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import unified_diff

from core.errors import EvalError
from evals.record import Conversation
from evals.results import Run, RunInfo
from evals.statistics.paired import Comparison, paired

MOST_NAMES = 12


@dataclass(frozen=True, slots=True)
class TemplateChange:
    """A file of prompts that is not the same in both, with its unified diff."""

    path: str
    diff: str


@dataclass(frozen=True, slots=True)
class Versus:
    """`warnings`: by name, what makes the two less alike than they should be. `changes`: the prompts that differ."""

    before: Run
    after: Run
    comparison: Comparison
    warnings: tuple[str, ...]
    changes: tuple[TemplateChange, ...]


def versus(before: Run, after: Run) -> Versus:
    """Compare what can be compared.

    Raises:
        EvalError: not one conversation is the same in both.
    """
    left, right = before.info, after.info
    changed = {name for name, digest in left.scenarios.items() if right.scenarios.get(name, digest) != digest}
    first, second = _unchanged(before, changed), _unchanged(after, changed)
    found = paired(first, second)
    warnings = tuple(_warnings(left, right, changed, first, second))
    if found is None:
        raise EvalError("\n".join((f"{before.name} and {after.name} have no conversation in common.", *warnings)))
    hits = tuple(one for one in after.conversations() if one.gate_fell)
    known = {(one.scenario, one.seed) for one in before.conversations() if one.gate_fell}
    new = tuple(one for one in hits if (one.scenario, one.seed) not in known)
    found = replace(found, hits=hits, new_hits=new)
    return Versus(before, after, found, warnings, tuple(template_changes(before.prompts, after.prompts)))


def template_changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[TemplateChange]:
    """Every file of prompts that was changed, added or taken away."""
    for path in sorted({*before, *after}):
        old, new = before.get(path, ""), after.get(path, "")
        if old != new:
            lines = unified_diff(
                old.splitlines(), new.splitlines(), f"before/{path}", f"after/{path}", lineterm="", n=2
            )
            yield TemplateChange(path, "\n".join(lines))


def _unchanged(run: Run, changed: set[str]) -> list[Conversation]:
    return [one for one in run.conversations() if one.scenario not in changed]


def _warnings(
    left: RunInfo,
    right: RunInfo,
    changed: set[str],
    first: Iterable[Conversation],
    second: Iterable[Conversation],
) -> Iterator[str]:
    if changed:
        yield f"Left out, because their text has changed: {_named(changed)}."
    for mine, other, which in ((left, right, "first"), (right, left, "second")):
        if alone := set(mine.scenarios) - set(other.scenarios):
            yield f"Left out, because only the {which} run has them: {_named(alone)}."
    both = (set(left.scenarios) & set(right.scenarios)) - changed
    seeds = _seeds(first, both) ^ _seeds(second, both)
    if seeds:
        yield f"Left out, because only one run has these seeds: {_named(f'{name}[{seed}]' for name, seed in seeds)}."
    for what, old, new in (("model", left.model, right.model), ("code", left.revision, right.revision)):
        if old != new:
            yield f"The {what} differs too: {old}, then {new}."
    runs = ((left, "first"), (right, "second"))
    if stopped := [which for info, which in runs if not info.complete]:
        yield f"Stopped early: the {' and the '.join(stopped)} run."
    if dirty := [which for info, which in runs if info.revision.endswith("+dirty")]:
        yield f"Not committed, so that the revision does not say what it was: the {' and the '.join(dirty)} run's code."


def _seeds(conversations: Iterable[Conversation], names: set[str]) -> set[tuple[str, int]]:
    return {(one.scenario, one.seed) for one in conversations if one.scenario in names}


def _named(names: Iterable[str]) -> str:
    known = sorted(names)
    rest = f" and {len(known) - MOST_NAMES} more" if len(known) > MOST_NAMES else ""
    return ", ".join(known[:MOST_NAMES]) + rest
