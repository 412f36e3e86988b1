"""A signed link to one row, and the button that opens it; also the rows that links to files stand for.

The link is signed with the moment of its row, not of the call: a turn that is run again sends the very same link.
"""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from core.context import Context
from core.db import shared_links
from core.domain.evidence import Fact, FactKind
from core.domain.messages import Button
from core.domain.shared_links import SharedKind
from core.domain.zones import told
from core.integrations.links import LinkPurpose

LABELS = "buttons.json"
"""The data file among the prompts that maps a button's key to its words."""


def link_button(context: Context, purpose: LinkPurpose, row: UUID, made_at: datetime, label: str) -> Button:
    """The button whose words have the key `label`; its `url` is the link."""
    links = replace(context.links, clock=lambda: made_at)
    return Button(label=_words(context, label), url=links.url(purpose, row))


async def share(context: Context, kind: SharedKind, row: int, tool: str, label: str) -> tuple[Button, tuple[Fact, ...]]:
    """The button that opens a file, and the facts that let its link and its end be said."""
    now = context.now
    async with context.pool.connection() as conn:
        link = await shared_links.create(
            conn,
            kind=kind,
            row=row,
            lead_id=context.lead.id,
            turn_id=context.turn_id,
            key=f"{context.turn_id}:{tool}:{row}",
            now=now,
            expires_at=now + timedelta(hours=context.settings.link_hours),
        )
    button = link_button(context, shared_links.PURPOSES[kind], link.id, link.created_at, label)
    ends = told(link.expires_at, context.lead.timezone)
    return button, (
        link.fact(f"{kind}.link", FactKind.LINK, button.url),
        link.fact(f"{kind}.link_expires_at", FactKind.DATE, ends),
    )


def _words(context: Context, label: str) -> str:
    labels = json.loads(context.prompts.text(LABELS)) if context.prompts.has(LABELS) else {}
    return str(labels.get(label, label))
