"""Training on any table, as on leads: the same contest, the same judges, and warnings of what looks like a leak."""

from dataclasses import dataclass, replace
from pathlib import Path

from core.learning.leaks import doubled_rows, late_columns, shared_people, single_aucs
from core.learning.splitting import split_at_random, split_by_time
from core.learning.table import Table, Wish, read_table
from core.learning.training import Advance, Outcome, Plan, train


@dataclass(frozen=True, slots=True)
class TableTraining:
    """An outcome with its table."""

    outcome: Outcome
    table: Table


def train_on_table(path: Path, wish: Wish, plan: Plan, advance: Advance) -> TableTraining:
    """Learn from one part of a file and judge on the other: the later one with a column of time, else a drawn one.

    Raises:
        TrainingError: the file, a column, or the number of outcomes is not as it should be.
    """
    table = read_table(path, wish)
    examples = table.examples
    split = split_by_time(examples) if table.timed else split_at_random(examples, plan.seed)
    outcome = train(examples, split, {}, plan, advance)
    warnings = [*late_columns(single_aucs(examples, plan.seed)), *doubled_rows(examples, split)]
    if not wish.group:
        warnings += shared_people(table.columns, split)
    return TableTraining(replace(outcome, warnings=tuple(warnings)), table)
