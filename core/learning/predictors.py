"""The predictors that serve: the active version of the database, read once and kept until another one is active.

Each turn learns which version is active together with its lead, so that a new version, or a rollback, is in force at
the next turn of every process, without a restart and without asking twice. A row that cannot be read is logged, and the
scorecard serves.
"""

import asyncio
from dataclasses import dataclass, field

import structlog

from core.db import predictors
from core.db.pool import Pool
from core.errors import PredictorError
from core.learning.predictor import Features, Prediction
from core.learning.trained import Trained, read_trained

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Predictor:
    """One version, ready to serve."""

    name: str
    trained: Trained

    @property
    def needs_features(self) -> bool:
        """A base rate needs none."""
        return self.trained.model is not None

    def predict(self, features: Features) -> Prediction:
        """Score one lead by features of the database's `lead_features`."""
        return self.trained.predict(features, self.name)


@dataclass(slots=True)
class Predictors:
    """Keeps the version that was served last."""

    pool: Pool
    _version: int | None = None
    _kept: Predictor | None = None
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def serve(self, version: int | None) -> Predictor | None:
        """The predictor of a version; None, the scorecard, without one or when its row cannot be used."""
        if version is None:
            return None
        async with self._reading:
            if version != self._version:
                self._kept = await self._read(version)
                self._version = version
            return self._kept

    async def _read(self, version: int) -> Predictor | None:
        async with self.pool.connection() as conn:
            found = await predictors.load(conn, version)
        try:
            return None if found is None else Predictor(predictors.name_of(found[0], version), read_trained(found[1]))
        except PredictorError as error:
            log.error("predictor_unusable", version=version, reason=str(error), instead="scorecard")
            return None
