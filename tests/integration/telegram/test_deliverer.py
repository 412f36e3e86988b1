"""Delivering: in order, at Telegram's pace, at most once more than known, and nothing for those who left."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import psycopg
import pytest
from psycopg import sql

from channels.telegram.pace import Pace
from core.domain.messages import Button, Outgoing
from tests.brendas import MovedClock
from tests.fakes.telegram_records import Fault
from tests.integration.telegram.conftest import Rig, now

STATUS = "select status, error, attempts from outbox order by id"


def texts(*words: str) -> list[Outgoing]:
    return [Outgoing(text=word) for word in words]


async def statuses(rig: Rig) -> list[str]:
    return [row["status"] for row in await rig.rows(STATUS)]


async def settled(rig: Rig) -> None:
    """Every row has reached its end."""
    await rig.until(
        """
        select 1 where not exists
            (select 1 from outbox where status in ('pending', 'sending') and not_before <= now())
        """
    )


async def test_each_chat_gets_its_messages_in_order(rig: Rig) -> None:
    for chat in (7, 8, 9):
        await rig.say(chat, *texts("uno", "dos", "tres"))
    async with rig.running():
        await settled(rig)
    for chat in (7, 8, 9):
        assert rig.fake.texts(chat) == ["uno", "dos", "tres"]
    ids = {str(sent.message_id) for sent in rig.fake.sent}
    assert {row["external_id"] for row in await rig.rows("select external_id from outbox")} == ids


async def test_a_wake_delivers_at_once_and_without_one_the_outbox_is_looked_at_anyway(rig: Rig) -> None:
    async with rig.running() as telegram:
        await rig.say(7, *texts("con aviso"))
        telegram.wake.set()
        await rig.fake.wait_for(lambda: rig.fake.texts(7))
        await rig.say(7, *texts("sin aviso"), turn="other")
        await rig.fake.wait_for(lambda: len(rig.fake.texts(7)) == 2)


async def test_what_is_due_later_waits_and_holds_nobody_up(rig: Rig) -> None:
    await rig.say(7, *texts("mañana"), turn="later", not_before=now() + timedelta(hours=1))
    await rig.say(7, *texts("ahora"))
    async with rig.running():
        await settled(rig)
    assert rig.fake.texts(7) == ["ahora"]
    assert await statuses(rig) == ["pending", "sent"]


@dataclass
class NotingPace(Pace):
    """The real pace. `opened`: when it was asked first; `begun`: which chat might be sent something, and when; both
    in seconds, as the pace itself reads them.
    """

    opened: float = 0.0
    begun: list[tuple[str, float]] = field(default_factory=list)

    async def wait(self, chat: str) -> None:
        self.opened = self.opened or self.seconds()
        await super().wait(chat)
        self.begun.append((chat, self._chats[chat] - self.chat_interval))


async def test_every_send_keeps_the_real_pace(rig: Rig) -> None:
    """A send may come late on a machine that is slow; none comes early."""
    pace = NotingPace()
    for chat in range(1, 41):
        await rig.say(chat, *texts("uno", "dos"))
    async with rig.running(pace=pace):
        await settled(rig)
    assert len(rig.fake.sent) == len(rig.fake.called("sendMessage")) == len(pace.begun) == 80
    moments, rounding = sorted(moment for _, moment in pace.begun), 1e-6
    assert all(moment - pace.opened >= place * pace.interval - rounding for place, moment in enumerate(moments))
    first, second = dict(reversed(pace.begun)), dict(pace.begun)
    assert all(second[chat] - first[chat] >= pace.chat_interval - rounding for chat in first)


async def test_a_chat_told_to_wait_gets_its_messages_later_in_order_while_others_go_on(rig: Rig) -> None:
    clock = MovedClock(now() + timedelta(hours=1))
    pace = Pace(lambda: clock().timestamp(), clock.sleep, chat_interval=0, interval=0)
    rig.fake.fail("sendMessage", Fault(status=429, description="Too Many Requests: retry after 600", retry_after=600))
    await rig.say(7, *texts("uno", "dos"))
    async with rig.running(clock=clock, pace=pace) as telegram:
        await rig.until("select 1 from outbox where lease_until is not null and status = 'pending'")
        await rig.say(8, *texts("hola"))
        telegram.wake.set()
        await rig.until("select 1 from outbox where chat = '8' and status = 'sent'")
        clock.move(seconds=600)
        telegram.wake.set()
        await rig.until("select 1 from outbox having bool_and(status = 'sent')")
    assert (rig.fake.texts(7), rig.fake.texts(8)) == (["uno", "dos"], ["hola"])
    assert [sent.text for sent in rig.fake.sent] == ["hola", "uno", "dos"]
    assert {row["attempts"] for row in await rig.rows(STATUS)} == {1}


async def test_whoever_blocked_the_bot_is_marked_and_left_alone(rig: Rig) -> None:
    lead = await rig.lead(7)
    await rig.rows(
        "insert into follow_ups (lead_id, turn_id, kind, due_at, key) "
        "values (%s, 't', 'asked', now(), 'k') returning id",
        lead,
    )
    rig.fake.blocked.add(7)
    await rig.say(7, *texts("uno", "dos"), lead_id=lead)
    async with rig.running():
        await settled(rig)
    assert len(rig.fake.called("sendMessage")) == 1
    assert await statuses(rig) == ["failed", "failed"]
    rows = await rig.rows("select blocked_at, status, reason from leads join follow_ups on lead_id = leads.id")
    assert rows[0]["blocked_at"] is not None
    assert (rows[0]["status"], rows[0]["reason"]) == ("cancelled", "blocked")


@pytest.mark.parametrize("state", ["deactivated", "unknown"])
async def test_whoever_is_gone_is_like_one_who_blocked(rig: Rig, state: str) -> None:
    await rig.lead(7)
    getattr(rig.fake, state).add(7)
    await rig.say(7, *texts("uno", "dos"))
    await rig.say(8, *texts("hola"))
    async with rig.running():
        await settled(rig)
    assert await rig.rows("select 1 from leads where blocked_at is not null")
    assert await statuses(rig) == ["failed", "failed", "sent"]


async def test_after_an_unclear_send_it_is_sent_at_most_once_more(rig: Rig) -> None:
    lost = Fault(accept=True, drop=True)
    rig.fake.fail("sendMessage", lost, lost)
    await rig.say(7, *texts("uno", "dos"))
    async with rig.running():
        await settled(rig)
    assert rig.fake.texts(7) == ["uno", "uno", "dos"]
    assert await statuses(rig) == ["failed", "sent"]


@pytest.mark.parametrize("body", [None, "<html>Bad Gateway</html>"])
async def test_a_gateway_that_gives_up_is_unclear(rig: Rig, body: str | None) -> None:
    rig.fake.fail("sendMessage", Fault(status=502, description="Bad Gateway", body=body))
    await rig.say(7, *texts("uno"))
    async with rig.running():
        await settled(rig)
    assert (rig.fake.texts(7), [row["attempts"] for row in await rig.rows(STATUS)]) == (["uno"], [2])


async def test_a_definite_failure_is_tried_again_as_often_as_it_takes(rig: Rig) -> None:
    rig.fake.fail("sendMessage", *[Fault(status=500)] * 2)
    await rig.say(7, *texts("uno"))
    async with rig.running():
        await settled(rig)
    assert (rig.fake.texts(7), await statuses(rig)) == (["uno"], ["sent"])
    assert len(rig.fake.called("sendMessage")) == 3


async def test_what_a_crash_left_in_mid_send_is_sent_once_more_and_never_a_third_time(rig: Rig) -> None:
    await rig.say(7, *texts("uno", "dos"))
    crashed = """
        update outbox set status = 'sending', attempts = %s, lease_until = now() + interval '1 hour'
        where id = %s returning id
    """
    first, second = [row["id"] for row in await rig.rows("select id from outbox order by id")]
    await rig.rows(crashed, 1, first)
    await rig.rows(crashed, 2, second)
    async with rig.running():
        await settled(rig)
    assert rig.fake.texts(7) == ["uno"]
    assert await statuses(rig) == ["sent", "failed"]


async def test_a_message_of_several_parts_goes_on_where_it_stopped(rig: Rig) -> None:
    buttons = (Button(label="Sí", action="consent.accept"),)
    await rig.say(7, Outgoing(text="\n\n".join("abc"[n] * 4_000 for n in range(3)), buttons=buttons))
    rig.fake.fail("sendMessage", Fault(), Fault(accept=True, drop=True))
    async with rig.running():
        await settled(rig)
    assert [text[0] for text in rig.fake.texts(7)] == ["a", "b", "b", "c"]
    assert [sent.labels for sent in rig.fake.sent] == [[], [], [], ["Sí"]]


async def test_refused_markup_goes_as_plain_text(rig: Rig) -> None:
    rig.fake.fail(
        "sendMessage", Fault(status=400, description="Bad Request: can't parse entities: Unsupported start tag")
    )
    await rig.say(7, Outgoing(text="**Precio** < 300"))
    async with rig.running():
        await settled(rig)
    assert rig.fake.texts(7) == ["Precio < 300"]
    assert "parse_mode" not in rig.fake.sent[0].fields


async def test_a_refused_link_button_becomes_a_line_of_text(rig: Rig) -> None:
    buttons = (Button(label="Pagar", url="http://localhost/pagar"), Button(label="No", action="ask.no"))
    await rig.say(7, Outgoing(text="Aquí:", buttons=buttons))
    async with rig.running():
        await settled(rig)
    assert rig.fake.texts(7) == ["Aquí:\nPagar: http://localhost/pagar"]
    assert rig.fake.sent[0].labels == ["No"]


async def test_what_can_never_be_sent_fails_alone(rig: Rig) -> None:
    await rig.say(7, Outgoing(text=" "), Outgoing(text="\u200b"), Outgoing(text="hola"))
    rig.fake.fail("sendMessage", Fault(status=400, description="Bad Request: message text is empty"))
    async with rig.running():
        await settled(rig)
    assert (rig.fake.texts(7), await statuses(rig)) == (["hola"], ["failed", "failed", "sent"])


async def test_no_preview_and_no_tag_of_anybody_gets_through(rig: Rig) -> None:
    await rig.say(7, Outgoing(text='<a href="https://evil.example">clic</a> & *bien*'))
    async with rig.running():
        await settled(rig)
    assert rig.fake.texts(7) == ['<a href="https://evil.example">clic</a> & bien']
    assert rig.fake.sent[0].fields["link_preview_options"] == '{"is_disabled": true}'


async def test_an_outage_of_the_database_repeats_nothing(rig: Rig) -> None:
    rig.pool.timeout = 0.3
    rows = await rig.rows("select current_database() as name")
    name = sql.Identifier(rows[0]["name"])
    rig.fake.fail("sendMessage", Fault(delay=0.5))
    await rig.say(7, *texts("uno", "dos"))
    async with (
        await psycopg.AsyncConnection.connect(str(rig.pool.conninfo), dbname="postgres", autocommit=True) as admin,
        rig.running(),
    ):
        await rig.fake.wait_for(lambda: rig.fake.called("sendMessage"))
        await admin.execute(sql.SQL("alter database {} allow_connections false").format(name))
        await admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [rows[0]["name"]]
        )
        await asyncio.sleep(1.5)
        await admin.execute(sql.SQL("alter database {} allow_connections true").format(name))
        await rig.fake.wait_for(lambda: len(rig.fake.sent) == 2)
        rig.pool.timeout = 15
        await settled(rig)
    assert rig.fake.texts(7) == ["uno", "dos"]


async def test_a_stop_finishes_what_is_under_way_and_leaves_the_rest(rig: Rig) -> None:
    rig.fake.fail("sendMessage", Fault(delay=0.3))
    await rig.say(7, *texts("uno", "dos"))
    async with rig.running():
        await rig.fake.wait_for(lambda: rig.fake.called("sendMessage"))
    assert await statuses(rig) == ["sent", "pending"]
    async with rig.running():
        await settled(rig)
    assert rig.fake.texts(7) == ["uno", "dos"]
