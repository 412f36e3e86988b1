"""What is counted while Brenda works. Whoever is not asked to count passes `Unmetered`."""

from typing import Protocol


class Meter(Protocol):
    """Counts. Must be quick and raise nothing: it is called in the middle of a turn."""

    def turn(self, outcome: str, seconds: float) -> None:
        """A turn ended: "answered" or "failed", after so many seconds."""

    def model_call(self, model: str, outcome: str) -> None:
        """A model was asked once: "answered", "unavailable", "rejected", "malformed", "skipped" or "failed"."""

    def request(self, method: str, path: str, status: int, seconds: float) -> None:
        """The web app answered; `path` is the template of the path."""


class Unmetered:
    """Counts nothing."""

    def turn(self, outcome: str, seconds: float) -> None:
        """Nothing."""

    def model_call(self, model: str, outcome: str) -> None:
        """Nothing."""

    def request(self, method: str, path: str, status: int, seconds: float) -> None:
        """Nothing."""
