"""Words by how often they come, in plain Python: pandas takes a millisecond for each of a thousand small groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

__all__ = ["commonest"]


def commonest(words: Iterable[str], most: int) -> list[str]:
    """The different words, the most frequent first, of equals the first in code points; at most `most`."""
    counts = Counter(words)
    return sorted(counts, key=lambda word: (-counts[word], word))[:most]
