"""The whole spine in Telegram: from the advertisement to the payment link, to a human and back, and out."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from channels.running import Running, running
from channels.telegram.app import Telegram, run_telegram, telegram_bot
from channels.telegram.pace import Pace
from channels.telegram.typing import telegram_typing
from core.domain.clock import system_clock
from core.integrations.links import LinkPurpose
from tests.databases import data_folder
from tests.fakes.telegram_server import FakeTelegram
from tests.processes import until, value
from tests.worlds import make_settings

ADVISOR, ANA = 900, 7


@asynccontextmanager
async def brenda_in(fake: FakeTelegram) -> AsyncIterator[Running]:
    """Brenda, as `bot.py telegram` puts her together, but for Telegram's pace."""
    with data_folder() as folder:
        settings = make_settings(
            data_dir=folder,
            telegram_bot_token=fake.token,
            telegram_api_url=fake.url,
            advisor_chat=str(ADVISOR),
            log_level="error",
        )
        async with telegram_bot(settings) as bot, running(settings) as parts, asyncio.TaskGroup() as tasks:
            channel = Telegram(
                settings=settings,
                pool=parts.brenda.pool,
                prompts=lambda: parts.brenda.prompts.current,
                key=b"k" * 32,
                clock=system_clock,
                stop=parts.stop,
                wake=parts.wake,
                pace=Pace(chat_interval=0, interval=0),
            )
            tasks.create_task(parts.work(parts.desk(partial(telegram_typing, bot), quiet=0)))
            tasks.create_task(run_telegram(channel, bot))
            await channel.ready.wait()
            yield parts
            parts.stop.set()


async def test_from_the_advertisement_to_the_payment_link() -> None:
    async with FakeTelegram() as fake, brenda_in(fake) as parts:
        ana, advisor = fake.user(ANA), fake.user(ADVISOR, "Rosa")

        async def answer(words: str, then: str) -> str:
            """Write, and wait for a new message that matches."""
            seen = len(fake.texts(ANA))
            await ana.says(words)
            await fake.wait_for(lambda: any(re.search(then, text, re.I) for text in fake.texts(ANA)[seen:]))
            return "\n".join(fake.texts(ANA)[seen:])

        await answer("Hola #CURSO_IA_PROFESIONALES #CAMPAÑA_IG_NOVIEMBRE", r"\bIA\b|inteligencia artificial")
        await fake.wait_for(lambda: "Acepto" in fake.sent[-1].labels)
        await ana.presses("Acepto")
        await fake.wait_for(lambda: any("llam" in text for text in fake.texts(ANA)[2:]))
        await answer("soy Ana", "IA para Profesionales")
        await answer("cuanto sale?", "249")
        await answer("uff carísimo, no me alcanza", r"\w")
        await answer("tienen opiniones de alumnos?", "ejemplo")
        await answer("hay algún descuento?", r"199[.,]20")
        demo = await answer("quiero ver una demo", "/demo/")
        payment = await answer("ok, quiero pagar", "/pagar/")
        for purpose, text in ((LinkPurpose.DEMO, demo), (LinkPurpose.PAYMENT, payment)):
            token = re.search(rf"/{purpose}/([\w.-]+\w)", text)
            assert token
            parts.brenda.links.verify(purpose, token[1], 3600)

        await ana.says("/asesor")
        await fake.wait_for(lambda: fake.texts(ADVISOR))
        assert "Ana" in fake.texts(ADVISOR)[0]
        seen = len(fake.texts(ANA))
        await ana.says("¿hay alguien?")
        await fake.wait_for(lambda: any("¿hay alguien?" in text for text in fake.texts(ADVISOR)))
        notice = next(sent for sent in fake.sent if sent.chat == ADVISOR)
        await advisor.replies("Hola Ana, soy Rosa. Dime.", notice.message_id)
        await fake.wait_for(lambda: any("soy Rosa" in text for text in fake.texts(ANA)[seen:]))
        await advisor.says("/devolver")
        await until(parts.brenda.pool, "select stage = 'checkout' from leads")

        await ana.says("/baja")
        await until(parts.brenda.pool, "select stage = 'opted_out' from leads")
        milestones = await value(parts.brenda.pool, "select count(*) from events where kind = any(%s)", MILESTONES)
        assert milestones == len(MILESTONES)


MILESTONES = [
    "initial_contact",
    "privacy_accepted",
    "name_provided",
    "course_presented",
    "ai_engaged",
    "demo_requested",
]
