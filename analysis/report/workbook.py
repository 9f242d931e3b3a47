"""Tables of a page as sheets of one XLSX file, each named by the heading it stands under, with the
same headings and rows; numbers are raw.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite

import xlsxwriter

from analysis.files import neutral
from analysis.report.rich_text import to_text
from analysis.report.tables import Table, TableCell

__all__ = ["Sheet", "SheetValue", "list_sheets", "pack_workbook"]

SheetValue = str | float | None
SheetRow = tuple[SheetValue, ...]
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME, _LONGEST_CELL = 31, 32_767  # Excel's own limits
_WIDEST_PX = 400


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name as far as Excel takes it, its headings and rows."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[SheetRow, ...]


def list_sheets(tables: Iterable[Table]) -> list[Sheet]:
    """The tables as sheets, in their order; tables under one heading with the same columns are one
    sheet, with the account in front. Tables without rows are left out.
    """
    groups: dict[tuple[str, tuple[str, ...]], list[Table]] = {}
    for table in tables:
        headings = tuple(to_text(heading.content) for heading in table.headings)
        groups.setdefault((to_text(table.place), headings), []).append(table)
    sheets = [_merge(place, headings, group) for (place, headings), group in groups.items()]
    return [sheet for sheet in sheets if sheet.rows]


def _merge(place: str, headings: tuple[str, ...], tables: Sequence[Table]) -> Sheet:
    if len(tables) == 1:
        return Sheet(place, headings, _list_rows(tables[0]))
    rows = tuple((table.owner, *row) for table in tables for row in _list_rows(table))
    return Sheet(place, ("公众号", *headings), rows)


def _list_rows(table: Table) -> tuple[SheetRow, ...]:
    return tuple((to_text(row.title) or None, *map(_cell_value, row.cells)) for row in table.rows)


def _cell_value(cell: TableCell) -> SheetValue:
    value = cell.value
    if cell.numeric and isinstance(value, int | float) and isfinite(value):
        return float(value)
    return to_text(cell.content) or None


def pack_workbook(sheets: Sequence[Sheet], *, date: datetime) -> bytes:
    """The sheets as an XLSX file, the same bytes for the same sheets and date; no cell is run as a
    formula or made a link.
    """
    sink = io.BytesIO()
    book = xlsxwriter.Workbook(
        sink,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"title": f"公众号竞品简报 {date:%Y-%m-%d}", "created": date})
    heading_format = book.add_format({"bold": True, "bottom": 1})
    cell_format = book.add_format({"text_wrap": True, "valign": "top"})
    names: set[str] = set()
    for sheet in sheets:
        worksheet = book.add_worksheet(_free_name(sheet.name, names))
        for column, heading in enumerate(sheet.headings):
            worksheet.write_string(0, column, heading, heading_format)
        for line, row in enumerate(sheet.rows, 1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    text = str(neutral(value))[:_LONGEST_CELL]
                    worksheet.write_string(line, column, text, cell_format)
                elif value is not None:
                    worksheet.write_number(line, column, value, cell_format)
        worksheet.freeze_panes(1, 0)
        worksheet.autofilter(0, 0, len(sheet.rows), max(len(sheet.headings), 1) - 1)
        worksheet.autofit(_WIDEST_PX)
    if not sheets:
        book.add_worksheet("还没有文章")
    book.close()
    return sink.getvalue()


def _free_name(wanted: str, taken: set[str]) -> str:
    """A sheet name that Excel takes and that is free: names differ by more than case."""
    base = _FORBIDDEN.sub(" ", wanted).strip()[:_LONGEST_NAME] or "表"
    name, number = base, 2
    while name.casefold() in taken:
        end = f" {number}"
        name, number = base[: _LONGEST_NAME - len(end)] + end, number + 1
    taken.add(name.casefold())
    return name
