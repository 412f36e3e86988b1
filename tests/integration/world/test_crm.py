"""What the CRM hears: the present, once, of who allowed it; and what it must forget."""

import asyncio
from datetime import timedelta

import pytest

from core.db import crm
from core.db.pool import Pool
from tests.fakes.hubspot_server import FakeHubSpot, Trouble, broken, limited
from tests.post_offices import change, consent, make_person, pay, post_office
from tests.worlds import make_course


async def test_a_lead_is_told_as_they_are_when_it_is_sent(empty_database: Pool) -> None:
    async with FakeHubSpot() as fake, post_office(empty_database, fake) as office:
        course = await make_course(empty_database, name="Curso de IA", price="300.00")
        lead = await make_person(
            empty_database, office.clock(), "talk", course_id=course, campaign="IG", email="ana@correo.example"
        )
        await office.tell_crm(lead)
        await change(empty_database, lead, name="Ana María", stage="demo")
        assert await office.work_off() == 1
        [contact], [deal] = fake.contacts.values(), fake.deals.values()
        assert contact == {
            "brenda_lead_id": str(lead),
            "firstname": "Ana María",
            "email": "ana@correo.example",
            "hs_language": "es",
            "brenda_stage": "demo",
            "brenda_course": "Curso de IA",
            "brenda_campaign": "IG",
        }
        assert deal == {
            "brenda_lead_id": str(lead),
            "dealname": f"Curso de IA · {str(lead)[:8]}",
            "pipeline": "default",
            "dealstage": "presentationscheduled",
            "amount": "300.00",
            "brenda_currency": "USD",
        }
        [row] = await office.outbox("crm")
        assert (row["status"], row["external_id"] in fake.contacts, row["lease_until"]) == ("sent", True, None)


async def test_a_purchase_wins_the_deal_with_what_was_paid(empty_database: Pool) -> None:
    async with FakeHubSpot() as fake, post_office(empty_database, fake) as office:
        lead = await make_person(empty_database, office.clock(), "talk", stage="customer")
        await pay(empty_database, lead, office.clock(), amount="249.00")
        await office.tell_crm(lead)
        await office.work_off()
        [deal] = fake.deals.values()
        assert (deal["dealstage"], deal["amount"], deal["closedate"]) == (
            "closedwon",
            "249.00",
            f"{office.clock():%Y-%m-%dT%H:%M:%SZ}",
        )


async def test_of_who_has_not_agreed_nothing_is_told(empty_database: Pool) -> None:
    async with FakeHubSpot() as fake, post_office(empty_database, fake) as office:
        silent = await make_person(empty_database, office.clock())
        refused = await make_person(empty_database, office.clock(), "marketing")
        await consent(empty_database, refused, "talk", False, office.clock())
        test = await make_person(empty_database, office.clock(), "talk", channel="evals")
        for lead in (silent, refused, test):
            await office.tell_crm(lead)
        await office.work_off()
        assert [row["error"] for row in await office.outbox("crm")] == ["no_consent", "no_consent"]
        assert fake.calls == []


async def test_that_somebody_left_is_told_of_who_is_known(empty_database: Pool) -> None:
    async with FakeHubSpot() as fake, post_office(empty_database, fake) as office:
        lead = await make_person(empty_database, office.clock(), "talk")
        await office.tell_crm(lead)
        await office.work_off()
        await consent(empty_database, lead, "talk", False, office.clock() + timedelta(seconds=1))
        await change(empty_database, lead, stage="opted_out")
        await office.tell_crm(lead)
        await office.work_off()
        [contact], [deal] = fake.contacts.values(), fake.deals.values()
        assert (contact["brenda_stage"], deal["dealstage"]) == ("opted_out", "closedlost")


async def test_several_rows_of_one_lead_are_one_call_and_the_unchanged_are_none(empty_database: Pool) -> None:
    async with FakeHubSpot() as fake, post_office(empty_database, fake) as office:
        lead = await make_person(empty_database, office.clock(), "talk")
        for _ in range(5):
            await office.tell_crm(lead)
        assert await office.work_off() == 1
        assert await office.statuses("crm") == ["sent"] * 5
        told = len(fake.calls)
        await office.tell_crm(lead)
        await office.work_off()
        assert len(fake.calls) == told
        assert (await office.outbox("crm"))[-1]["message"]["unchanged"] is True


