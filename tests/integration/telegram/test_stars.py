"""Telegram Stars from the tool's invoice to the purchase, against a fake Bot API and a real database."""

from collections.abc import AsyncIterator

import pytest

from core.domain.people import Lead
from tests.fakes.telegram_records import Fault
from tests.integration.telegram.conftest import Rig
from tests.star_sales import Sale, sale_on, selling, star_invoice, star_lead
from tests.worlds import make_course


@pytest.fixture
async def sale(rig: Rig) -> AsyncIterator[Sale]:
    async with sale_on(rig) as made:
        yield made


async def test_the_tool_gives_an_invoice_over_whole_stars(sale: Sale) -> None:
    [button] = sale.result.buttons
    facts = {fact.key: (fact.value, fact.unit) for fact in sale.result.facts}
    assert button.url == facts["payment.link"][0] == "https://t.me/$invoice1"
    assert facts["payment.stars"] == ("16170", "Stars")
    assert facts["payment.amount"] == ("210.00", "USD")
    assert sale.payload == f"{(await sale.payment())['id']}:1"


async def test_a_turn_that_is_run_again_sends_the_same_invoice(sale: Sale) -> None:
    [row] = await sale.rig.rows("select * from leads where chat = '7'")
    again = await star_invoice(sale.rig, Lead.model_validate({**row, "blocked": False}))
    assert (again.buttons, len(sale.rig.fake.invoices)) == (sale.result.buttons, 1)


async def test_while_telegram_gives_no_invoice_the_page_is_the_way(rig: Rig) -> None:
    lead = await star_lead(rig, await make_course(rig.pool))
    rig.fake.fail("createInvoiceLink", Fault(status=500))
    [button] = (await star_invoice(rig, lead)).buttons
    assert "/pagar/" in button.url


async def test_a_purchase_in_stars(sale: Sale) -> None:
    async with selling(sale):
        assert await sale.asks() == ""
        await sale.person.pays(sale.payload, 16_170)
        await sale.rig.until("select 1 from payments where status = 'paid'")
    payment = await sale.payment()
    assert (payment["provider"], payment["provider_reference"]) == ("stars", "charge-1")
    inputs = await sale.rig.rows("select input->>'kind' as kind, input->>'action' as action from inbox")
    assert inputs == [{"kind": "payment", "action": "paid"}]
    assert [row["status"] for row in await sale.rig.rows("select status from offer_claims")] == ["paid"]


async def test_the_same_update_twice_is_one_purchase_and_stars_go_back(sale: Sale) -> None:
    async with selling(sale):
        await sale.person.pays(sale.payload, 16_170)
        await sale.person.pays(sale.payload, 16_170)
        await sale.person.gets_back(sale.payload, 16_170)
        await sale.rig.until("select 1 from payments where status = 'refunded'")
    kinds = await sale.rig.rows("select kind from events order by kind")
    assert [row["kind"] for row in kinds] == ["purchase_completed", "purchase_refunded"]
    actions = await sale.rig.rows("select input->>'action' as action from inbox order by id")
    assert [row["action"] for row in actions] == ["paid", "refunded"]


async def test_what_must_not_be_charged_is_refused_with_its_reason(sale: Sale) -> None:
    async with selling(sale):
        assert "otra conversación" in await sale.asks(person=sale.rig.fake.user(8))
        assert "otra conversación" in await sale.asks(payload="opaque")
        assert "otra conversación" in await sale.asks(payload="6b6f0c0e-0000-4000-8000-000000000001:1")
        assert "cambió" in await sale.asks(stars=1)
        await sale.rig.rows("update courses set price = 400 returning 1")
        assert "cambió" in await sale.asks()
        await sale.rig.rows("update courses set price = 300 returning 1")
        assert await sale.asks() == ""
        await sale.rig.rows("update offers set ends_at = now() returning 1")
        assert "cambió" in await sale.asks()
        await sale.rig.rows("update courses set is_active = false returning 1")
        assert "venció" in await sale.asks()
        await sale.rig.rows("update courses set is_active = true returning 1")
        await sale.rig.rows("update checkouts set opened_at = now() - interval '2 d', expires_at = now() returning 1")
        assert "venció" in await sale.asks()


async def test_an_invoice_that_was_passed_on_after_it_was_paid(sale: Sale) -> None:
    async with selling(sale):
        await sale.person.pays(sale.payload, 16_170)
        await sale.rig.until("select 1 from payments where status = 'paid'")
        assert "ya está hecho" in await sale.asks()


async def test_stars_that_were_never_asked_for_are_told_to_the_advisors(sale: Sale) -> None:
    await sale.rig.rows("insert into advisors (name, chat) values ('Rosa', '900') returning 1")
    async with selling(sale):
        await sale.person.pays(sale.payload, 1)
        await sale.rig.fake.wait_for(lambda: sale.rig.fake.texts(900))
    assert "No se dio por pagado" in sale.rig.fake.texts(900)[0]
    assert (await sale.payment())["status"] == "pending"


async def test_the_question_is_answered_though_telegram_stumbles(sale: Sale) -> None:
    sale.rig.fake.fail("answerPreCheckoutQuery", Fault(status=500), Fault(drop=True))
    async with selling(sale):
        await sale.person.is_about_to_pay(sale.payload, 16_170)
        answers = await sale.answers(3)
        await sale.person.is_about_to_pay(sale.payload, 16_170, "old-query")
        await sale.answers(4)
    assert {answer["ok"] for answer in answers} == {"true"}
