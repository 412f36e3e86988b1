"""Word lists: how a set of folded words is written down in the modules that recognise them."""


def words(listed: str) -> frozenset[str]:
    """The words of a blank-separated list."""
    return frozenset(listed.split())
