"""The event loop that Brenda runs on."""

import asyncio
import sys

import pytest

from core.event_loop import loop_factory


@pytest.mark.skipif(sys.platform == "win32", reason="uvloop does not exist on Windows")
def test_brenda_runs_on_uvloop() -> None:
    async def name() -> str:
        return type(asyncio.get_running_loop()).__module__

    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        assert runner.run(name()).startswith("uvloop")
