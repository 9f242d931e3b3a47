"""What an account's articles are about, as a brief shows it."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.rows import Example

__all__ = ["Topic"]


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of one account: the term it is known by, its articles, their share of all (0 to 1)
    and some of them.
    """

    term: str
    n: int
    share: float
    examples: tuple[Example, ...]
