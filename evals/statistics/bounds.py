"""How often something may still happen that was hardly ever, or never, seen.

Sources: Hanley and Lippman-Hand, JAMA 249 (1983), for the rule of three; Clopper and Pearson, Biometrika 26 (1934),
for the exact bound once something was seen.
"""

from scipy.stats import beta

CONFIDENCE = 0.95


def rate_bound(hits: int, tries: int) -> float:
    """The largest rate that is not refuted at 95 % (one-sided): 3/n when there was no hit, else the exact bound."""
    if not 0 <= hits <= tries:
        raise ValueError(f"{hits} hits cannot come of {tries} tries")
    if hits == tries:
        return 1.0
    return min(1.0, 3 / tries) if hits == 0 else float(beta.ppf(CONFIDENCE, hits + 1, tries - hits))
