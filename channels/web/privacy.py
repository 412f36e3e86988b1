"""`/privacidad`: the notice that Brenda shows in the chat, as a page."""

from dataclasses import dataclass, field

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from channels.web.pages import page
from channels.web.site import Site

NOTICE = "messages/consent/notice"


@dataclass(slots=True)
class Section:
    """One part of the notice: a title, lines before a list, its points, and lines after it."""

    title: str = ""
    lines: list[str] = field(default_factory=list)
    points: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


def router(site: Site) -> APIRouter:
    """The page's one address."""
    routes = APIRouter()

    @routes.get("/privacidad", response_class=HTMLResponse)
    async def privacy() -> HTMLResponse:
        settings = site.settings
        text = site.prompts().render(NOTICE, company=settings.company, contact=settings.contact)
        return page(site, "privacy", notice=sections(text))

    return routes


def sections(text: str) -> list[Section]:
    """The notice's blocks between empty lines; the first line of a block is its title, except in the first block.

    >>> [(part.title, part.lines, part.points) for part in sections("Aviso (v1)\\n\\nDerechos\\nTienes:\\n- ver")]
    [('', ['Aviso (v1)'], []), ('Derechos', ['Tienes:'], ['ver'])]
    """
    blocks = [block.splitlines() for block in text.split("\n\n") if block.strip()]
    found = [_section("", blocks[0])] if blocks else []
    return found + [_section(block[0], block[1:]) if len(block) > 1 else _section("", block) for block in blocks[1:]]


def _section(title: str, lines: list[str]) -> Section:
    section = Section(title)
    for line in lines:
        if line.startswith("- "):
            section.points.append(line.removeprefix("- "))
        else:
            (section.after if section.points else section.lines).append(line)
    return section
