"""Work beside a block: it runs while the block does, ends with it, and tells what it failed with."""

import asyncio

import pytest

from core.background import beside


async def test_it_runs_beside_the_block_and_is_over_after_it() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with beside(work()) as task:
        await begun.wait()
        assert not task.done()
    assert ended.is_set() and task.cancelled()


async def test_what_it_failed_with_is_raised_at_the_end() -> None:
    async def work() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        async with beside(work()) as task:
            await asyncio.wait({task})


async def test_what_the_block_raises_ends_the_work_too() -> None:
    with pytest.raises(KeyError):
        async with beside(asyncio.Event().wait()) as task:
            raise KeyError
    assert task.cancelled()
