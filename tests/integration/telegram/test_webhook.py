"""The webhook: only Telegram is heard, and only what is stored is acknowledged."""

import asyncio
import json
import socket
from typing import Any

import aiohttp
import psycopg
import pytest
from pydantic import HttpUrl, SecretStr

from channels.telegram.app import run_telegram, telegram_bot
from channels.telegram.webhook import BODY_LIMIT, SECRET_HEADER
from core.db.pool import Connection
from core.domain.messages import Outgoing
from core.errors import SettingsError
from core.settings import Settings
from tests.fakes.telegram_records import Fault
from tests.integration.telegram.conftest import Rig

SECRET = "the-secret-of-the-webhook"
INPUTS = "select input->>'text' as text from inbox order by id"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    changes: dict[str, Any] = {
        "telegram_mode": "webhook",
        "telegram_webhook_url": HttpUrl(f"http://127.0.0.1:{port}/telegram/hook"),
        "telegram_webhook_secret": SecretStr(SECRET),
        "telegram_webhook_port": port,
    }
    return settings.model_copy(update=changes)


async def post(rig: Rig, body: bytes, secret: str | None = SECRET, path: str | None = None) -> int:
    url = str(rig.settings.telegram_webhook_url) if path is None else path
    headers = {} if secret is None else {SECRET_HEADER: secret}
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as response:
        return response.status


async def test_updates_come_by_webhook_and_answers_go_out(rig: Rig) -> None:
    async with rig.running():
        assert rig.fake.webhook["secret_token"] == SECRET
        assert "my_chat_member" in json.loads(rig.fake.webhook["allowed_updates"])
        for number in range(5):
            await rig.fake.user(7).says(f"mensaje {number}")
        await rig.fake.wait_for(lambda: not rig.fake.pending)
        await rig.say(7, Outgoing(text="hola"))
        await rig.fake.wait_for(lambda: rig.fake.texts(7))
    assert [row["text"] for row in await rig.rows(INPUTS)] == [f"mensaje {number}" for number in range(5)]
    assert set(rig.fake.webhook_statuses) == {200}
    assert rig.fake.called("getUpdates") == []


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "ñ"])
async def test_without_the_secret_nothing_is_heard(rig: Rig, secret: str | None) -> None:
    await rig.fake.user(7).says("hola")
    update = json.dumps(rig.fake.pending.pop()).encode()
    async with rig.running():
        assert await post(rig, update, secret) == 401
        assert await post(rig, b"{", secret) == 401
    assert await rig.rows(INPUTS) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[]", 400),
        (b"null", 400),
        (b'{"update_id": "1"}', 400),
        (b"[" * 100_000, 400),
        (b'{"update_id": 1, "message": {"message_id": "x"}}', 200),
        (b'{"update_id": 1, "something_new": {}}', 200),
        (b" " * (BODY_LIMIT + 1), 413),
    ],
)
async def test_bad_bodies(rig: Rig, body: bytes, status: int) -> None:
    async with rig.running():
        assert await post(rig, body) == status
    assert await rig.rows(INPUTS) == []


async def test_an_update_that_could_not_be_stored_comes_again(rig: Rig) -> None:
    failures = [psycopg.OperationalError("gone"), ValueError("a fault of ours")]

    async def queue_turn(conn: Connection, channel: str, chat: str) -> None:
        if failures:
            raise failures.pop()

    async with rig.running(queue_turn=queue_turn):
        await rig.fake.user(7).says("hola")
        await rig.fake.wait_for(lambda: not rig.fake.pending)
    assert rig.fake.webhook_statuses == [500, 500, 200]
    assert [row["text"] for row in await rig.rows(INPUTS)] == ["hola"]


async def test_a_taken_port_is_named(rig: Rig) -> None:
    port = rig.settings.telegram_webhook_port
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", port)
    async with server, telegram_bot(rig.settings) as bot:
        with pytest.raises(SettingsError, match=f"TELEGRAM_WEBHOOK_PORT.*{port}"):
            await run_telegram(rig.telegram(), bot)


async def test_an_address_that_telegram_does_not_take_is_named(rig: Rig) -> None:
    rig.fake.fail("setWebhook", Fault(status=400, description="Bad Request: bad webhook: HTTPS url must be provided"))
    async with telegram_bot(rig.settings) as bot:
        with pytest.raises(SettingsError, match=r"TELEGRAM_WEBHOOK_URL.*HTTPS"):
            await run_telegram(rig.telegram(), bot)
