"""The key that signs links and buttons: the configured one, or one made once and kept beside the embedded database."""

import os
import secrets

from core.errors import SettingsError
from core.settings import Settings


def signing_key(settings: Settings) -> str:
    """The key, at least 32 characters.

    Raises:
        SettingsError: the file that should keep it cannot be read or written.
    """
    if settings.secret_key:
        return settings.secret_key.get_secret_value()
    path = settings.data_dir / "secret"
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        return path.read_text(encoding="ascii").strip() if path.exists() else _made(str(path))
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"SECRET_KEY: is not set, and {path} cannot keep one: {error}") from None


def _made(path: str) -> str:
    key = secrets.token_hex(32)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key)
    return key