async def test_the_same_key_is_told_once(empty_database: Pool) -> None:
    async with FakeHubSpot() as fake, post_office(empty_database, fake) as office:
        lead = await make_person(empty_database, office.clock(), "talk")
        for _ in range(3):
            await office.tell_crm(lead, key="payment:1:paid")
        jobs = await office.rows("select args from procrastinate_jobs where task_name = 'brenda.dispatch'")
        assert len(await office.outbox("crm")) == len(jobs) == 1


async def test_nothing_is_lost_while_hubspot_is_down_and_the_present_is_told_after(empty_database: Pool) -> None:
    async with FakeHubSpot() as fake, post_office(empty_database, fake) as office:
        leads = [await make_person(empty_database, office.clock(), "talk") for _ in range(12)]
        fake.troubles = [broken()] * 1000
        for lead in leads:
            await office.tell_crm(lead)
        for _ in range(10):
            await office.work_off()
            office.clock.move(minutes=1)
        asked = 1000 - len(fake.troubles)
        assert asked < 30, "a service that is down is asked seldom"
        assert set(await office.statuses("crm")) == {"pending"}
        fake.troubles = []
        for lead in leads:
            await change(empty_database, lead, name="Luis")
        for _ in range(6):
            office.clock.move(minutes=16)
            await office.work_off()
        assert await office.statuses("crm") == ["sent"] * 12
        assert {contact["firstname"] for contact in fake.contacts.values()} == {"Luis"}
        assert len(fake.contacts) == 12


async def test_a_limit_is_waited_for_as_long_as_it_asks(empty_database: Pool) -> None:
    async with FakeHubSpot() as fake, post_office(empty_database, fake) as office:
        lead = await make_person(empty_database, office.clock(), "talk")
        fake.troubles = [limited("DAILY")]
        await office.tell_crm(lead)
        await office.work_off()
        [row] = await office.outbox("crm")
        assert row["lease_until"] - office.clock() == timedelta(hours=1)
        office.clock.move(minutes=59)
        assert await office.work_off() == 0
        office.clock.move(minutes=2)
        await office.work_off()
        assert await office.statuses("crm") == ["sent"]


async def test_what_is_refused_fails_with_its_reason_and_holds_nobody_up(empty_database: Pool) -> None:
    async with FakeHubSpot() as fake, post_office(empty_database, fake) as office:
        bad = await make_person(empty_database, office.clock(), "talk", email="ana@correo.example1")
        good = await make_person(empty_database, office.clock(), "talk", email="luis@correo.example")
        for lead in (bad, good):
            await office.tell_crm(lead)
        await office.work_off()
        first, second = await office.outbox("crm")
        assert (first["status"], second["status"]) == ("failed", "sent")
        assert "VALIDATION_ERROR" in first["error"]
        assert "ana@" not in first["error"]


async def test_a_token_that_is_refused_stops_all_and_loses_nothing(empty_database: Pool) -> None:
    async with FakeHubSpot() as fake, post_office(empty_database, fake) as office:
        leads = [await make_person(empty_database, office.clock(), "talk") for _ in range(6)]
        fake.token = "renewed"
        for lead in leads:
            await office.tell_crm(lead)
        await office.work_off()
        assert set(await office.statuses("crm")) == {"pending"}
        assert len(fake.calls) <= 4
        fake.token = "pat-na1-for-tests"
        for _ in range(4):
            office.clock.move(minutes=20)
            await office.work_off()
        assert await office.statuses("crm") == ["sent"] * 6


async def test_the_erased_are_forgotten_there_too_and_after_what_was_under_way(empty_database: Pool) -> None:
    async with FakeHubSpot() as fake, post_office(empty_database, fake) as office:
        lead = await make_person(empty_database, office.clock(), "talk", email="ana@correo.example")
        await office.tell_crm(lead)
        await office.work_off()
        await office.erase(lead)
        [order] = await office.outbox("crm")
        assert (order["lead_id"], order["message"]) == (None, {"order": "erase", "external_id": str(lead)})
        await office.work_off()
        assert len(fake.contacts) == 1
        office.clock.move(minutes=6)
        await office.work_off()
        assert (fake.contacts, fake.deals) == ({}, {})
        assert await office.statuses("crm") == ["sent"]


async def test_an_erasure_in_the_middle_of_a_call_leaves_nothing_behind(empty_database: Pool) -> None:
    async with FakeHubSpot() as fake, post_office(empty_database, fake) as office:
        lead = await make_person(empty_database, office.clock(), "talk")
        await office.tell_crm(lead)
        working = asyncio.create_task(office.work_off())
        while not fake.calls:
            await asyncio.sleep(0)
        await office.erase(lead)
        await working
        assert len(fake.contacts) == 1
        office.clock.move(minutes=6)
        await office.work_off()
        assert fake.contacts == {}
        assert await office.rows("select * from crm_contacts") == []


