"""Lines of standard input, read in a thread of their own so that a waiting prompt never holds up the program's end.

The bytes are read past Python's own buffer: a thread that is left waiting in that one breaks the interpreter's exit.
"""

import asyncio
import codecs
import os
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Where lines come from: a file descriptor, or None when there is no input at all."""

    descriptor: int | None

    @classmethod
    def standard(cls) -> "Keyboard":
        """Standard input; a process that was started with it closed has none."""
        return cls(sys.stdin.fileno() if sys.stdin else None)

    @property
    def is_terminal(self) -> bool:
        """Whether somebody types, and sees what they type."""
        return self.descriptor is not None and os.isatty(self.descriptor)

    async def lines(self) -> AsyncIterator[str]:
        """Each line without its end, until the end of the input. Bytes that are no UTF-8 are replaced, never lost."""
        loop, queue = asyncio.get_running_loop(), asyncio.Queue[str | None]()
        threading.Thread(target=self._read, args=(loop, queue), daemon=True).start()
        while (line := await queue.get()) is not None:
            yield line

    def _read(self, loop: asyncio.AbstractEventLoop, queue: "asyncio.Queue[str | None]") -> None:
        for line in [] if self.descriptor is None else read_lines(self.descriptor):
            if not _put(loop, queue, line):
                return
        _put(loop, queue, None)


def read_lines(descriptor: int) -> Iterator[str]:
    """The lines of a file descriptor; one that cannot be read has no more of them."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    rest: list[str] = []
    while True:
        try:
            chunk = os.read(descriptor, _CHUNK)
        except OSError:
            chunk = b""
        *whole, last = decoder.decode(chunk, final=not chunk).split("\n")
        for line in whole:
            yield ("".join(rest) + line).removesuffix("\r")
            rest.clear()
        rest.append(last)
        if not chunk:
            break
    if any(rest):
        yield "".join(rest).removesuffix("\r")


def _put(loop: asyncio.AbstractEventLoop, queue: "asyncio.Queue[str | None]", item: str | None) -> bool:
    try:
        loop.call_soon_threadsafe(queue.put_nowait, item)
    except RuntimeError:
        return False  # the loop has ended, and nobody reads any more
    return True
