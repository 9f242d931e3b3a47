"""List entries of layout frames that hold two or three things in one text, so that a frame can be
written as CSV and Parquet. Each kind is written and read here and nowhere else. Pure.
"""

from __future__ import annotations

from typing import NamedTuple, Self

__all__ = ["Change", "Share", "Word"]


class Share(NamedTuple):
    """A size in px or a colour, and its share of the text, 0 to 1: "15:0.9102"."""

    value: str
    share: float

    def __str__(self) -> str:
        return f"{self.value}:{self.share:.4f}"

    @classmethod
    def parse(cls, entry: str) -> Self:
        """Raises ValueError for text that is no such entry."""
        value, _, share = entry.rpartition(":")
        return cls(value, float(share))


class Word(NamedTuple):
    """A fixed part or lead-in and words that show it: "follow:关注我们"."""

    name: str
    words: str

    def __str__(self) -> str:
        return f"{self.name}:{self.words}"

    @classmethod
    def parse(cls, entry: str) -> Self:
        """What stands behind the first colon are the words."""
        name, _, words = entry.partition(":")
        return cls(name, words)


class Change(NamedTuple):
    """A figure or a mark of a template before and after a redesign: "font_size_px: 15→16"; an empty
    text is without.
    """

    name: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.name}: {self.before}→{self.after}"

    @classmethod
    def parse(cls, entry: str) -> Self:
        """The reverse of str()."""
        name, _, values = entry.partition(": ")
        before, _, after = values.partition("→")
        return cls(name, before, after)
