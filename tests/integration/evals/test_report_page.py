"""The page in a real browser: nothing is asked for, nothing sticks out, and its script shows and filters."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from evals.report import write_html
from tests.browsers import Browser, browser
from tests.eval_runs import SELECTION, make_plays, make_run
from tests.evaluations import make_conversation, make_turn

ATTACK = "<img src=x onerror=document.title='hit'>"


@pytest.fixture
def pages(tmp_path: Path) -> tuple[str, str]:
    """The addresses of a run's page and of a comparison's."""
    turns = [
        make_turn(1, "¡Hola!", prelude=True),
        make_turn(2, "Cuesta 249 USD.", ATTACK, selection=SELECTION, tools=({"name": "x", "args": {}, "missing": ""},)),
    ]
    other = make_conversation(scenario="otra-escena", persona="otra", end="sale")
    first = make_run(tmp_path, "a", [*make_plays([True] * 3), other], turns=turns)
    second = make_run(tmp_path, "b", [*make_plays([True, False, True]), other], turns=[*turns, make_turn(3, "Adiós.")])
    write_html(second, tmp_path / "run.html")
    write_html(second, tmp_path / "comparison.html", first)
    return (tmp_path / "run.html").as_uri(), (tmp_path / "comparison.html").as_uri()


async def _told(tab: Browser, expression: str) -> Any:
    found = await tab.tell("Runtime.evaluate", expression=expression, returnByValue=True)
    return found["result"].get("value")


async def _open(tab: Browser, url: str, width: int, dark: bool = False) -> None:
    look = await tab.look(url, dark, width)
    async with asyncio.timeout(60):
        while await _told(tab, "document.body.dataset.ready") != "yes":
            await asyncio.sleep(0.02)
    assert look.requested == [url] and look.complaints == []


async def test_it_fits_phone_and_desktop_and_asks_for_nothing(pages: tuple[str, str]) -> None:
    async with browser() as tab:
        for url in pages:
            for width, dark in ((360, True), (1280, False)):
                await _open(tab, url, width, dark)
                await _told(tab, "document.querySelectorAll('details').forEach(each => each.open = true)")
                wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                assert await _told(tab, wide) == 0


async def test_conversations_are_filtered_and_opened(pages: tuple[str, str]) -> None:
    async with browser() as tab:
        await _open(tab, pages[0], 1280)
        counts = []
        for field, value in (("search", "249"), ("search", "OTRA-escena"), ("search", ""), ("result", "failed")):
            change = f"const it = document.getElementById('{field}'); it.value = '{value}';"
            await _told(tab, f"{{{change} it.dispatchEvent(new Event('input', {{bubbles: true}})); 0}}")
            counts.append(await _told(tab, "document.getElementById('count').textContent"))
        assert counts == ["4 of 4", "1 of 4", "4 of 4", "1 of 4"]
        await _told(tab, "document.querySelector('#list details').open = true")
        async with asyncio.timeout(60):
            while not await _told(tab, "document.querySelector('#list .inside') !== null"):
                await asyncio.sleep(0.02)
        text = await _told(tab, "document.querySelector('#list .inside').textContent")
        for part in (
            "says: 249",
            "Cuesta 249 USD.",
            ATTACK,
            "selection drew show_guarantee (25.0 %)",
            "no_live_offer",
            "x()",
        ):
            assert part in text
        assert await _told(tab, "document.title") != "hit"


async def test_a_flipped_conversation_stands_side_by_side(pages: tuple[str, str]) -> None:
    async with browser() as tab:
        await _open(tab, pages[1], 1280)
        await _told(tab, "document.querySelector('#flips details').open = true")
        async with asyncio.timeout(60):
            while not await _told(tab, "document.querySelector('#flips .two') !== null"):
                await asyncio.sleep(0.02)
        text = await _told(tab, "document.querySelector('#flips .inside').textContent")
        assert "A passed" in text and "B failed" in text and "said alike: 2 turns" in text
        assert "had ended" in text and "Adiós." in text
