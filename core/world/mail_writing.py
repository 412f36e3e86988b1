"""Writing an e-mail: its text and its HTML from two templates of one name, the styles put where mail programs look.

The first line of the text is the subject. Nothing is fetched and no image is used, so that an e-mail reads the same
everywhere and tells nobody that it was opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import css_inline

from core.errors import PromptError
from core.prompts.mail_sequences import SUBJECT
from core.prompts.prompt_set import PromptSet

_INLINER = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class SenderWords:
    """Who writes, as the templates say it. `chat_url` is empty when the chat's address is not known."""

    company: str
    contact: str
    address: str
    privacy_url: str
    chat_url: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A rendered e-mail."""

    subject: str
    text: str
    html: str


def write(prompts: PromptSet, template: str, variables: Mapping[str, object]) -> Words:
    """Render `email/TEMPLATE`.

    Raises:
        PromptError: there is no such template, it lacks a variable, or does not begin with its subject.
    """
    first, _, rest = prompts.render(f"email/{template}", **variables).partition("\n")
    subject = " ".join(first.removeprefix(SUBJECT).split())
    if not first.startswith(SUBJECT) or not subject:
        raise PromptError(f'email/{template}: should begin with "{SUBJECT}" and the subject.')
    html = prompts.render(f"email/{template}.html", **variables, subject=subject)
    return Words(subject, rest.strip() + "\n", _INLINER.inline(html))
