"""How the pages look on a phone: nothing is fetched from elsewhere, nothing sticks out, nothing is blocked."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.db.pool import Pool
from core.domain.shared_links import SharedKind
from core.prompts.prompt_check import sample_cases
from tests.browsers import Browser, browser
from tests.sites import Visitor, visitor_on
from tests.worlds import load_prompts, make_context
from tools.link_button import share

PICTURES = os.environ.get("BRENDA_PICTURES")
"""A folder for the pictures, for who wants to see them."""


@pytest.fixture
async def visitor(database: Pool) -> AsyncIterator[Visitor]:
    async with visitor_on(database, company="Academia de ejemplo") as visitor:
        yield visitor


@pytest.fixture(scope="module")
async def tab() -> AsyncIterator[Browser]:
    async with browser() as made:
        yield made


async def paths(visitor: Visitor) -> dict[str, str]:
    context = await make_context(visitor.site.pool, now=visitor.clock(), links=visitor.site.links)
    assert context.course_id is not None
    button, _ = await share(context, SharedKind.PREVIEW, context.course_id, "test", "open.preview")
    return {
        "privacy": "/privacidad",
        "lost": "/r/forged",
        "preview": button.url.removeprefix(visitor.site.links.base),
    }


def keep(name: str, picture: bytes) -> None:
    if PICTURES:
        (Path(PICTURES) / f"{name}.png").write_bytes(picture)


async def test_pages_fit_a_phone_and_ask_nobody_else_for_anything(visitor: Visitor, tab: Browser) -> None:
    for name, path in (await paths(visitor)).items():
        for dark in (False, True):
            look = await tab.look(visitor.base + path, dark=dark)
            keep(f"{name}-{'dark' if dark else 'light'}", look.picture)
            asked = [url for url in look.requested if not url.startswith((visitor.base, "data:"))]
            assert (asked, look.overflow) == ([], 0), name
            complaints = [text for text in look.complaints if "404" not in text]
            assert complaints == [], name


async def test_every_page_template_fits_a_phone_with_its_samples(tab: Browser, tmp_path: Path) -> None:
    prompts = load_prompts()
    names = [name for name in prompts.names() if name.startswith("pages/")]
    assert "pages/kind.html" in names
    for name in names:
        for number, case in enumerate(sample_cases(prompts, name)):
            file = tmp_path / "page.html"
            file.write_text(prompts.render(name, **case), encoding="utf-8")
            look = await tab.look(file.as_uri(), dark=number % 2 == 1)
            keep(f"{name.replace('/', '-')}-{number}", look.picture)
            outside = [url for url in look.requested if not url.startswith(("file:", "data:"))]
            assert (outside, look.overflow) == ([], 0), (name, case)
