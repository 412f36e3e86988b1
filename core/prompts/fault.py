"""A fault in the prompts, told so that an admin can go straight to the line."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to mend. `file` is relative to the folder of prompts, `line` counts from 1 (0: the file as a whole)."""

    file: str
    line: int
    variable: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        subject = f"{self.variable}: " if self.variable else ""
        return f"{place}: {subject}{self.message}"


def fault_lines(faults: Iterable[Fault]) -> str:
    """All faults, one a line, in the order of files and lines."""
    return "\n".join(str(fault) for fault in sorted(faults))
