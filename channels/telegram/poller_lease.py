"""One process at a time polls for a bot: a lease in the database says which, and Telegram's own 409 is the last word.

The holder's name tells its machine, process and the moment that the process began, so that after a crash a new process
on the same machine sees that the holder is gone and need not wait until the lease runs out.
"""

import asyncio
import os
import secrets
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from channels.telegram.backoff import rest
from channels.telegram.receiver import is_outage
from core.db import leases
from core.db.pool import Connection, Pool
from core.domain.clock import Clock
from core.errors import ChannelBusyError

log = structlog.get_logger(__name__)

LEASE_SECONDS = 30.0


def busy_error(who: str) -> ChannelBusyError:
    """The one message for a second poller, however it was noticed."""
    return ChannelBusyError(
        f"{who} is polling Telegram with this token, and Telegram gives each message to one of them only. Stop the"
        " other process (after a crash elsewhere: wait 30 seconds), or give this one a token of its own."
    )


def make_holder() -> str:
    """A name for this process as a holder, unlike any other's."""
    return f"{_machine()}:{os.getpid()}:{_began(os.getpid())}:{secrets.token_hex(4)}"


def is_gone(holder: str) -> bool:
    """Whether a holder was a process of this machine that does not run any more. When in doubt, no."""
    machine, _, rest_of_name = holder.partition(":")
    pid, _, began = rest_of_name.partition(":")
    if machine != _machine() or not pid.isdigit():
        return False
    return _began(int(pid)) != began.partition(":")[0]


@dataclass(slots=True)
class PollerLease:
    """The lease of one bot. `renew_seconds` is well below the 30 seconds after which it runs out."""

    pool: Pool
    bot_id: int
    clock: Clock
    holder: str = field(default_factory=make_holder)
    renew_seconds: float = 5.0

    @property
    def name(self) -> str:
        """The row's name in `leases`."""
        return f"telegram:{self.bot_id}"

    async def acquire(self) -> None:
        """Take or renew it.

        Raises:
            ChannelBusyError: another process that may well be alive holds it.
        """
        async with self.pool.connection() as conn:
            other = await self._try(conn, None)
            if other and is_gone(other):
                other = await self._try(conn, other)
        if other:
            machine, _, rest_of_name = other.partition(":")
            who = f"Process {rest_of_name.partition(':')[0]} on {machine.partition('@')[0]}"
            raise busy_error(who)

    async def keep(self, stop: asyncio.Event) -> None:
        """Renew it until `stop`, through outages of the database; ChannelBusyError when somebody else has taken it."""
        while not stop.is_set():
            await rest(stop, self.renew_seconds)
            try:
                await self.acquire()
            except Exception as error:
                if not is_outage(error):
                    raise
                log.warning("lease_not_renewed", lease=self.name)

    async def release(self) -> None:
        """Give it back, so that the next process need not wait."""
        with suppress(Exception):  # whatever hinders it, the lease runs out by itself
            async with self.pool.connection(timeout=2) as conn:
                await leases.release(conn, self.name, self.holder)

    async def _try(self, conn: Connection, dead: str | None) -> str | None:
        return await leases.acquire(conn, self.name, self.holder, self.clock(), seconds=LEASE_SECONDS, dead=dead)


def _machine() -> str:
    """Host name and, where the kernel tells one, the identity of this boot: names of hosts are not unique."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8]
    except OSError:
        boot = ""
    return f"{socket.gethostname()}@{boot}".replace(":", "_")


def _began(pid: int) -> str:
    """When a process began, as the kernel counts it; "?" for a live one where that is not told, "" for a dead one."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return "?" if _runs(pid) and not Path("/proc/self/stat").exists() else ""


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
