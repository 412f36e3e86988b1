"""Addresses that get no more e-mail. An address is known by its hash only, and stays known after an erasure."""

from datetime import datetime
from uuid import UUID

from core.db.pool import Connection


def hash_of(address: str) -> str:
    """SQL for the hash of an address, itself SQL. No function of the database, because Supabase publishes those."""
    return f"encode(sha256(convert_to((select salt from email_salt) || lower(trim({address})), 'UTF8')), 'hex')"  # noqa: S608


# What was refused as a whole is never narrowed to advertising; the first reason stays on record.
_SUPPRESS = f"""
    insert into email_suppressions (address_hash, reason, everything, at)
    select {hash_of("%(address)s")}, %(reason)s, true, %(now)s
    on conflict (address_hash) do update set everything = true,
        reason = case when email_suppressions.everything then email_suppressions.reason else excluded.reason end
"""
_UNSUBSCRIBE = """
    insert into email_suppressions (address_hash, reason, everything, at)
    select address_hash, 'page', false, %(now)s from email_links where id = %(link)s
    on conflict (address_hash) do nothing
"""
_IS_SUPPRESSED = f"select 1 from email_suppressions where address_hash = {hash_of('%s')}"  # noqa: S608
_KNOWN = "select exists (select from email_links where id = %s) as known"


async def suppress(conn: Connection, address: str, reason: str, now: datetime) -> None:
    """No e-mail of any kind goes to this address any more, for a reason that SendGrid names."""
    await conn.execute(_SUPPRESS, {"address": address, "reason": reason, "now": now})


async def unsubscribe(conn: Connection, link: UUID, now: datetime) -> bool:
    """No advertising goes to the address behind a link any more; False when the link's lead was erased."""
    await conn.execute(_UNSUBSCRIBE, {"link": link, "now": now})
    row = await (await conn.execute(_KNOWN, (link,))).fetchone()
    return bool(row and row["known"])


async def is_suppressed(conn: Connection, address: str) -> bool:
    """Whether advertising to this address is refused."""
    cursor = await conn.execute(_IS_SUPPRESSED, (address,))
    return await cursor.fetchone() is not None
