"""Parsed JSON of strangers, made fit for Postgres: no NUL, no surrogate without its other half, not too deep."""

from typing import Any


def clean(text: str) -> str:
    """The text without NUL; a surrogate without its other half becomes U+FFFD.

    >>> clean("a\\x00b\\ud800")
    'ab\\ufffd'
    """
    text = text.replace("\x00", "")
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def clean_tree(value: Any, depth: int) -> Any:
    """`clean` for every string inside, keys too.

    Raises:
        ValueError: nested deeper than `depth`.
    """
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list | dict) and depth <= 0:
        raise ValueError("is nested too deep")
    if isinstance(value, list):
        return [clean_tree(item, depth - 1) for item in value]
    if isinstance(value, dict):
        return {clean(key): clean_tree(item, depth - 1) for key, item in value.items()}
    return value
