"""Hashing of people into experiments, after GrowthBook's public specification for SDK authors.

Source: "Build Your Own SDK", https://docs.growthbook.io/lib/build-your-own (hash, bucket ranges, choosing a variation,
namespaces), which rests on the 32-bit FNV-1a hash of Fowler, Noll and Vo. Version 1 has a thousand buckets and
ties experiments with like-sounding seeds together; version 2 hashes twice, has ten thousand, and does not. Following a
published specification means that another system, or an auditor, can recompute who belongs where. Pure functions.
"""

from collections.abc import Sequence

BucketRange = tuple[float, float]
"""A stretch [start, end) of [0, 1)."""
Namespace = tuple[str, float, float]
"""A name, and the stretch [start, end) of it that an experiment owns."""

_OFFSET = 0x811C9DC5
_PRIME = 0x01000193
_MASK = 0xFFFFFFFF
_SUM_TOLERANCE = 0.01


def fnv1a_32(text: str) -> int:
    """FNV-1a over the text's UTF-16 code units, as the reference SDK reads strings; 0 to 2**32 - 1."""
    hashed = _OFFSET
    data = text.encode("utf-16-le", "surrogatepass")
    for place in range(0, len(data), 2):
        hashed = ((hashed ^ (data[place] | data[place + 1] << 8)) * _PRIME) & _MASK
    return hashed


def bucket_of(seed: str, value: str, version: int = 2) -> float | None:
    """Where a value falls in [0, 1); None for a version that the specification does not know."""
    match version:
        case 1:
            return fnv1a_32(value + seed) % 1000 / 1000
        case 2:
            return fnv1a_32(str(fnv1a_32(seed + value))) % 10_000 / 10_000
        case _:
            return None


def equal_weights(count: int) -> list[float]:
    """The same share for each of `count` variations; empty below 1."""
    return [1.0 / count] * count if count > 0 else []


def bucket_ranges(count: int, coverage: float = 1.0, weights: Sequence[float] | None = None) -> list[BucketRange]:
    """The stretch of each of `count` variations.

    A coverage below 1 shortens each from its end, so that raising it later moves nobody who is in already. Coverage is
    cut to [0, 1]; weights that are not `count` numbers that sum to 1 (within 0.01) are replaced by equal ones.
    """
    coverage = min(max(coverage, 0.0), 1.0)
    shares = list(weights or ())
    if len(shares) != count or abs(sum(shares) - 1.0) > _SUM_TOLERANCE:
        shares = equal_weights(count)
    ranges, start = [], 0.0
    for share in shares:
        ranges.append((start, start + coverage * share))
        start += share
    return ranges


def choose_variation(bucket: float, ranges: Sequence[BucketRange]) -> int:
    """The index of the stretch that holds the bucket, or -1."""
    return next((index for index, (start, end) in enumerate(ranges) if start <= bucket < end), -1)


def in_namespace(value: str, namespace: Namespace) -> bool:
    """Whether a value falls into an experiment's stretch of a namespace. Disjoint stretches share nobody."""
    name, start, end = namespace
    bucket = fnv1a_32(f"{value}__{name}") % 1000 / 1000
    return start <= bucket < end
