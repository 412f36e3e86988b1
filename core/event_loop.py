"""The event loop that Brenda runs on: uvloop, which spends less on each message that comes or goes."""

import asyncio
import sys
from collections.abc import Callable


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """What makes the loop; None, which means asyncio's own, on Windows, where uvloop does not exist."""
    if sys.platform == "win32":
        return None
    from uvloop import new_event_loop

    return new_event_loop
