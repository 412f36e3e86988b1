"""The lease of the one poller."""

import asyncio
import os
import sys

import pytest

from channels.telegram.app import run_telegram, telegram_bot
from channels.telegram.poller_lease import PollerLease, is_gone, make_holder
from core.errors import ChannelBusyError
from tests.integration.telegram.conftest import Rig, now


async def ended_process() -> int:
    """The number of a process that does not run any more."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await process.wait()
    return process.pid


async def test_who_is_gone_and_who_may_be_alive() -> None:
    mine = make_holder()
    machine, pid, began, number = mine.split(":")
    assert pid == str(os.getpid())
    assert not is_gone(mine)
    assert is_gone(f"{machine}:{await ended_process()}:{began}:{number}")
    assert is_gone(f"{machine}:{pid}:1:{number}"), "another process had this number before"
    assert not is_gone(f"elsewhere@1:{pid}:1:{number}")
    assert not is_gone("somebody")


async def test_after_a_crash_on_this_machine_nobody_waits(rig: Rig) -> None:
    machine, _, began, number = make_holder().split(":")
    crashed = PollerLease(rig.pool, 1, now, holder=f"{machine}:{await ended_process()}:{began}:{number}")
    await crashed.acquire()
    await PollerLease(rig.pool, 1, now).acquire()


async def test_a_holder_elsewhere_is_named(rig: Rig) -> None:
    await PollerLease(rig.pool, 1, now, holder="host-a@1:42:9:ff").acquire()
    with pytest.raises(ChannelBusyError, match="Process 42 on host-a is polling Telegram"):
        await PollerLease(rig.pool, 1, now).acquire()
    await PollerLease(rig.pool, 2, now).acquire()


async def test_whoever_lost_it_stops(rig: Rig) -> None:
    lease = PollerLease(rig.pool, 1, now, renew_seconds=0.05)
    await lease.acquire()
    keeping = asyncio.create_task(lease.keep(asyncio.Event()))
    await rig.rows("update leases set holder = 'host-b@1:7:9:ff' returning name")
    with pytest.raises(ChannelBusyError, match="host-b"):
        await asyncio.wait_for(keeping, 20)


async def test_the_channel_ends_when_another_takes_its_lease(rig: Rig) -> None:
    telegram = rig.telegram()
    async with telegram_bot(rig.settings) as bot:
        channel = asyncio.create_task(run_telegram(telegram, bot))
        await telegram.ready.wait()
        await rig.rows("update leases set holder = 'host-b@1:7:9:ff' returning name")
        with pytest.raises(ChannelBusyError, match="host-b"):
            await asyncio.wait_for(channel, 20)
    assert not telegram.stop.is_set()
