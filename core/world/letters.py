"""The e-mail desk: an e-mail that is due is asked for whether it may still go, then written, and sent or recorded.

Advertising needs consent, an address that nobody refused, and a sequence that nothing has ended; a receipt needs the
purchase and an address that works. A person gets advertising by e-mail at most once in `least_hours_between`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from pydantic import ValidationError

from core.db import enrolments, letters
from core.db.pool import Connection, Pool
from core.domain.clock import Clock
from core.domain.dispatches import Dispatch, Letter, Outcome, Postponed, Recorded, Sent, ServiceChannel, Withheld
from core.domain.mail import Mail, Standing
from core.domain.plain_text import email_address
from core.errors import ServiceRejectedError
from core.integrations.links import LinkPurpose, LinkSigner
from core.prompts.mail_sequences import SEQUENCES, MailPlan, read_plan
from core.prompts.prompt_set import PromptSet
from core.world.mail_standing import reason_to_withhold
from core.world.mail_writing import SenderWords, Words, write

_RESERVED = ("payment", "to")


class Mailer(Protocol):
    """What is asked of a mail service (`core/integrations/sendgrid.py`)."""

    async def send(self, mail: Mail, reference: str) -> str:
        """Send it; the service's id of it."""


@dataclass(frozen=True, slots=True)
class LetterDesk:
    """`mailer` is None when none is configured: what would be sent is then recorded."""

    pool: Pool
    mailer: Mailer | None
    prompts: Callable[[], PromptSet]
    links: LinkSigner
    sender: SenderWords
    clock: Clock
    channel: ServiceChannel = ServiceChannel.EMAIL

    async def carry_out(self, dispatch: Dispatch) -> Outcome:
        """Send the e-mail of a row, unless something speaks against it.

        Raises:
            ServiceError: it was not sent, or nobody knows; PromptError: its words are broken.
        """
        letter, prompts = _letter(dispatch), self.prompts()
        plan = read_plan(prompts.text(SEQUENCES))
        if dispatch.lead_id is None:
            return Withheld("gone")
        async with self.pool.connection() as conn, conn.transaction():
            standing = await letters.standing(conn, dispatch.lead_id, letter.sequence, _fallback(letter))
            if standing is None:
                return Withheld("gone")
            objection = await self._objection(conn, dispatch.lead_id, letter, standing, plan)
            if objection is not None:
                return objection
            marketing = letter.template not in plan.transactional
            variables = await self._variables(conn, dispatch.lead_id, letter, standing, marketing)
        mail = _mail(standing, letter, marketing, write(prompts, letter.template, variables), variables)
        return await self._send(mail, dispatch)

    async def _objection(
        self, conn: Connection, lead_id: UUID, letter: Letter, standing: Standing, plan: MailPlan
    ) -> Withheld | Postponed | None:
        now, marketing = self.clock(), letter.template not in plan.transactional
        reason = reason_to_withhold(standing, letter, plan)
        if reason is not None:
            if letter.sequence:
                await enrolments.stop(conn, lead_id, letter.sequence, reason, now)
            return Withheld(reason)
        free_at = rest_until(standing, plan) if marketing else now
        return Postponed(free_at, "one_a_day") if free_at > now else None

    async def _variables(
        self, conn: Connection, lead_id: UUID, letter: Letter, standing: Standing, marketing: bool
    ) -> dict[str, Any]:
        """What the template gets. Only advertising has a link to end it: a receipt comes because of a purchase."""
        payment = await _payment(conn, letter, lead_id)
        link = await letters.link(conn, lead_id, standing.email or "", self.clock()) if marketing else None
        return {
            **{name: value for name, value in letter.variables.items() if name not in _RESERVED},
            "sender": self.sender,
            "name": standing.name or "",
            "course": await letters.course(conn, standing.course_id),
            "payment": payment,
            "unsubscribe_url": self.links.url(LinkPurpose.EMAIL, link) if link else "",
        }

    async def _send(self, mail: Mail, dispatch: Dispatch) -> Outcome:
        record: dict[str, Any] = {
            "mail": mail.model_dump(exclude={"marketing", "template"}),
            "marketing": mail.marketing,
            "written_at": self.clock().isoformat(),
        }
        if self.mailer is None:
            return Recorded(record)
        return Sent(await self.mailer.send(mail, str(dispatch.id)), record)


def rest_until(standing: Standing, plan: MailPlan) -> datetime:
    """When advertising may come again, after what came last."""
    if standing.last_letter_at is None:
        return standing.last_seen_at
    return standing.last_letter_at + timedelta(hours=plan.least_hours_between)


def _letter(dispatch: Dispatch) -> Letter:
    try:
        return Letter.model_validate(dispatch.content)
    except ValidationError:
        raise ServiceRejectedError("The row holds no e-mail.") from None


def _mail(standing: Standing, letter: Letter, marketing: bool, words: Words, variables: Mapping[str, Any]) -> Mail:
    return Mail(
        to=standing.email or "",
        name=standing.name,
        subject=words.subject,
        text=words.text,
        html=words.html,
        template=letter.template,
        marketing=marketing,
        unsubscribe_url=variables["unsubscribe_url"] or None,
    )


def _fallback(letter: Letter) -> str | None:
    given = letter.variables.get("to")
    return email_address(given) if isinstance(given, str) else None


async def _payment(conn: Connection, letter: Letter, lead_id: UUID) -> object:
    given = letter.variables.get("payment")
    if given is None:
        return None
    try:
        found = await letters.payment(conn, UUID(str(given)), lead_id)
    except ValueError:
        found = None
    if found is None:
        raise ServiceRejectedError("The payment that this e-mail is about is not there.")
    return found
