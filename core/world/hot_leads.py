"""Telling the advisors of hot leads: once per lead and week, by an event whose key names the week."""

from datetime import datetime

from core.db import events, hot_leads
from core.db.hot_leads import HotLead
from core.db.pool import Connection, Pool
from core.prompts.prompt_set import PromptSet
from core.world.next_action import HOT
from core.world.notices import Notice, NoticeKind, notify


async def look(pool: Pool, prompts: PromptSet, now: datetime) -> int:
    """Tell of everybody who became hot since the last look; how many there were. One transaction a lead."""
    async with pool.connection() as conn:
        after = await hot_leads.since(conn, now)
        hot = await hot_leads.found(conn, after, HOT)
        told = [await _tell(conn, prompts, lead, now) for lead in hot]
        await hot_leads.looked(conn, now)
    return sum(told)


async def _tell(conn: Connection, prompts: PromptSet, lead: HotLead, now: datetime) -> bool:
    week = f"{now:%G-W%V}"
    async with conn.transaction():
        payload = {"score": round(lead.score, 3), "signal": lead.signal}
        key = f"{lead.lead_id}:hot_lead:{week}"
        if not await events.note(conn, lead.lead_id, "hot_lead", payload, key=key, now=now):
            return False
        notice = Notice(
            kind=NoticeKind.HOT_LEAD,
            lead_id=lead.lead_id,
            template="hot_lead",
            variables={"signal": lead.signal},
            key=f"{lead.lead_id}:{week}",
        )
        await notify(conn, prompts, notice, now)
    return True
