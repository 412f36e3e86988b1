"""The graph as LangGraph's development server opens and runs it."""

import importlib
import json
from contextlib import closing
from pathlib import Path

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from agent.graph import build_graph
from agent.studio import as_input, studio
from core.db.embedded import start_embedded
from core.domain.messages import InputKind
from tests.databases import data_folder, make_careless
from tests.worlds import ROOT


def test_the_servers_file_points_to_the_factory() -> None:
    graphs = json.loads((ROOT / "langgraph.json").read_text())["graphs"]
    path, _, name = graphs["brenda"].partition(":")
    module = importlib.import_module(Path(path).with_suffix("").as_posix().replace("/", "."))
    assert getattr(module, name) is studio


async def test_it_is_drawn_without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", "/dev/null/nowhere")
    async with studio() as graph:
        assert graph.get_graph().draw_mermaid() == build_graph(None).get_graph().draw_mermaid()
        assert graph.get_input_jsonschema()["properties"]["text"]["type"] == "string"


async def test_a_thread_is_a_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    saver, stages = InMemorySaver(), []
    with data_folder() as folder:
        monkeypatch.setenv("DATA_DIR", str(folder))
        server = start_embedded(folder)  # so that not every run starts and stops it
        make_careless(server)
        with closing(server):
            for words in ("hola #CURSO_IA_PROFESIONALES", "Acepto", "Ana", "¿Cuánto cuesta?"):
                async with studio() as opened:
                    graph = opened.copy(update={"checkpointer": saver})
                    answer = await graph.ainvoke({"text": words}, {"configurable": {"thread_id": "a-thread"}})
                    stages.append(answer["stage"])
    assert stages == ["consent", "name", "conversation", "conversation"]
    last = json.loads(answer["last"])
    assert last["model_calls"] > 0
    assert "249" in last["outgoing"][0]["text"]


@pytest.mark.parametrize(
    ("text", "kind", "action", "words"),
    [
        ("hola", InputKind.TEXT, "", "hola"),
        ("/BAJA", InputKind.COMMAND, "baja", ""),
        (" /start CURSO_X ", InputKind.COMMAND, "start", "CURSO_X"),
        ("/", InputKind.TEXT, "", "/"),
        ("", InputKind.TEXT, "", ""),
        ("a\x00b", InputKind.TEXT, "", "ab"),
    ],
)
def test_words_and_commands(text: str, kind: InputKind, action: str, words: str) -> None:
    made = as_input(text)
    assert (made.kind, made.action, made.text) == (kind, action, words)
