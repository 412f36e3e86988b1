"""A human over a weekend, whole: asked for on Saturday, there on Monday, handed back; a hot lead, and nobody at all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from channels.jobs.desk import Desk
from channels.jobs.desk_rounds import make_round
from channels.running import Running, running
from channels.telegram.app import Telegram, run_telegram, telegram_bot
from channels.telegram.pace import Pace
from channels.telegram.typing import telegram_typing
from tests.brendas import MovedClock
from tests.databases import data_folder
from tests.fakes.telegram_server import FakeTelegram
from tests.processes import until, value
from tests.worlds import make_settings

ROSA, ANA = 900, 7
SATURDAY = datetime(2037, 11, 28, 18, 0, tzinfo=UTC)
"""Noon in Mexico City. So far ahead that the queue, which knows the real time only, begins nothing by itself."""
MONDAY = datetime(2037, 11, 30, 15, 0, tzinfo=UTC)
"""Nine o'clock there, when Rosa begins."""
HOURS = """
with rosa as (insert into advisors (name, chat) values ('Rosa', '900') returning id)
insert into advisor_hours (advisor_id, weekday, opens, closes)
select id, weekday, '09:00', '18:00' from rosa, generate_series(1, 5) as weekday
"""


@dataclass
class World:
    """Brenda in Telegram with a clock that a test moves; she is told nothing of ADVISOR_CHAT."""

    fake: FakeTelegram
    parts: Running
    desk: Desk
    clock: MovedClock

    async def hears(self, chat: int, words: str, since: int = 0) -> str:
        """The first text of a chat that holds these words, once it is there."""
        await self.fake.wait_for(lambda: any(words in text for text in self.fake.texts(chat)[since:]))
        return next(text for text in self.fake.texts(chat)[since:] if words in text)

    async def message(self, chat: int, words: str) -> int:
        """The number of the newest message of a chat that holds these words, once the outbox knows it too."""
        await self.hears(chat, words)
        await until(
            self.parts.brenda.pool,
            "select bool_and(status = 'sent') from outbox where chat = %s and strpos(message->>'text', %s) > 0",
            str(chat),
            words,
        )
        return next(sent.message_id for sent in reversed(self.fake.sent) if sent.chat == chat and words in sent.text)

    async def handled(self) -> None:
        """Everything that was said is answered and delivered."""
        await self.fake.wait_for(lambda: not self.fake.pending)
        await until(self.parts.brenda.pool, "select not exists (select from inbox where done_at is null)")
        await until(
            self.parts.brenda.pool,
            "select not exists (select from outbox where channel = 'telegram' and status in ('pending', 'sending'))",
        )


@asynccontextmanager
async def world() -> AsyncIterator[World]:
    clock = MovedClock(SATURDAY)
    async with FakeTelegram() as fake:
        with data_folder() as folder:
            settings = make_settings(
                data_dir=folder, telegram_bot_token=fake.token, telegram_api_url=fake.url, log_level="error"
            )
            async with telegram_bot(settings) as bot, running(settings) as opened, asyncio.TaskGroup() as tasks:
                parts = replace(opened, brenda=replace(opened.brenda, clock=clock))
                async with parts.brenda.pool.connection() as conn:
                    await conn.execute(HOURS)
                channel = Telegram(
                    settings=settings,
                    pool=parts.brenda.pool,
                    prompts=lambda: parts.brenda.prompts.current,
                    key=b"k" * 32,
                    clock=clock,
                    stop=parts.stop,
                    wake=parts.wake,
                    pace=Pace(chat_interval=0, interval=0),
                )
                desk = parts.desk(partial(telegram_typing, bot), quiet=0)
                tasks.create_task(parts.work(desk))
                tasks.create_task(run_telegram(channel, bot))
                await channel.ready.wait()
                yield World(fake, parts, desk, clock)
                parts.stop.set()


async def in_a_talk(world: World) -> None:
    """Ana, from the advertisement to a talk about the course."""
    ana = world.fake.user(ANA)
    await ana.says("Hola #CURSO_IA_PROFESIONALES")
    await world.fake.wait_for(lambda: world.fake.sent and "Acepto" in world.fake.sent[-1].labels)
    await ana.presses("Acepto")
    await world.handled()
    await ana.says("soy Ana")
    await world.hears(ANA, "IA para Profesionales")
    await world.handled()


