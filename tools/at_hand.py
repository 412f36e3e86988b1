"""Whether a file can be given: from the folder of media, or from Supabase Storage, of which only a link is sent."""

from core.integrations.media import inside, locate
from core.settings import Settings


def at_hand(settings: Settings, path: str, row: str) -> bool | None:
    """True when the file itself can be sent, False when only a link to the storage can; None when neither, which is
    logged with the row."""
    if settings.supabase_url:
        return inside(settings.media_dir, path) is not None
    return True if locate(settings.media_dir, path, row) is not None else None
