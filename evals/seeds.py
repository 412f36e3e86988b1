"""Chance in the evals: every draw comes from a generator that is named by scenario, seed and purpose alone.

Nobody may draw from a generator that others share: then the order in which conversations run would change them.
"""

import hashlib
import random


def generator(scenario: str, seed: int, purpose: str) -> random.Random:
    """A generator of one's own; the same three always give the same numbers, in every process."""
    digest = hashlib.sha256(f"{scenario}\0{seed}\0{purpose}".encode()).digest()
    return random.Random(int.from_bytes(digest[:16], "big"))
