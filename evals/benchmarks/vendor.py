"""The model's side of the benchmark, as a process of its own: the tests' fake endpoint with a script of two moves.

To a question it calls the first reading tool that it is offered, to anything else it answers at once. It also adds up
what the prompts hold, and tells when it is asked as the model `tally`, so that counting costs the contestants nothing.
"""

import argparse
import asyncio
import json
import re
from collections.abc import Sequence
from typing import Any

from evals.benchmarks.lines import ANSWERS, ASKING, READERS
from tests.fakes.openai_server import Answer, FakeOpenAI, says, uses

TALLY = "tally"


class Vendor:
    """Answers by the script. `characters` are those of all messages' texts; tool schemas are not counted."""

    def __init__(self) -> None:
        self.calls = 0
        self.characters = 0

    def __call__(self, body: dict[str, Any]) -> Answer:
        if body["model"] == TALLY:
            return Answer(body=json.dumps({"calls": self.calls, "characters": self.characters}).encode())
        messages = body["messages"]
        self.calls += 1
        self.characters += sum(len(str(message.get("content") or "")) for message in messages)
        words = str(messages[-1].get("content") or "")
        if messages[-1]["role"] == "user" and re.search(ASKING, words) and (tool := _reader(body)):
            return uses(tool)
        return says(ANSWERS[len(messages) % len(ANSWERS)])


def _reader(body: dict[str, Any]) -> str:
    offered = {item["function"]["name"] for item in body.get("tools", ())}
    return next((name for name in READERS if name in offered), "")


async def _serve(latency: float) -> None:
    async with FakeOpenAI(Vendor(), latency=latency, record=False) as fake:
        print(fake.base_url, flush=True)
        await asyncio.Event().wait()


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the address on one line and serve until ended."""
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.vendor", description=__doc__)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    try:
        asyncio.run(_serve(parser.parse_args(arguments).latency))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
