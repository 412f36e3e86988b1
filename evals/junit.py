"""A run as JUnit's XML, which every continuous integration can read: a suite is a suite, a conversation a case."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree

from evals.record import Conversation

_UNWRITABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))


def write_junit(conversations: Iterable[Conversation], seconds: Mapping[tuple[str, int], float], file: Path) -> None:
    """Write the file. `seconds` by scenario and seed."""
    by_suite: dict[str, list[Conversation]] = defaultdict(list)
    for one in conversations:
        by_suite[one.suite].append(one)
    root = ElementTree.Element("testsuites", name="brenda evals")
    for name, group in sorted(by_suite.items()):
        counts: dict[str, str] = {
            "tests": str(len(group)),
            "failures": str(sum(not one.passed and not one.error and not one.void for one in group)),
            "errors": str(sum(bool(one.error) for one in group)),
            "skipped": str(sum(one.void and not one.error for one in group)),
        }
        suite = ElementTree.SubElement(root, "testsuite", {"name": name, **counts})
        for one in group:
            _case(suite, one, seconds.get((one.scenario, one.seed), 0.0))
    ElementTree.indent(root)
    ElementTree.ElementTree(root).write(file, encoding="utf-8", xml_declaration=True)


def _case(suite: ElementTree.Element, one: Conversation, seconds: float) -> None:
    name = f"{one.scenario}[{one.seed}]"
    case = ElementTree.SubElement(suite, "testcase", classname=one.suite, name=name, time=f"{seconds:.3f}")
    if one.error:
        ElementTree.SubElement(case, "error", message=_text(one.error))
    elif one.void:
        ElementTree.SubElement(
            case, "skipped", message=_text("the prospect's own fault: " + "; ".join(one.prospect_faults))
        )
    elif not one.passed:
        first = one.verdicts[0]
        failure = ElementTree.SubElement(case, "failure", message=_text(f"{first.check}: {first.actual}"))
        failure.text = _text("\n\n".join(_told(one)))


def _told(one: Conversation) -> list[str]:
    return [
        f"{verdict.check} (turn {verdict.turn or 'end'}, gate {verdict.gate})\n  expected {verdict.expected}\n"
        f"  actual   {verdict.actual}\n  prospect {verdict.around[0]}\n  Brenda   {verdict.around[1]}"
        for verdict in one.verdicts
    ]


def _text(text: str) -> str:
    """Without what XML cannot hold."""
    return text.translate(_UNWRITABLE)
