"""Closing a turn: one transaction writes its record, its messages to be delivered, and the jobs that keep its promises.

It may be run again after a crash, or by a second worker that took the first for dead: whoever records the turn first
writes all of it, and the other nothing, so two different answers are never mixed. Most turns are written by a single
statement; what few of them need besides goes out with it as a pipeline.
"""

from dataclasses import dataclass, field
from datetime import datetime

from core.db import advisors, follow_ups, handoffs, outbox, people, prompt_versions, turns
from core.db.outbox import OutboxDraft
from core.db.pool import Connection, Pool
from core.domain.funnel import Stage
from core.domain.messages import Outgoing
from core.domain.people import ConsentKind, Lead
from core.domain.turn import SavedState, TurnResult
from core.integrations.queue import Job, Queue
from core.prompts.prompt_set import PromptSet
from core.world import bookings, services

LIVE_CHANNELS = frozenset({"telegram", "console"})
"""Channels that deliver from the outbox; what the others said was shown at once and is only recorded."""


@dataclass(frozen=True, slots=True)
class Closer:
    """Writes what turns decided. `samples`: whether sample courses may be named."""

    pool: Pool
    queue: Queue
    advisor_chat: str | None
    samples: bool = False
    _kept: set[str] = field(default_factory=set)

    async def close(self, lead: Lead, result: TurnResult, prompts: PromptSet, state: SavedState | None = None) -> None:
        """Write everything, or nothing. `state` is what the graph keeps of the chat."""
        async with self.pool.connection() as conn:
            if prompts.hash in self._kept and _is_plain(lead, result):
                await turns.record(conn, lead.id, result, _spoken(lead, result), state)
                return
            async with conn.pipeline(), conn.transaction():
                await prompt_versions.keep(conn, prompts.hash, prompts.files)
                if await turns.record(conn, lead.id, result, _spoken(lead, result), state):
                    await self._keep_promises(conn, lead, result)
                if result.erase:
                    await bookings.tell_of_erasure(conn, prompts, lead, self.samples, result.at)
                    await services.forget_in_crm(conn, lead.id, result.at)
                    await people.erase(conn, lead, turns.thread_of(lead))
        self._kept.add(prompts.hash)

    async def _to_advisors(self, conn: Connection, lead: Lead, result: TurnResult) -> list[OutboxDraft]:
        """Each text to every advisor who can be reached, as a message about the lead's hand-off."""
        handoff = await handoffs.current(conn, lead.id)
        chats = await advisors.listeners(conn, lead.channel, self.advisor_chat, handoff, result.at)
        return [
            OutboxDraft(
                key=f"{result.turn_id}:advisor:{chat}:{place}",
                channel=lead.channel,
                chat=chat,
                turn_id=result.turn_id,
                message=Outgoing(text=text),
                lead_id=lead.id,
                prompt_hash=result.prompt_hash,
                about_handoff=handoff.id if handoff else None,
                status="pending" if lead.channel in LIVE_CHANNELS else "recorded",
            )
            for chat in chats
            for place, text in enumerate(result.to_advisor)
        ]

    async def _keep_promises(self, conn: Connection, lead: Lead, result: TurnResult) -> None:
        """The word to advisors and CRM, the jobs that keep what was promised, and the end of what is over."""
        if result.to_advisor:
            await outbox.add(conn, await self._to_advisors(conn, lead, result), result.at)
        if _concerns_the_crm(lead, result):
            await services.tell_crm_later(conn, lead.id, f"turn:{result.turn_id}", result.at)
        called = {call.name for call in result.calls if not call.missing}
        if "schedule_follow_up" in called:
            for planned in await follow_ups.planned_in(conn, lead.id, result.turn_id):
                await self.queue.defer(conn, Job.FOLLOW_UP, at=planned.due_at, follow_up=planned.id)
        if "contact_advisor" in called and (handoff := await handoffs.current(conn, lead.id)):
            await self.queue.defer(conn, Job.HAND_BACK, at=handoff.deadline_at, handoff=handoff.id)
        if result.stage is Stage.OPTED_OUT:
            await follow_ups.cancel_planned(conn, lead.id, "opted_out", result.at)
        if result.close_handoff:
            await self._end_handoff(conn, lead, result.at)

    async def _end_handoff(self, conn: Connection, lead: Lead, now: datetime) -> None:
        if handoff := await handoffs.current(conn, lead.id):
            await handoffs.give_back(conn, handoff.id, now)


PROMISES = frozenset({"schedule_follow_up", "contact_advisor"})
"""The tools whose call needs a job."""


def _is_plain(lead: Lead, result: TurnResult) -> bool:
    """Whether the record is all that is to be written."""
    promised = any(call.name in PROMISES and not call.missing for call in result.calls)
    ends = result.erase or result.close_handoff or result.stage is Stage.OPTED_OUT
    return not (promised or ends or result.to_advisor or _concerns_the_crm(lead, result))


def _concerns_the_crm(lead: Lead, result: TurnResult) -> bool:
    """Whether something changed that the CRM may hear of: only of who agreed to talk, and not of every turn."""
    granted = {change.kind for change in result.consents if change.granted}
    profiled = any(call.name == "update_profile" and not call.missing for call in result.calls)
    learned = result.lead.model_dump(exclude_none=True).items()
    told = any(getattr(lead, name) != value for name, value in learned)
    changed = result.stage is not lead.stage or told or bool(result.consents) or profiled
    return changed and not result.erase and ConsentKind.TALK in lead.consents | granted


def _spoken(lead: Lead, result: TurnResult) -> list[OutboxDraft]:
    """What is said to the prospect. The last word to an erased one is nobody's."""
    return [
        OutboxDraft(
            key=f"{result.turn_id}:{place}",
            channel=lead.channel,
            chat=lead.chat,
            turn_id=result.turn_id,
            message=message,
            lead_id=None if result.erase else lead.id,
            prompt_hash=result.prompt_hash,
            status="pending" if lead.channel in LIVE_CHANNELS else "recorded",
        )
        for place, message in enumerate(result.outgoing)
    ]
