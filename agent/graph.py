"""The state machine: every stage of the funnel is a node, and every edge stands in a node's return type.

    perceive -> a stage (or duties) -> [tools -> ...] -> verify -> [speak -> verify]

A talking stage chooses, briefs and asks the model, which may call tools; what it says is verified, and that ends the
turn, or sends it back once (`speak`). Fixed stages answer from templates and go straight to `settle`. The graph is
compiled once; what a turn needs comes in its `Context`.
"""

from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from agent.checking import check
from agent.settling import settle
from agent.speaking import run_tools, speak
from agent.stages.consent import consent
from agent.stages.contact import contact
from agent.stages.duties import duties
from agent.stages.handoff import handoff
from agent.stages.name import name
from agent.stages.opted_out import opted_out
from agent.stages.perceive import perceive
from agent.stages.presentation import presentation
from agent.stages.talking import checkout, conversation, customer, demo
from agent.state import State
from core.context import Context

Funnel = CompiledStateGraph[State, Context, Any, Any]

NODES: tuple[tuple[str, Any], ...] = (
    ("perceive", perceive),
    ("contact", contact),
    ("consent", consent),
    ("name", name),
    ("presentation", presentation),
    ("conversation", conversation),
    ("demo", demo),
    ("checkout", checkout),
    ("customer", customer),
    ("handoff", handoff),
    ("opted_out", opted_out),
    ("duties", duties),
    ("speak", speak),
    ("tools", run_tools),
    ("verify", check),
    ("settle", settle),
)


def build_graph(checkpointer: BaseCheckpointSaver[str] | None) -> Funnel:
    """Compile the graph. Without a checkpointer it can be drawn, and runs turns that are forgotten."""
    graph: StateGraph[State, Context, Any, Any] = StateGraph(State, context_schema=Context)
    for label, node in NODES:
        graph.add_node(label, node)
    graph.add_edge(START, "perceive")
    return graph.compile(checkpointer=checkpointer)
