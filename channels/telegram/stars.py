"""Stars in Telegram: the question before a charge is answered, and what came or went back is passed on.

The question must be answered within ten seconds and is asked once. It is answered in the way of the update, so that a
crash before the answer brings the update again; if Telegram cannot be reached, it charges nothing by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiogram.types import Update

from core.db.pool import Connection, Pool
from core.domain.checkouts import Charge
from core.domain.clock import Clock
from core.prompts.prompt_set import PromptSet
from core.world.stars import Stars, StarsMoney, StarsRefusal

log = structlog.get_logger(__name__)

ANSWER_SECONDS = 3
TRIES = 3


@dataclass(frozen=True, slots=True)
class Question:
    """Telegram asks whether it may charge."""

    query_id: str
    chat: str
    payload: str
    charge: Charge


@dataclass(frozen=True, slots=True)
class Moved:
    """Stars came, or went back."""

    money: StarsMoney
    back: bool


def read_stars(update: Update) -> Question | Moved | None:
    """What an update says of Stars; None when it says nothing of them."""
    if query := update.pre_checkout_query:
        charge = Charge(query.total_amount, query.currency)
        return Question(query.id, str(query.from_user.id), query.invoice_payload, charge)
    message = update.message
    if message is None or message.chat.type != "private":
        return None
    if money := message.successful_payment or message.refunded_payment:
        told = StarsMoney(
            money.invoice_payload, Charge(money.total_amount, money.currency), money.telegram_payment_charge_id
        )
        return Moved(told, back=message.successful_payment is None)
    return None


@dataclass(frozen=True, slots=True)
class StarsCounter:
    """Answers and passes on."""

    bot: Bot
    pool: Pool
    stars: Stars
    prompts: Callable[[], PromptSet]
    clock: Clock

    async def take(self, said: Question | Moved) -> None:
        """Do what an update asks for; whatever the database raises is raised, and the update must come again."""
        async with self.pool.connection() as conn, conn.transaction():
            refusal = await self._settle(conn, said)
        if isinstance(said, Question):
            await self._answer(said.query_id, refusal)

    async def _settle(self, conn: Connection, said: Question | Moved) -> StarsRefusal:
        now = self.clock()
        if isinstance(said, Question):
            return await self.stars.refusal(conn, said.payload, chat=said.chat, charge=said.charge, now=now)
        settle = self.stars.refunded if said.back else self.stars.paid
        await settle(conn, said.money, now)
        return StarsRefusal.NONE

    async def _answer(self, query_id: str, refusal: StarsRefusal) -> None:
        words = self.prompts().render("messages/customer/stars_refused", reason=refusal.value) if refusal else None
        for _ in range(TRIES):
            try:
                await self.bot.answer_pre_checkout_query(
                    query_id, ok=not refusal, error_message=words, request_timeout=ANSWER_SECONDS
                )
            except TelegramBadRequest:
                log.warning("checkout_question_too_old")
                return
            except AiogramError as error:
                log.warning("checkout_question_not_answered", error=type(error).__name__)
            else:
                return
