"""The webhook: only Telegram is heard, and only what is stored is acknowledged. The web app is the real one."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, fields, replace
from typing import Any

import aiohttp
import pytest
from pydantic import HttpUrl, SecretStr

from channels.serving import Doorway
from channels.telegram.app import Telegram, run_telegram, telegram_bot
from channels.telegram.webhook import address
from channels.web.guard import BODY_LIMIT
from channels.web.telegram import SECRET_HEADER
from core.domain.messages import Outgoing
from core.errors import SettingsError
from core.settings import Settings
from tests.brendas import queue_on
from tests.fakes.telegram_records import Fault
from tests.integration.telegram.conftest import Rig
from tests.sites import make_site, visiting

SECRET = "the-secret-of-the-webhook"
INPUTS = "select input->>'text' as text from inbox order by id"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    changes: dict[str, Any] = {"telegram_mode": "webhook", "telegram_webhook_secret": SecretStr(SECRET)}
    return settings.model_copy(update=changes)


@dataclass
class WebRig(Rig):
    """A rig whose updates come through the web app."""

    doorway: Doorway = field(default_factory=Doorway)

    def telegram(self, **changes: Any) -> Telegram:
        return super().telegram(**{"mount": self.doorway.mount, "named": self.doorway.named, **changes})


@pytest.fixture
async def rig(rig: Rig) -> AsyncIterator[WebRig]:
    async with queue_on(rig.pool) as queue:
        doorway = Doorway()
        site = replace(make_site(rig.pool, queue), telegram=lambda: doorway.post)
        async with visiting(site) as visitor:
            here = rig.settings.model_copy(update={"public_url": HttpUrl(visitor.base)})
            parts = {each.name: getattr(rig, each.name) for each in fields(rig)}
            yield WebRig(**(parts | {"settings": here}), doorway=doorway)


async def post(rig: Rig, body: bytes, secret: str | None = SECRET, ending: str = "") -> int:
    url = address(rig.settings)[0]
    url = f"{url.rpartition('/')[0]}/{ending}" if ending else url
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
        assert await post(rig, update, SECRET, "guess") == 404
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


async def test_an_update_that_cannot_be_read_is_noted_without_what_it_said(rig: Rig) -> None:
    body = b'{"update_id": 77, "message": {"message_id": "x", "text": "soy Ana"}}'
    async with rig.running():
        assert [await post(rig, body), await post(rig, body)] == [200, 200]
    [noted] = await rig.rows("select * from webhook_events")
    assert (noted["provider"], noted["event_id"], noted["kind"], noted["status"]) == (
        "telegram",
        "77",
        "unreadable",
        "ignored",
    )
    assert "message.message_id" in noted["error"]
    assert "Ana" not in str(noted)


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        (b'"something_new": {"text": "soy Ana"}', "something_new"),
        (b'"poll": {"id": "1", "question": "soy Ana", "options": []}', "unreadable"),
        (b'"Soy Ana\'": 1', "unknown"),
        (b'"one": 1, "two": 2', "unknown"),
        (b'"message": null', "unknown"),
        (b'"message": {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}}', "message.unknown"),
    ],
)
async def test_what_nobody_handles_is_noted_before_it_is_acknowledged(rig: Rig, part: bytes, kind: str) -> None:
    body = b'{"update_id": 78, %s}' % part
    async with rig.running():
        assert [await post(rig, body), await post(rig, body)] == [200, 200]
    [noted] = await rig.rows("select * from webhook_events")
    assert (noted["event_id"], noted["kind"], noted["status"]) == ("78", kind, "ignored")
    assert "Ana" not in str(noted)
    assert await rig.rows(INPUTS) == []


async def test_what_could_not_be_noted_comes_again(rig: Rig) -> None:
    await rig.rows("alter table webhook_events rename to away")
    async with rig.running():
        assert await post(rig, b'{"update_id": 78, "something_new": {}}') == 500


async def test_an_update_that_could_not_be_stored_comes_again(rig: Rig) -> None:
    await rig.refuse_jobs("22000", "57P01")
    async with rig.running():
        await rig.fake.user(7).says("hola")
        await rig.fake.wait_for(lambda: not rig.fake.pending)
    assert rig.fake.webhook_statuses == [500, 500, 200]
    assert [row["text"] for row in await rig.rows(INPUTS)] == ["hola"]


async def test_while_the_channel_does_not_run_nothing_is_taken(rig: WebRig) -> None:
    assert await post(rig, b"{}") == 404
    async with rig.running():
        assert await post(rig, b"{}") == 400
        assert rig.doorway.chat_url() == f"https://t.me/{rig.doorway.username}"
    assert await post(rig, b"{}") == 404


async def test_without_a_web_app_it_says_what_is_needed(rig: WebRig) -> None:
    async with telegram_bot(rig.settings) as bot:
        with pytest.raises(SettingsError, match="WEB: should be true"):
            await run_telegram(rig.telegram(mount=None), bot)


async def test_a_configured_address_is_the_one_that_telegram_is_told(rig: WebRig) -> None:
    told = HttpUrl("https://bot.example/telegram/own-ending")
    rig.settings = rig.settings.model_copy(update={"telegram_webhook_url": told})
    async with rig.running():
        assert rig.fake.webhook["url"] == str(told)


async def test_an_address_that_telegram_does_not_take_is_named(rig: Rig) -> None:
    rig.fake.fail("setWebhook", Fault(status=400, description="Bad Request: bad webhook: HTTPS url must be provided"))
    async with telegram_bot(rig.settings) as bot:
        with pytest.raises(SettingsError, match=r"PUBLIC_URL.*HTTPS"):
            await run_telegram(rig.telegram(), bot)