async def test_of_who_was_never_told_no_erasure_is_ordered(empty_database: Pool) -> None:
    async with post_office(empty_database) as office:
        lead = await make_person(empty_database, office.clock(), "talk")
        await office.tell_crm(lead)
        await office.work_off()
        assert await office.statuses("crm") == ["recorded"]
        await office.erase(lead)
        assert await office.outbox("crm") == []


async def test_without_a_token_what_would_be_told_can_be_read(empty_database: Pool) -> None:
    async with post_office(empty_database) as office:
        lead = await make_person(empty_database, office.clock(), "talk", email="ana@correo.example")
        for _ in range(2):
            await office.tell_crm(lead)
        await office.work_off()
        first, second = await office.outbox("crm")
        assert (first["status"], first["sent_at"]) == ("recorded", None)
        assert first["message"]["told"]["contact"]["email"] == "ana@correo.example"
        assert (second["status"], second["external_id"]) == ("recorded", f"outbox:{first['id']}")


async def test_a_worker_that_dies_in_mid_call_costs_nothing(empty_database: Pool) -> None:
    async with FakeHubSpot() as fake, post_office(empty_database, fake) as office:
        lead = await make_person(empty_database, office.clock(), "talk")
        await office.tell_crm(lead)
        for _ in range(5):
            await office.rows(
                "update outbox set status = 'sending', attempts = attempts + 1, lease_until = %s where channel = 'crm'",
                office.clock() + timedelta(seconds=10),
            )
            assert await office.work_off() == 0
            office.clock.move(seconds=11)
        assert await office.work_off() == 1
        assert await office.statuses("crm") == ["sent"]
        assert len(fake.contacts) == 1


@pytest.mark.parametrize("content", ["{}", '{"order": "explode"}', '{"order": 7}', '{"template": "x"}'])
async def test_a_row_that_holds_no_order_fails_and_says_so(empty_database: Pool, content: str) -> None:
    async with post_office(empty_database) as office:
        await office.rows(
            "insert into outbox (channel, chat, turn_id, message, key, not_before) "
            "values ('crm', 'x', 'x', %s::jsonb, 'x', %s)",
            content,
            office.clock(),
        )
        await office.work_off()
        [row] = await office.outbox("crm")
        assert (row["status"], "no order" in row["error"]) == ("failed", True)


async def test_two_leads_with_one_address_end_in_one_contact(empty_database: Pool) -> None:
    async with FakeHubSpot() as fake, post_office(empty_database, fake) as office:
        for _ in range(2):
            lead = await make_person(empty_database, office.clock(), "talk", email="ana@correo.example")
            await office.tell_crm(lead)
            await office.work_off()
        assert len(fake.contacts) == 1
        assert len(fake.deals) == 2


async def test_the_longest_untold_come_first_and_only_whom_it_may_hear_of(empty_database: Pool) -> None:
    async with FakeHubSpot() as fake, post_office(empty_database, fake) as office:
        told = await make_person(empty_database, office.clock(), "talk")
        await office.tell_crm(told)
        await office.work_off()
        fresh = await make_person(empty_database, office.clock(), "talk")
        await make_person(empty_database, office.clock())
        old = await make_person(empty_database, office.clock() - timedelta(days=9), "talk")
        async with empty_database.connection() as conn:
            everybody = await crm.to_tell(conn, None)
            recent = await crm.to_tell(conn, office.clock() - timedelta(days=1))
        assert set(everybody[:2]) == {fresh, old}
        assert everybody[2:] == [told]
        assert recent == [fresh, told]


async def test_an_answer_that_was_lost_is_no_second_contact(empty_database: Pool) -> None:
    async with FakeHubSpot() as fake, post_office(empty_database, fake) as office:
        lead = await make_person(empty_database, office.clock(), "talk")
        await office.tell_crm(lead)
        while not fake.contacts:
            fake.troubles = [*[None] * len(fake.troubles), *[None] * 15, Trouble(drop=True, after=True)]
            await office.work_off()
            office.clock.move(minutes=16)
        await office.work_off()
        assert await office.statuses("crm") == ["sent"]
        assert len(fake.contacts) == len(fake.deals) == 1
