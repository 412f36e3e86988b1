"""Campaigns: what an advertisement's code stands for."""

import re

from core.db.pool import Connection
from core.domain.catalog import Campaign
from core.domain.ranking import fold

_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")

_BY_CODE = """
    select * from campaigns
    where lower(code) = %(folded)s and (not is_sample or %(samples)s)
    order by code = %(code)s desc, id
    limit 1
"""


async def by_code(conn: Connection, code: str, samples: bool) -> Campaign | None:
    """The campaign; letter case, accents and a leading # are forgiven, the exact code wins. None when unknown."""
    bare = code.strip().removeprefix("#")
    folded = fold(bare)
    if not _CODE.fullmatch(folded):
        return None
    values = {"folded": folded, "code": bare if _CODE.fullmatch(bare) else folded, "samples": samples}
    row = await (await conn.execute(_BY_CODE, values)).fetchone()
    return Campaign.model_validate(row) if row else None
