"""An advisor gives Stars back: asked before, ordered once, carried out by the outbox, told when Telegram confirms."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from core.integrations.stars_cashier import StarsCashier
from core.world.dispatcher import Dispatcher, Lane
from core.world.stars_refunds import StarsRefundDesk
from tests.fakes.telegram_records import Fault
from tests.integration.telegram.conftest import Rig, now
from tests.star_sales import CHAT, Sale, sale_on, selling

ADVISOR = 900
STARS = 16_170
ORDERS = "select * from outbox where channel = 'stars' order by id"


@dataclass
class Counter:
    """A sale, the advisor, and the worker that carries out orders."""

    sale: Sale
    dispatcher: Dispatcher

    @property
    def rig(self) -> Rig:
        return self.sale.rig

    async def hears(self, count: int) -> str:
        """What the advisor read last, when there are so many messages in all."""
        await self.rig.fake.wait_for(lambda: len(self.rig.fake.texts(ADVISOR)) == count)
        return self.rig.fake.texts(ADVISOR)[-1]

    async def says(self, words: str, count: int) -> str:
        await self.rig.fake.user(ADVISOR, "Marta").says(words)
        return await self.hears(count)

    async def presses(self, count: int, query: str = "q1") -> str:
        await self.rig.fake.user(ADVISOR, "Marta").presses("Sí, devolver los Stars", query)
        return await self.hears(count)

    async def orders(self) -> list[dict[str, Any]]:
        return await self.rig.rows(ORDERS)

    def asked(self) -> list[dict[str, Any]]:
        return self.rig.fake.called("refundStarPayment")


@pytest.fixture
async def counter(rig: Rig) -> AsyncIterator[Counter]:
    cashier = StarsCashier(rig.fake.token, rig.fake.url, Decimal(1))
    lane = Lane.of(StarsRefundDesk(rig.pool, cashier, lambda: rig.prompts, now), now)
    async with sale_on(rig) as sale:
        await rig.rows("update leads set name = 'Ana', number = 12 where chat = %s returning 1", str(CHAT))
        yield Counter(sale, Dispatcher(rig.pool, now, (lane,)))


@asynccontextmanager
async def sold(counter: Counter) -> AsyncIterator[None]:
    """Paid; afterwards the advisor is there, who has not heard of it."""
    async with selling(counter.sale):
        await counter.sale.person.pays(counter.sale.payload, STARS)
        await counter.rig.until("select 1 from payments where status = 'paid'")
        await counter.rig.rows("insert into advisors (name, chat) values ('Marta', %s) returning 1", str(ADVISOR))
        yield


async def test_stars_go_back_after_the_question_and_everybody_is_told_when_telegram_confirms(counter: Counter) -> None:
    async with sold(counter):
        question = await counter.says("/reembolsar 12", 1)
        assert "16170 Stars (210.00 USD)" in question
        assert "Ana" in question
        assert await counter.orders() == [], "asking moves no money"
        assert "Pedido: 16170 Stars" in await counter.presses(2)
        assert await counter.rig.rows("select 1 from inbox where input->>'action' = 'refunded'") == []
        await counter.dispatcher.work_off("stars")
        assert counter.asked() == [{"user_id": str(CHAT), "telegram_payment_charge_id": "charge-1"}]
        await counter.sale.person.gets_back(counter.sale.payload, STARS)
        assert "Se reembolsó 210.00 USD a Ana" in await counter.hears(3)
    assert (await counter.sale.payment())["status"] == "refunded"
    actions = await counter.rig.rows("select input->>'action' as action from inbox order by id")
    assert [row["action"] for row in actions] == ["paid", "refunded"]
    [order] = await counter.orders()
    assert (order["status"], order["external_id"], order["lead_id"]) == ("sent", "charge-1", None)


async def test_pressing_twice_is_one_refund(counter: Counter) -> None:
    async with sold(counter):
        await counter.says("/reembolsar_12", 1)
        await counter.presses(2)
        assert "ya está pedida" in await counter.presses(3, "q2")
        assert "ya está pedida" in await counter.says("/reembolsar 12", 4)
        await counter.dispatcher.work_off("stars")
        await counter.dispatcher.work_off("stars")
        assert len(counter.asked()) == 1
        await counter.sale.person.gets_back(counter.sale.payload, STARS)
        await counter.hears(5)
        assert "ya se devolvió" in await counter.presses(6, "q3")
    assert len(await counter.orders()) == 1


async def test_an_answer_that_was_lost_is_asked_again_and_what_went_back_stays_back(counter: Counter) -> None:
    gone = Fault(status=400, description="Bad Request: CHARGE_ALREADY_REFUNDED")
    counter.rig.fake.fail("refundStarPayment", Fault(drop=True), gone)
    async with sold(counter):
        await counter.says("/reembolsar 12", 1)
        await counter.presses(2)
        await counter.dispatcher.work_off("stars")
        [waiting] = await counter.orders()
        assert (waiting["status"], waiting["tries"]) == ("pending", 1)
        await counter.rig.rows("update outbox set lease_until = null where channel = 'stars' returning 1")
        await counter.dispatcher.work_off("stars")
    [order] = await counter.orders()
    assert order["status"] == "sent"


async def test_what_telegram_refuses_is_told_and_can_be_ordered_again(counter: Counter) -> None:
    counter.rig.fake.fail("refundStarPayment", Fault(status=400, description="Bad Request: BALANCE_TOO_LOW"))
    async with sold(counter):
        await counter.says("/reembolsar 12", 1)
        await counter.presses(2)
        await counter.dispatcher.work_off("stars")
        told = await counter.hears(3)
        assert "No se pudo devolver 210.00 USD a Ana" in told
        assert "BALANCE_TOO_LOW" in told
        [failed] = await counter.orders()
        assert failed["status"] == "failed"
        assert "Pedido" in await counter.presses(4, "q2")
        await counter.dispatcher.work_off("stars")
    [order] = await counter.orders()
    assert (order["status"], len(counter.asked())) == ("sent", 2)
    assert await counter.rig.rows("select 1 from inbox where input->>'action' = 'refunded'") == []


async def test_an_order_outlives_the_erasure_of_the_person(counter: Counter) -> None:
    async with sold(counter):
        await counter.says("/reembolsar 12", 1)
        await counter.presses(2)
        await counter.rig.rows("delete from outbox where lead_id is not null returning 1")
        await counter.rig.rows("update payments set lead_id = null returning 1")
        await counter.rig.rows("delete from leads returning 1")
        await counter.dispatcher.work_off("stars")
    assert counter.asked() == [{"user_id": str(CHAT), "telegram_payment_charge_id": "charge-1"}]


async def test_what_cannot_go_back_is_explained(counter: Counter) -> None:
    await counter.rig.rows("insert into advisors (name, chat) values ('Marta', %s) returning 1", str(ADVISOR))
    async with selling(counter.sale):
        assert "no ha pagado con Stars" in await counter.says("/reembolsar 12", 1)
        assert "99" in await counter.says("/reembolsar 99", 2)
        assert "/lead 12" in await counter.says("/reembolsar", 3)
        assert "/lead 12" in await counter.says("/reembolsar 1'; drop table payments", 4)
        paid = "update payments set status = 'paid', paid_at = now(), provider = 'stripe', provider_reference = 'pi_1'"
        await counter.rig.rows(f"{paid} returning 1")
        assert "no fue con Stars" in await counter.says("/reembolsar 12", 5)
        assert "no ha pagado" in await counter.says("/refund nothing", 6)
    assert await counter.orders() == []


async def test_nobody_else_may_give_back(counter: Counter) -> None:
    async with sold(counter):
        await counter.rig.fake.user(CHAT).says("/reembolsar 12")
        await counter.rig.fake.user(8, "Eva").presses_data(counter.rig.signer.pack("900", "desk.refund.x"), 5, "q1")
        await counter.rig.until("select 1 from inbox where input->>'action' = 'stale'")
    assert await counter.orders() == []
    assert counter.rig.fake.texts(ADVISOR) == []
