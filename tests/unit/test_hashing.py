"""Hashing agrees with GrowthBook's published vectors, and keeps what they promise."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.learning.hashing import (
    bucket_of,
    bucket_ranges,
    choose_variation,
    equal_weights,
    fnv1a_32,
    in_namespace,
)

CASES = Path(__file__).resolve().parents[3] / "shared" / "data" / "growthbook_cases.json"
shares = st.lists(st.floats(0.01, 1), min_size=1, max_size=6).map(
    lambda given_: [each / sum(given_) for each in given_]
)


@cache
def vectors(name: str) -> list[list[Any]]:
    if not CASES.exists():
        pytest.skip("GrowthBook's conformance vectors are not here: put growthbook_cases.json into ../shared/data")
    found: list[list[Any]] = json.loads(CASES.read_text(encoding="utf-8"))[name]
    assert len(found) > 5
    return found


def test_the_published_hashes() -> None:
    for seed, value, version, expected in vectors("hash"):
        assert bucket_of(seed, value, version) == expected


def test_the_published_bucket_ranges() -> None:
    for name, (count, coverage, weights), expected in vectors("getBucketRange"):
        assert bucket_ranges(count, coverage, weights) == [pytest.approx(tuple(edges)) for edges in expected], name


def test_the_published_choices() -> None:
    for name, bucket, ranges, expected in vectors("chooseVariation"):
        assert choose_variation(bucket, [(start, end) for start, end in ranges]) == expected, name


def test_the_published_namespaces() -> None:
    for name, value, (space, start, end), expected in vectors("inNamespace"):
        assert in_namespace(value, (space, start, end)) is expected, name


def test_the_published_equal_weights() -> None:
    for count, expected in vectors("getEqualWeights"):
        assert equal_weights(count) == pytest.approx(expected, abs=1e-7)


def test_the_published_runs_of_plain_experiments() -> None:
    """Whole assignments: those vectors that use nothing but weights, coverage, seed, version and namespace."""
    plain = {"key", "variations", "weights", "coverage", "namespace", "seed", "hashVersion"}
    checked = 0
    for name, context, experiment, expected, in_experiment, *_ in vectors("run"):
        value = context.get("attributes", {}).get("id")
        variations = experiment["variations"]
        if not set(experiment) <= plain or set(context) != {"attributes"} or not value or len(variations) < 2:
            continue
        weights, coverage = experiment.get("weights"), experiment.get("coverage", 1.0)
        bucket = bucket_of(experiment.get("seed", experiment["key"]), value, experiment.get("hashVersion", 1))
        assert bucket is not None
        chosen = choose_variation(bucket, bucket_ranges(len(variations), coverage, weights))
        if "namespace" in experiment and not in_namespace(value, tuple(experiment["namespace"])):
            chosen = -1
        assert (chosen >= 0) is in_experiment, name
        assert variations[max(chosen, 0)] == expected, name
        checked += 1
    assert checked > 40


@pytest.mark.parametrize(
    ("text", "expected"), [("", 0x811C9DC5), ("a", 0xE40C292C), ("b", 0xE70C2DE5), ("foobar", 0xBF9CF968)]
)
def test_the_hash_of_its_authors(text: str, expected: int) -> None:
    """Values that the authors of FNV-1a publish."""
    assert fnv1a_32(text) == expected


def test_some_vectors_by_hand() -> None:
    """A few of GrowthBook's facts, so that something is checked where their file is absent."""
    assert bucket_of("", "a", 1) == 0.22
    assert bucket_of("b", "a", 1) == 0.946
    assert bucket_of("seed", "a", 2) == 0.0505
    assert bucket_of("foo", "def", 2) == 0.2019
    assert bucket_of("abc", "def", 99) is None
    assert bucket_ranges(2, 0.5) == [(0, 0.25), (0.5, 0.75)]
    assert choose_variation(0.4, [(0, 0.25), (0.5, 0.75)]) == -1
    assert not in_namespace("1", ("namespace1", 0, 0.4))
    assert in_namespace("3", ("namespace2", 0, 0.4))


@given(st.text(), st.text(), st.sampled_from([1, 2]))
def test_a_bucket_lies_between_0_and_1(seed: str, value: str, version: int) -> None:
    bucket = bucket_of(seed, value, version)
    assert bucket is not None
    assert 0 <= bucket < 1


@given(st.text(min_size=1), shares, st.floats(0, 1), st.floats(0, 1))
def test_raising_the_coverage_moves_nobody(value: str, weights: list[float], one: float, other: float) -> None:
    low, high = sorted((one, other))
    bucket = bucket_of("seed", value)
    assert bucket is not None
    before = choose_variation(bucket, bucket_ranges(len(weights), low, weights))
    assert before in (-1, choose_variation(bucket, bucket_ranges(len(weights), high, weights)))


@given(st.text(), st.floats(0, 1))
def test_two_halves_of_a_namespace_share_nobody(value: str, edge: float) -> None:
    assert in_namespace(value, ("talk", 0, edge)) is not in_namespace(value, ("talk", edge, 1))