async def test_asked_for_on_saturday_answered_on_monday_and_handed_back() -> None:
    async with world() as there:
        fake, pool = there.fake, there.parts.brenda.pool
        ana, rosa = fake.user(ANA), fake.user(ROSA, "Rosa")
        await in_a_talk(there)
        since = len(fake.texts(ANA))
        await ana.says("/asesor necesito factura")
        told = await there.hears(ANA, "lunes 30 de noviembre", since)
        assert "09:00" in told
        notice = await there.message(ROSA, "no hay nadie de turno")
        assert "necesito factura" in fake.texts(ROSA)[0]
        assert "Siguiente paso sugerido" in fake.texts(ROSA)[0]
        await ana.says("¿cuánto dura el curso?")
        await there.hears(ANA, "semanas", since)
        await there.handled()

        there.clock.now = MONDAY + timedelta(minutes=5)
        await make_round(there.desk)
        since = len(fake.texts(ANA))
        await rosa.replies("Buenos días Ana, soy Rosa.", notice)
        await there.hears(ANA, "soy Rosa", since)
        announced, words = fake.texts(ANA)[since:]
        assert ("persona" in announced, "Rosa" in announced) == (True, True), "she is told before she reads it"
        assert words == "Rosa, del equipo:\nBuenos días Ana, soy Rosa."
        await there.handled()

        await ana.says("¿Pueden facturar a empresa?")
        forwarded = await there.message(ROSA, "¿Pueden facturar a empresa?")
        await rosa.replies("Sí, claro.", forwarded)
        await there.hears(ANA, "Sí, claro.", since)
        await there.handled()
        assert len(fake.texts(ANA)) == since + 3, "Brenda says nothing meanwhile"

        await rosa.says("/devolver")
        await until(pool, "select stage = 'conversation' from leads where chat = '7'")
        await there.handled()
        back = fake.texts(ANA)[since + 3]
        assert "Brenda" in back
        there.clock.move(hours=5)
        await make_round(there.desk)
        await there.handled()
        assert len(fake.texts(ANA)) == since + 4, "what is over does not come up again"
        since = len(fake.texts(ANA))
        await ana.says("¿cuánto cuesta?")
        await there.hears(ANA, "249", since)


async def test_nobody_comes_on_monday() -> None:
    async with world() as there:
        ana = there.fake.user(ANA)
        await in_a_talk(there)
        await ana.says("/asesor")
        await there.hears(ANA, "lunes 30 de noviembre")
        await there.handled()
        since = len(there.fake.texts(ANA))
        for minutes, heard in ((-60, False), (59, False), (61, True)):
            there.clock.now = MONDAY + timedelta(minutes=minutes)
            await make_round(there.desk)
            await there.handled()
            assert (len(there.fake.texts(ANA)) > since) == heard, minutes
        assert "nadie" in there.fake.texts(ANA)[since]
        assert there.fake.sent[-1].labels == ["Ver la demo"]
        await make_round(there.desk)
        await there.handled()
        assert len(there.fake.texts(ANA)) == since + 1


async def test_a_hot_lead_is_told_of_once_and_taken_by_a_reply() -> None:
    async with world() as there:
        fake, pool = there.fake, there.parts.brenda.pool
        ana, rosa = fake.user(ANA), fake.user(ROSA, "Rosa")
        there.clock.now = MONDAY
        await in_a_talk(there)
        await ana.says("me interesa mucho, quiero inscribirme ya")
        await until(pool, "select exists (select from selections)")
        await there.handled()
        for _ in range(3):
            await make_round(there.desk)
            there.clock.move(minutes=2)
        notice = await there.message(ROSA, "🔥")
        assert len(fake.texts(ROSA)) == 1
        assert await value(pool, "select count(*) from events where kind = 'hot_lead'") == 1
        await rosa.replies("Hola Ana, ¿te ayudo con la inscripción?", notice)
        await there.hears(ANA, "¿te ayudo con la inscripción?")
        await there.handled()
        assert await value(pool, "select stage from leads where chat = '7'") == "handoff"
        there.clock.move(minutes=61)
        await make_round(there.desk)
        await until(pool, "select stage <> 'handoff' from leads where chat = '7'")
        assert await value(pool, "select status from handoffs") == "timed_out", "Rosa fell silent"
