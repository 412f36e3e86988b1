"""A signed link to one row, and the button that opens it.

The link is signed with the moment of its row, not of the call: a turn that is run again sends the very same link.
"""

import json
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.context import Context
from core.domain.messages import Button
from core.integrations.links import LinkPurpose

LABELS = "buttons.json"
"""The data file among the prompts that maps a button's key to its words."""


def link_button(context: Context, purpose: LinkPurpose, row: UUID, made_at: datetime, label: str) -> Button:
    """The button whose words have the key `label`; its `url` is the link."""
    links = replace(context.links, clock=lambda: made_at)
    return Button(label=_words(context, label), url=links.url(purpose, row))


def _words(context: Context, label: str) -> str:
    labels = json.loads(context.prompts.text(LABELS)) if context.prompts.has(LABELS) else {}
    return str(labels.get(label, label))
