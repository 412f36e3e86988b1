"""Polling: nothing lost, nothing twice, in order."""

import asyncio
from typing import Any

import psycopg
import pytest
from psycopg import sql

from channels.telegram.app import run_telegram, telegram_bot
from core.errors import ChannelBusyError, SettingsError
from tests.fakes.telegram_records import Fault
from tests.integration.telegram.conftest import Rig

GONE, OURS = "57P01", "22000"
"""SQL states: the server ends the session, and a fault of ours."""
NOTED = "select * from webhook_events order by id"
REFUSING_NOTES = """
do $do$ begin
    create sequence note_refusals;
    create function refuse_notes() returns trigger language plpgsql as $$
    begin
        if nextval('note_refusals') = 1 then
            raise exception 'refused' using errcode = '57P01';
        end if;
        return new;
    end $$;
    create trigger refuse_notes before insert on webhook_events for each row execute function refuse_notes();
end $do$
"""
"""A sequence is not rolled back, so the first note is refused, as by a server that goes away, and no other."""
TEXTS = "select input->>'text' as text, update_id from inbox order by id"


async def test_updates_are_stored_once_in_order_and_each_asks_for_a_turn(rig: Rig) -> None:
    ana, luis = rig.fake.user(7), rig.fake.user(8, "Luis")
    said = []
    for number in range(30):
        await (ana if number % 3 else luis).says(f"mensaje {number}")
        said.append(f"mensaje {number}")
    await rig.fake.push_raw(rig.fake.pending[3])
    async with rig.running():
        await rig.until("select 1 from inbox where input->>'text' = 'mensaje 29'")
        await rig.fake.wait_for(lambda: not rig.fake.pending)
    assert [row["text"] for row in await rig.rows(TEXTS)] == said
    assert len(await rig.queued()) == 30
    assert set(await rig.queued()) == {("telegram", "7"), ("telegram", "8")}


async def test_an_update_that_comes_again_after_a_restart_is_one_input(rig: Rig) -> None:
    await rig.fake.user(7).says("hola")
    again = rig.fake.pending[0]
    async with rig.running():
        await rig.fake.wait_for(lambda: not rig.fake.pending)
    await rig.fake.push_raw(again)
    await rig.fake.user(7).says("¿hay alguien?")
    async with rig.running():
        await rig.fake.wait_for(lambda: not rig.fake.pending)
    assert [row["text"] for row in await rig.rows(TEXTS)] == ["hola", "¿hay alguien?"]
    assert len(await rig.queued()) == 2


async def test_the_input_and_its_turn_are_stored_together_or_not_at_all(rig: Rig) -> None:
    await rig.refuse_jobs(GONE)
    await rig.fake.user(7).says("hola")
    async with rig.running():
        await rig.fake.wait_for(lambda: not rig.fake.pending)
    assert await rig.rows("select last_value from refusals") == [{"last_value": 2}]
    assert [row["text"] for row in await rig.rows(TEXTS)] == ["hola"]
    assert await rig.queued() == [("telegram", "7")]


async def test_while_the_database_is_away_nothing_is_acknowledged_and_nothing_is_lost(rig: Rig) -> None:
    rig.pool.timeout = 0.3
    rows = await rig.rows("select current_database() as name")
    name = sql.Identifier(rows[0]["name"])
    async with (
        rig.running(),
        await psycopg.AsyncConnection.connect(str(rig.pool.conninfo), dbname="postgres", autocommit=True) as admin,
    ):
        await admin.execute(sql.SQL("alter database {} allow_connections false").format(name))
        await admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [rows[0]["name"]]
        )
        for number in range(3):
            await rig.fake.user(7).says(f"mensaje {number}")
        polls = len(rig.fake.called("getUpdates"))
        await asyncio.sleep(1)
        assert len(rig.fake.pending) == 3
        assert len(rig.fake.called("getUpdates")) <= polls + 1
        await admin.execute(sql.SQL("alter database {} allow_connections true").format(name))
        await rig.fake.wait_for(lambda: not rig.fake.pending)
    assert [row["text"] for row in await rig.rows(TEXTS)] == ["mensaje 0", "mensaje 1", "mensaje 2"]


async def test_telegram_away_or_stammering_is_waited_out(rig: Rig) -> None:
    rig.fake.fail("getMe", Fault(drop=True), Fault(status=502, body="<html>Bad Gateway</html>"))
    rig.fake.fail("getUpdates", Fault(drop=True), Fault(body="not json"), Fault(status=429, retry_after=1))
    await rig.fake.user(7).says("hola")
    async with rig.running():
        await rig.fake.wait_for(lambda: not rig.fake.pending)
    assert [row["text"] for row in await rig.rows(TEXTS)] == ["hola"]


