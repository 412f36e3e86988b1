"""Characters as Telegram counts them (UTF-16 code units) and as Postgres accepts them (no NUL, no lone surrogate)."""

from typing import Any


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units; a character beyond the basic plane counts two."""
    return len(text) + sum(character > "\uffff" for character in text)


def clean(text: str) -> str:
    """The text without NUL; a surrogate without its other half becomes U+FFFD."""
    text = text.replace("\x00", "")
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def clean_tree(value: Any) -> Any:
    """`clean` for every string inside parsed JSON, keys too."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean_tree(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): clean_tree(item) for key, item in value.items()}
    return value
