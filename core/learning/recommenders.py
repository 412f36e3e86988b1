"""The recommenders that serve: the version in force, read once and kept until another one is.

Each turn learns which version is in force together with its lead, so that a new one, or going back to an old one,
counts from the next turn of every process without a restart. What cannot be read leaves the draw without leans, and is
logged.
"""

import asyncio
from dataclasses import dataclass, field

import structlog

from core.db import recommenders
from core.db.pool import Pool
from core.errors import RecommenderError
from core.learning.leaning import NEUTRAL, Recommender

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Recommenders:
    """Keeps the version that was served last."""

    pool: Pool
    _version: int | None = None
    _kept: Recommender = NEUTRAL
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def serve(self, version: int | None) -> Recommender:
        """The recommender of a version; the neutral one without one, or when its row cannot be used."""
        if version is None:
            return NEUTRAL
        async with self._reading:
            if version != self._version:
                self._kept, self._version = await self._read(version), version
            return self._kept

    async def _read(self, version: int) -> Recommender:
        # numpy takes a tenth of a second to load, for which nobody need wait who has no recommender.
        from core.learning.recommender import from_data

        async with self.pool.connection() as conn:
            posterior = await recommenders.load(conn, version)
        try:
            return from_data(posterior or {}, str(version))
        except RecommenderError as error:
            log.error("recommender_unusable", version=version, error=str(error))
            return NEUTRAL