async def test_an_unreadable_update_holds_nobody_up(rig: Rig) -> None:
    await rig.fake.user(7).says("antes")
    await rig.fake.push("message", {"message_id": "broken", "chat": 5})
    await rig.fake.user(7).says("después")
    await rig.fake.push("message", {"message_id": "broken"})
    async with rig.running():
        await rig.fake.wait_for(lambda: not rig.fake.pending)
    assert [row["text"] for row in await rig.rows(TEXTS)] == ["antes", "después"]
    noted = await rig.rows(NOTED)
    assert [(row["kind"], row["status"]) for row in noted] == [("unreadable", "ignored")] * 2
    assert "message.message_id" in noted[0]["error"]


async def test_what_nobody_handles_is_noted_by_its_kind_and_ignored(rig: Rig) -> None:
    unknown = await rig.fake.push("something_new", {"text": "soy Ana"})
    chat = {"id": 7, "type": "private"}
    await rig.fake.push("message", {"message_id": 1, "date": 1, "chat": chat, "delete_chat_photo": True})
    await rig.fake.push(
        "message_reaction", {"chat": chat, "message_id": 1, "date": 1, "old_reaction": [], "new_reaction": []}
    )
    await rig.fake.user(7, group=-100500).says("hola a todos")
    await rig.fake.push_raw(rig.fake.pending[0])
    await rig.fake.user(7).says("hola")
    async with rig.running():
        await rig.fake.wait_for(lambda: not rig.fake.pending)
    noted = await rig.rows(NOTED)
    kinds = ["something_new", "message.delete_chat_photo", "message_reaction", "message.text"]
    assert [row["kind"] for row in noted] == kinds
    assert noted[0]["event_id"] == str(unknown)
    assert {(row["provider"], row["status"], str(row["payload"])) for row in noted} == {("telegram", "ignored", "{}")}
    assert [row["text"] for row in await rig.rows(TEXTS)] == ["hola"]


async def test_what_cannot_even_be_noted_waits_for_the_database(rig: Rig) -> None:
    await rig.rows(REFUSING_NOTES)
    await rig.fake.push("something_new", {})
    async with rig.running():
        await rig.fake.wait_for(lambda: not rig.fake.pending)
    assert [row["kind"] for row in await rig.rows(NOTED)] == ["something_new"]
    assert await rig.rows("select last_value from note_refusals") == [{"last_value": 2}]


async def test_an_update_that_can_never_be_stored_holds_nobody_up(rig: Rig) -> None:
    await rig.refuse_jobs(*[OURS] * 20, chat="7")
    await rig.fake.user(7).says("imposible")
    await rig.fake.user(8).says("hola")
    async with rig.running():
        await rig.fake.wait_for(lambda: not rig.fake.pending)
    assert [row["text"] for row in await rig.rows(TEXTS)] == ["hola"]
    assert [row["error"] for row in await rig.rows(NOTED)] == ["it could not be stored"]


async def test_what_postgres_refuses_arrives_without_it(rig: Rig) -> None:
    await rig.fake.user(7).says("ho\x00la \ud83d '; drop table inbox; --")
    async with rig.running():
        await rig.fake.wait_for(lambda: not rig.fake.pending)
    assert [row["text"] for row in await rig.rows(TEXTS)] == ["hola \ufffd '; drop table inbox; --"]


async def test_a_second_poller_on_the_same_database_gets_a_clear_message(rig: Rig) -> None:
    async with rig.running():
        with pytest.raises(ChannelBusyError, match=r"Process \d+ on .* is polling Telegram"):
            async with rig.running():
                pytest.fail("it started")
        await rig.fake.user(7).says("hola")
        await rig.until("select 1 from inbox")


async def test_a_second_poller_elsewhere_gets_the_same_message(rig: Rig) -> None:
    conflict = Fault(status=409, description="Conflict: terminated by other getUpdates request")
    rig.fake.fail("getUpdates", *[conflict] * 3)
    async with telegram_bot(rig.settings) as bot:
        with pytest.raises(ChannelBusyError, match="Another process is polling Telegram"):
            await run_telegram(rig.telegram(), bot)
    assert await rig.rows("select 1 from leases") == []


async def test_one_conflict_is_the_last_breath_of_a_predecessor(rig: Rig) -> None:
    rig.fake.fail("getUpdates", Fault(status=409, description="Conflict: terminated by other getUpdates request"))
    await rig.fake.user(7).says("hola")
    async with rig.running():
        await rig.fake.wait_for(lambda: not rig.fake.pending)
    assert len(await rig.rows(TEXTS)) == 1


async def test_a_webhook_that_was_set_before_is_removed(rig: Rig) -> None:
    rig.fake.webhook = {"url": "https://old.example"}
    await rig.fake.user(7).says("hola")
    async with rig.running():
        await rig.fake.wait_for(lambda: not rig.fake.pending)
    assert rig.fake.webhook == {}


@pytest.mark.parametrize("when", ["getMe", "getUpdates"])
async def test_a_wrong_token_is_named(rig: Rig, when: str) -> None:
    rig.fake.fail(when, Fault(status=401, description="Unauthorized"))
    telegram: Any = rig.telegram()
    async with telegram_bot(rig.settings) as bot:
        with pytest.raises(SettingsError, match="TELEGRAM_BOT_TOKEN"):
            await run_telegram(telegram, bot)
