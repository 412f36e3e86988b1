"""Telegram's side of a webhook: updates are posted one by one, each until it is taken."""

import asyncio
from typing import TYPE_CHECKING

import aiohttp

if TYPE_CHECKING:
    from tests.fakes.telegram_server import FakeTelegram

SECONDS_BETWEEN_TRIES = 0.05


class Poster:
    """Posts the server's pending updates to its webhook from `start` to `stop`."""

    def __init__(self, server: "FakeTelegram") -> None:
        self._server = server
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to post."""
        self._task = asyncio.create_task(self._post_all())

    async def stop(self) -> None:
        """Post no more."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._task = None

    async def _post_all(self) -> None:
        server = self._server
        headers = {"X-Telegram-Bot-Api-Secret-Token": server.webhook.get("secret_token", "")}
        async with aiohttp.ClientSession(headers=headers) as session:
            while True:
                await server.wait_for(lambda: server.pending, 3600)
                status = await self._post(session)
                server.webhook_statuses.append(status)
                if status == 200:
                    server.pending.pop(0)
                else:
                    await asyncio.sleep(SECONDS_BETWEEN_TRIES)
                await server.change()

    async def _post(self, session: aiohttp.ClientSession) -> int:
        try:
            async with session.post(self._server.webhook["url"], json=self._server.pending[0]) as response:
                return response.status
        except aiohttp.ClientError:
            return 0
