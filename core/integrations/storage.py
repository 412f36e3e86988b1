"""Supabase Storage, as far as Brenda needs it: an address under which one file can be fetched for a moment.

The official client is used with a connection of ours, opened for one call, so that nothing is left open. Its errors,
and those of the transport below it, become `StorageError` here and nowhere else.
"""

import asyncio
from dataclasses import dataclass, field
from types import ModuleType

import httpx
from pydantic import ValidationError

from core.errors import StorageError
from core.settings import Settings

LIFETIME_SECONDS = 60
"""How long a signed address lives: long enough to follow the redirect, too short to be passed on."""
TIMEOUT_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class SupabaseStorage:
    """One bucket. `key` is the service role's, because files are private."""

    url: str
    bucket: str
    key: str = field(repr=False)

    async def signed_url(self, path: str, name: str | None) -> str:
        """An address for `path` within the bucket; with a `name`, the browser saves it under that name.

        Raises:
            StorageError: there is no such file, or the storage gave no usable answer.
        """
        library = await asyncio.to_thread(_load)
        download = {"download": name} if name else {}
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False) as http:
                options = library.AsyncClientOptions(httpx_client=http)
                client = await library.create_async_client(self.url, self.key, options)
                signed = await client.storage.from_(self.bucket).create_signed_url(path, LIFETIME_SECONDS, download)
        except library.StorageException as error:
            raise StorageError(f"{self.bucket}: {_told(error)}.") from None
        except (library.SupabaseException, httpx.HTTPError, ValidationError, KeyError, ValueError) as error:
            raise StorageError(f"{self.bucket}: {type(error).__name__}.") from None
        if not signed.get("signedURL"):
            raise StorageError(f"{self.bucket}: the answer holds no address.")
        return str(signed["signedURL"])


def storage_of(settings: Settings) -> SupabaseStorage | None:
    """The configured storage; None means the folder of media."""
    if settings.supabase_url is None or settings.supabase_key is None:
        return None
    key = settings.supabase_key.get_secret_value()
    return SupabaseStorage(str(settings.supabase_url).rstrip("/"), settings.supabase_bucket, key)


def _told(error: Exception) -> str:
    """What the storage said, without the path that was asked for."""
    return f"{getattr(error, 'code', type(error).__name__)} {getattr(error, 'status', '')}".strip()


def _load() -> ModuleType:
    """The vendor's package takes seconds to import, which only who uses it should wait for, and not the event loop."""
    import supabase

    return supabase
