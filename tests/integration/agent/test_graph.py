"""The state machine as it is drawn is the one that the types declare, and the one of the design."""

from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from agent.graph import NODES, build_graph
from core.domain.funnel import Stage

EDGES = {(edge.source, edge.target) for edge in build_graph(None).get_graph().edges}


def destinations(annotation: Any) -> set[str]:
    """Every name in the literals of an annotation."""
    if get_origin(annotation) is Literal:
        return set(get_args(annotation))
    if get_origin(annotation) in (Union, UnionType) or hasattr(annotation, "__args__"):
        return set().union(*(destinations(part) for part in get_args(annotation)))
    return set()


def test_every_stage_is_a_node() -> None:
    assert {stage.value for stage in Stage} <= {label for label, _ in NODES}


@pytest.mark.parametrize(("label", "node"), NODES)
def test_a_nodes_type_tells_where_it_goes(label: str, node: Any) -> None:
    declared = destinations(get_type_hints(node)["return"])
    assert declared
    assert {target for source, target in EDGES if source == label} == declared


def test_every_node_is_reached_and_leads_to_the_end() -> None:
    reached, ends = {"__start__"}, {"__end__"}
    for _ in NODES:
        reached |= {target for source, target in EDGES if source in reached}
        ends |= {source for source, target in EDGES if target in ends}
    assert reached == ends | {"__end__"} == {label for label, _ in NODES} | {"__start__", "__end__"}


def test_only_an_answer_and_a_repeated_turn_finish() -> None:
    assert {source for source, target in EDGES if target == "__end__"} == {"settle", "verify", "perceive"}


def test_it_is_drawn() -> None:
    drawn = build_graph(None).get_graph().draw_mermaid()
    assert all(f"{stage.value}" in drawn for stage in Stage)
    assert drawn.count("-.->") + drawn.count("-->") == len(EDGES)
