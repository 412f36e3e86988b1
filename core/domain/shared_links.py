"""Files that a lead was given a link to: a free resource, or a course's preview."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from core.domain.evidence import Fact, FactKind


class SharedKind(StrEnum):
    """What a link opens."""

    RESOURCE = "resource"
    PREVIEW = "preview"


class SharedLink(BaseModel):
    """A row behind a link. The token carries only its id."""

    model_config = ConfigDict(frozen=True)

    table: ClassVar[str] = "shared_links"
    id: UUID
    lead_id: UUID
    kind: SharedKind
    created_at: datetime
    expires_at: datetime

    def fact(self, key: str, kind: FactKind, value: str) -> Fact:
        """A fact with this row as its source."""
        return Fact(key=key, kind=kind, value=value, source=f"{self.table}:{self.id}")


class SharedFile(SharedLink):
    """A link that was opened, with what it leads to. `path` is relative to the folder of media or to the bucket."""

    row: int
    title: str
    path: str | None
    course_name: str = ""
    tagline: str = ""
    description: str = ""
    duration_weeks: int = 0
    total_hours: int = 0
    modality: str = ""
    certificate: str = ""
