"""One rectangle of cells, wherever it was read from, with what stands beside its cells: links,
merges, hidden rows. What they mean is table.py's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Grid"]


@dataclass(frozen=True, slots=True)
class Grid:
    """One rectangle of cells. `rows()` gives (line or row number from 1, cells), without empty
    ones; it may be called again.

    `fills`: (column, first row, last row) of cells merged downwards, rows from 1. `links`: the
    article links attached to cells, by row and column. `hidden`: the sheet itself is;
    `hidden_rows`: how many of its rows are.
    """

    name: str | None
    rows: Callable[[], Iterator[tuple[int, Sequence[Any]]]]
    fills: tuple[tuple[int, int, int], ...] = ()
    links: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    hidden: bool = False
    hidden_rows: int = 0
