"""Reading what an update says of Stars."""

from collections.abc import AsyncIterator

import pytest
from aiogram.types import Update

from channels.telegram.stars import Moved, Question, read_stars
from core.domain.checkouts import Charge
from tests.fakes.telegram_people import FakeUser
from tests.fakes.telegram_server import FakeTelegram


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


@pytest.fixture
def ana(fake: FakeTelegram) -> FakeUser:
    return fake.user(7)


def read(fake: FakeTelegram) -> Question | Moved | None:
    return read_stars(Update.model_validate(fake.pending[-1]))


async def test_the_question_before_a_charge(fake: FakeTelegram, ana: FakeUser) -> None:
    await ana.is_about_to_pay("payload", 500, "query-1")
    assert read(fake) == Question("query-1", "7", "payload", Charge(500, "XTR"))


async def test_stars_that_came_and_stars_that_went_back(fake: FakeTelegram, ana: FakeUser) -> None:
    await ana.pays("payload", 500, "charge-1")
    came = read(fake)
    assert isinstance(came, Moved)
    assert (came.back, came.money.payload, came.money.charge, came.money.charge_id) == (
        False,
        "payload",
        Charge(500, "XTR"),
        "charge-1",
    )
    await ana.gets_back("payload", 500, "charge-1")
    back = read(fake)
    assert isinstance(back, Moved)
    assert (back.back, back.money) == (True, came.money)


async def test_anything_else_says_nothing_of_stars(fake: FakeTelegram, ana: FakeUser) -> None:
    await ana.says("te pagué")
    assert read(fake) is None
    await fake.user(7, group=-100).pays("payload", 500)
    assert read(fake) is None
    await ana.blocks()
    assert read(fake) is None
