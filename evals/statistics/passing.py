"""pass^k: how likely a scenario is passed k times out of k, which is what somebody who relies on it must know.

Source: Yao, Shinn, Razavi and Narasimhan, tau-bench, arXiv 2406.12045 (2024): of n plays of a scenario c passed, and
C(c, k) / C(n, k) is the unbiased estimate of p^k; the mean over scenarios is the suite's.
"""

from math import comb


def pass_hat(passed: int, played: int, k: int) -> float | None:
    """The share of all choices of k plays in which every play passed; None when there are fewer than k plays."""
    if not 0 <= passed <= played or k < 1:
        raise ValueError(f"{passed} of {played} plays cannot have passed, {k} at a time")
    return comb(passed, k) / comb(played, k) if played >= k else None
