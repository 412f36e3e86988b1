"""SendGrid's mail endpoint, as a real server: what goes over the wire, and what each failure is."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from core.domain.mail import Mail
from core.errors import ServiceError, ServiceRejectedError, ServiceUnavailableError, ServiceUnclearError
from core.integrations.sendgrid import SendGrid
from tests.fakes.sendgrid_server import KEY, FakeSendGrid, Trouble, limited

URL = "https://brenda.example/correo/abc"


@pytest.fixture
async def fake() -> AsyncIterator[FakeSendGrid]:
    async with FakeSendGrid() as server:
        yield server


@asynccontextmanager
async def account(url: str, key: str = KEY) -> AsyncIterator[SendGrid]:
    sendgrid = SendGrid(key, url, "hola@academia.example", "Academia", "equipo@academia.example")
    try:
        yield sendgrid
    finally:
        await sendgrid.aclose()


def mail(to: str = "ana@correo.example", unsubscribe: str | None = URL) -> Mail:
    return Mail(
        to=to,
        name="Ana Ñandú",
        subject="Tu curso",
        text="Hola, ¿qué tal?",
        html="<p>Hola</p>",
        template="welcome/hello",
        marketing=unsubscribe is not None,
        unsubscribe_url=unsubscribe,
    )


async def test_an_e_mail_goes_with_its_identity_its_reference_and_its_way_out(fake: FakeSendGrid) -> None:
    async with account(fake.url) as sendgrid:
        assert (await sendgrid.send(mail(), "12")).startswith("message")
    [sent] = fake.mails
    assert sent["personalizations"] == [
        {"to": [{"email": "ana@correo.example", "name": "Ana Ñandú"}], "custom_args": {"outbox": "12"}}
    ]
    assert sent["from"] == {"email": "hola@academia.example", "name": "Academia"}
    assert sent["reply_to"] == {"email": "equipo@academia.example"}
    assert sent["headers"] == {"List-Unsubscribe": f"<{URL}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    assert "tracking_settings" not in sent


async def test_a_receipt_has_no_list_to_leave_and_is_not_tracked(fake: FakeSendGrid) -> None:
    async with account(fake.url) as sendgrid:
        await sendgrid.send(mail(unsubscribe=None), "12")
    [sent] = fake.mails
    assert "headers" not in sent
    assert sent["tracking_settings"] == {"click_tracking": {"enable": False}, "open_tracking": {"enable": False}}


@pytest.mark.parametrize(
    ("trouble", "kind", "asked"),
    [
        (limited(retry_after="12"), ServiceUnavailableError, 12.0),
        (limited(), ServiceUnavailableError, 10.0),
        (Trouble(500, b"<html>"), ServiceUnavailableError, None),
        (Trouble(503, b"", {"Retry-After": "40"}), ServiceUnavailableError, 40.0),
        (Trouble(drop=True), ServiceUnclearError, None),
        (Trouble(drop=True, after=True), ServiceUnclearError, None),
        (Trouble(301, b"", {"Location": "http://127.0.0.1:1"}), ServiceRejectedError, None),
        (Trouble(403, b'{"errors": []}'), ServiceRejectedError, None),
        (Trouble(400, b"\xff"), ServiceRejectedError, None),
        (Trouble(200, b"{}"), ServiceRejectedError, None),
    ],
)
async def test_each_failure_is_what_it_is(
    fake: FakeSendGrid, trouble: Trouble, kind: type[ServiceError], asked: float | None
) -> None:
    fake.troubles = [trouble]
    async with account(fake.url) as sendgrid:
        with pytest.raises(kind) as raised:
            await sendgrid.send(mail(), "12")
        assert getattr(raised.value, "retry_after", None) == asked
        assert "ana@" not in str(raised.value)
        await sendgrid.send(mail(), "12")


async def test_a_limit_that_names_its_end_is_waited_for(fake: FakeSendGrid) -> None:
    fake.troubles = [limited(reset=int(time.time()) + 600)]
    async with account(fake.url) as sendgrid:
        with pytest.raises(ServiceUnavailableError) as raised:
            await sendgrid.send(mail(), "12")
    assert raised.value.retry_after is not None
    assert 500 < raised.value.retry_after <= 601


async def test_a_refusal_names_the_field_and_never_the_address(fake: FakeSendGrid) -> None:
    async with account(fake.url) as sendgrid:
        with pytest.raises(ServiceRejectedError, match=r"personalizations\.0\.to\.0\.email") as raised:
            await sendgrid.send(mail(to="ana@correo"), "12")
    assert not raised.value.lasting
    assert "ana" not in str(raised.value)


async def test_a_key_that_is_not_accepted_concerns_every_e_mail(fake: FakeSendGrid) -> None:
    async with account(fake.url, "SG.other") as sendgrid:
        with pytest.raises(ServiceRejectedError, match="SENDGRID_API_KEY") as raised:
            await sendgrid.send(mail(), "12")
    assert raised.value.lasting


async def test_nobody_there_means_that_nothing_was_sent() -> None:
    async with FakeSendGrid() as fake:
        url = fake.url
    async with account(url) as sendgrid:
        with pytest.raises(ServiceUnavailableError):
            await sendgrid.send(mail(), "12")
