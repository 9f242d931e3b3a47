"""Work that fails where it is done, for tests of those who have it done."""

from __future__ import annotations


def fail_with(secret: str, part: int) -> float:
    """Never answers."""
    return len(secret) / (part - part)
