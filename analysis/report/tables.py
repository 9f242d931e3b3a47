"""Tables of a page as plain data, which the page and the workbook both render."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from analysis.report.rich_text import Content

__all__ = [
    "SheetValue",
    "Table",
    "TableCell",
    "TableHeading",
    "TablePart",
    "TableRow",
    "sort_value",
]

SheetValue = str | float | bool | date | None  # of a workbook; a time is a datetime


class TablePart(NamedTuple):
    """What a workbook has in a column of its own: its heading ("" is the table's) and raw value."""

    heading: str
    value: SheetValue


@dataclass(frozen=True, slots=True)
class TableHeading:
    """The heading of one column; `numeric` columns stand to the right."""

    content: Content
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell: what it shows, and the raw value that its column sorts by ("" for none, None for
    what it shows). A number of a `numeric` cell is a number in the workbook; `parts` stand there in
    its place where it says several things at once.

    `label` stands before the cell where the page is too narrow for columns, `columns` is how many
    columns it covers, `style` the names of its classes.
    """

    content: Content
    label: str | None = None
    value: float | str | None = None
    numeric: bool = False
    style: str = ""
    columns: int = 1
    parts: tuple[TablePart, ...] = ()


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: what it is about, and its cells; `kind` is "own" for the reader's own account,
    "median" for the group's; `parts` as a cell's.
    """

    title: Content
    cells: tuple[TableCell, ...]
    kind: str = ""
    parts: tuple[TablePart, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table: the heading it stands under (`place`), its own headings and rows; `owner` is the
    account it is about where there is one such table for each account.
    """

    place: Content
    headings: tuple[TableHeading, ...]
    rows: tuple[TableRow, ...]
    style: str = "stack sortable"
    owner: str = ""
    caption: str = ""


def sort_value(value: float | str | None) -> float | str:
    """What a column sorts by where the value may be missing."""
    return "" if value is None else value
