"""What Brenda says of a payment: it rests on the payment's row as it is now, and moves the stage by it."""

from dataclasses import replace

import pytest

from core.domain.checkouts import Checkout
from core.domain.funnel import Stage
from core.domain.messages import Input, InputKind
from core.domain.turn import TurnResult
from core.integrations.queue import Queue
from core.integrations.sandbox_cashier import SandboxCashier
from tests.brendas import Talk, texts
from tests.shops import Shop


@pytest.fixture
def shop(talk: Talk, queue: Queue) -> Shop:
    """A till beside the talk, on the same clock."""
    return Shop(talk.brenda.pool, queue, talk.clock, SandboxCashier())


async def _begun(talk: Talk, shop: Shop) -> Checkout:
    """The person has asked for a link in the chat, and begun to pay."""
    await talk.reaches(Stage.CHECKOUT)
    [row] = await talk.query("select id from payments where lead_id = %s", (await talk.lead())["id"])
    return await shop.begun(await shop.payment(row["id"]))


async def _hears(talk: Talk, checkout: Checkout, action: str) -> TurnResult:
    return await talk.gives(Input(kind=InputKind.PAYMENT, action=action, data={"payment": str(checkout.payment_id)}))


def _links(result: TurnResult) -> list[str]:
    return [button.url for message in result.outgoing for button in message.buttons if button.url]


async def test_thanks_name_what_was_paid_and_how_it_goes_on(talk: Talk, shop: Shop) -> None:
    checkout = await _begun(talk, shop)
    await shop.pays(checkout)
    result = await _hears(talk, checkout, "paid")
    assert result.stage is Stage.CUSTOMER
    assert f"{checkout.amount} USD" in texts(result)
    assert "no se cobró a nadie" in texts(result)
    assert "/paysupport" in texts(result)
    assert len(await talk.events("purchase_completed")) == 1


async def test_a_failure_is_said_with_a_new_link_and_the_talk_goes_on_there(talk: Talk, shop: Shop) -> None:
    checkout = await _begun(talk, shop)
    await shop.fails(checkout)
    result = await _hears(talk, checkout, "failed")
    assert result.stage is Stage.CHECKOUT
    [link] = _links(result)
    assert link in texts(result)
    rows = await talk.query("select id from payments where lead_id = %s", (await talk.lead())["id"])
    assert len(rows) == 2


async def test_who_is_under_age_hears_of_a_failure_but_gets_no_new_link(talk: Talk, shop: Shop) -> None:
    checkout = await _begun(talk, shop)
    await talk.says("soy menor de edad, tengo 15")
    await shop.fails(checkout)
    result = await _hears(talk, checkout, "failed")
    assert texts(result)
    assert _links(result) == []
    assert len(await talk.query("select id from payments where lead_id = %s", (await talk.lead())["id"])) == 1


async def test_a_declined_card_leads_back_to_the_same_link(talk: Talk, shop: Shop) -> None:
    checkout = await _begun(talk, shop)
    await shop.fails(checkout, final=False)
    [link] = _links(await _hears(talk, checkout, "failed"))
    assert checkout.payment_id.hex in link
    rows = await talk.query("select id from payments where lead_id = %s", (await talk.lead())["id"])
    assert len(rows) == 1


async def test_late_news_of_a_failure_are_not_repeated_to_who_has_paid(talk: Talk, shop: Shop) -> None:
    checkout = await _begun(talk, shop)
    await shop.fails(checkout, final=False)
    await shop.pays(checkout)
    await _hears(talk, checkout, "paid")
    late = await _hears(talk, checkout, "failed")
    assert (late.outgoing, late.stage) == ((), Stage.CUSTOMER)


async def test_all_of_it_back_ends_being_a_customer_and_a_part_does_not(talk: Talk, shop: Shop) -> None:
    checkout = await _begun(talk, shop)
    await shop.pays(checkout)
    await _hears(talk, checkout, "paid")
    await shop.refunds(checkout, 5_000)
    part = await _hears(talk, checkout, "refunded")
    assert (part.stage, "50 USD" in texts(part)) == (Stage.CUSTOMER, True)
    await shop.refunds(checkout)
    whole = await _hears(talk, checkout, "refunded")
    assert (whole.stage, f"{checkout.amount} USD" in texts(whole)) == (Stage.CONVERSATION, True)
    assert len(await talk.events("purchase_completed")) == 1


async def test_nobody_is_congratulated_whose_money_went_back_meanwhile(talk: Talk, shop: Shop) -> None:
    checkout = await _begun(talk, shop)
    await shop.pays(checkout)
    await shop.refunds(checkout)
    assert (await _hears(talk, checkout, "paid")).outgoing == ()
    assert texts(await _hears(talk, checkout, "refunded"))


async def test_a_refund_during_a_hand_off_leaves_the_chat_to_the_advisor(talk: Talk, shop: Shop) -> None:
    checkout = await _begun(talk, shop)
    await shop.pays(checkout)
    await _hears(talk, checkout, "paid")
    await talk.commands("asesor")
    await shop.refunds(checkout)
    result = await _hears(talk, checkout, "refunded")
    assert (result.stage, bool(texts(result))) == (Stage.HANDOFF, True)
    assert (await talk.world(InputKind.ADVISOR, "handback")).stage is Stage.CONVERSATION


async def test_who_left_is_not_written_to_about_a_failure(talk: Talk, shop: Shop) -> None:
    checkout = await _begun(talk, shop)
    await talk.commands("baja")
    await shop.fails(checkout)
    result = await _hears(talk, checkout, "failed")
    assert (result.outgoing, result.stage) == ((), Stage.OPTED_OUT)


async def test_news_of_somebody_elses_payment_say_nothing_of_it(talk: Talk, shop: Shop) -> None:
    checkout = await _begun(talk, shop)
    await shop.fails(checkout)
    other = replace(talk, chat=f"{talk.chat}-other", results=[])
    await other.reaches(Stage.CONVERSATION)
    for action in ("failed", "refunded"):
        assert (await _hears(other, checkout, action)).outgoing == ()


@pytest.mark.parametrize("number", ["nonsense", None, "'; drop table payments", 7])
async def test_malformed_news_break_nothing(talk: Talk, number: object) -> None:
    await talk.reaches(Stage.CONVERSATION)
    for action in ("failed", "refunded"):
        given = Input(kind=InputKind.PAYMENT, action=action, data={"payment": number})
        assert (await talk.gives(given)).stage is Stage.CONVERSATION
