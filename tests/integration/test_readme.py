"""What the README shows is what the program does."""

from pathlib import Path

from agent.graph import build_graph

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_picture_of_the_funnel_is_the_compiled_graph() -> None:
    drawn = README.partition("```mermaid\n")[2].partition("\n```")[0]
    assert drawn.strip() == build_graph(None).get_graph().draw_mermaid().strip()


def test_there_are_exactly_two_set_up_commands() -> None:
    start = README.partition("## Start")[2].partition("## ")[0]
    commands = [line for line in start.splitlines() if "pip install uv" in line]
    assert [line.partition("#")[0].strip() for line in commands] == [
        "pip install uv && uv run bot.py",
        "pip install uv && uv run pytest",
    ]
