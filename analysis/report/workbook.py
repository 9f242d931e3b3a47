"""Tables of a page as sheets of one XLSX file, each named by the heading it stands under, with the
same headings and rows; numbers are raw, days and times Excel's own. What a cell says in parts is in
columns of their own.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date as Date
from datetime import datetime
from math import isfinite
from typing import Any, NamedTuple

import xlsxwriter

from analysis.files import OutputError, neutral
from analysis.report.rich_text import to_text
from analysis.report.tables import SheetValue, Table, TableCell, TablePart, TableRow
from crawler.records import BEIJING

__all__ = ["MOST_ROWS", "Sheet", "SheetRow", "SheetValue", "list_sheets", "pack_workbook"]

SheetRow = tuple[SheetValue, ...]
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME, _LONGEST_CELL = 31, 32_767  # Excel's own limits
_WIDEST_PX = 400
_FIRST_YEAR = 1900  # of a spreadsheet's days
MOST_ROWS = 1_048_575  # of a spreadsheet, below the headings


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
    """One sheet of these tables; a column has as many headings as its cells have parts."""
    lines = [(table.owner, _list_parts(row)) for table in tables for row in table.rows]
    columns: list[dict[str, None]] = [{} for _ in headings]
    for _, line in lines:
        for column, heading, parts in zip(columns, headings, line, strict=False):
            column.update(dict.fromkeys(part.heading or heading for part in parts))
    rows = tuple(
        tuple(value for cell in _under(columns, headings, line) for value in cell)
        for _, line in lines
    )
    flat = tuple(heading for column in columns for heading in column)
    if len(tables) == 1:
        return Sheet(place, flat, rows)
    owned = tuple((owner, *row) for (owner, _), row in zip(lines, rows, strict=True))
    return Sheet(place, ("公众号", *flat), owned)


def _under(
    columns: Sequence[dict[str, None]], headings: Sequence[str], line: Sequence[Sequence[TablePart]]
) -> Iterator[list[SheetValue]]:
    """What stands under the headings of each column."""
    for column, heading, parts in zip(columns, headings, line, strict=False):
        values = {part.heading or heading: part.value for part in parts}
        yield [values.get(name) for name in column]


def _list_parts(row: TableRow) -> list[Sequence[TablePart]]:
    """A row column by column; of a wide cell all but the first are empty."""
    line: list[Sequence[TablePart]] = [row.parts or (TablePart("", to_text(row.title) or None),)]
    for cell in row.cells:
        line += [cell.parts or (TablePart("", _cell_value(cell)),), *[()] * (cell.columns - 1)]
    return line


def _cell_value(cell: TableCell) -> SheetValue:
    value = cell.value
    if cell.numeric and isinstance(value, int | float) and isfinite(value):
        return float(value)
    return to_text(cell.content) or None


def pack_workbook(
    sheets: Sequence[Sheet],
    *,
    date: datetime,
    title: str = "",
    wrap: bool = True,
    widest_px: int = _WIDEST_PX,
) -> bytes:
    """The sheets as an XLSX file, the same bytes for the same sheets and date; no cell is run as a
    formula or made a link. Times are Beijing's.

    Raises OutputError for more rows than a spreadsheet takes.
    """
    for sheet in sheets:
        if len(sheet.rows) > MOST_ROWS:
            raise OutputError(
                f"{sheet.name}有 {len(sheet.rows)} 行，Excel 一张表最多 {MOST_ROWS} 行："
                "写成 .csv 或 .parquet，或者用 --account、--since 分几次导出"
            )
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
    book.set_properties({"created": date} | ({"title": title} if title else {}))
    shapes = [{}, {"num_format": "yyyy-mm-dd"}, {"num_format": "yyyy-mm-dd hh:mm"}]
    cell = {"text_wrap": True, "valign": "top"} if wrap else {}
    formats = _Formats(
        book.add_format({"bold": True, "bottom": 1}),
        *(book.add_format({**cell, **shape}) for shape in shapes),
    )
    names: set[str] = set()
    for sheet in sheets:
        _fill(book.add_worksheet(_free_name(sheet.name, names)), sheet, formats, widest_px)
    if not sheets:
        book.add_worksheet("还没有文章")
    book.close()
    return sink.getvalue()


class _Formats(NamedTuple):
    """How the cells of a workbook look."""

    heading: Any
    plain: Any
    day: Any
    time: Any


def _fill(worksheet: Any, sheet: Sheet, formats: _Formats, widest_px: int) -> None:
    for column, heading in enumerate(sheet.headings):
        worksheet.write_string(0, column, heading, formats.heading)
    for line, row in enumerate(sheet.rows, 1):
        for column, value in enumerate(row):
            _write(worksheet, line, column, value, formats)
    worksheet.freeze_panes(1, 0)
    worksheet.autofilter(0, 0, max(len(sheet.rows), 1), max(len(sheet.headings), 1) - 1)
    worksheet.autofit(widest_px)


def _write(worksheet: Any, line: int, column: int, value: SheetValue, formats: _Formats) -> None:
    if isinstance(value, Date) and value.year < _FIRST_YEAR:
        value = value.isoformat()
    if isinstance(value, bool):
        worksheet.write_string(line, column, "是" if value else "否", formats.plain)
    elif isinstance(value, str):
        text = str(neutral(value))[:_LONGEST_CELL]
        worksheet.write_string(line, column, text, formats.plain)
    elif isinstance(value, datetime):
        clock = value.astimezone(BEIJING) if value.tzinfo else value
        worksheet.write_datetime(line, column, clock.replace(tzinfo=None), formats.time)
    elif isinstance(value, Date):
        worksheet.write_datetime(line, column, value, formats.day)
    elif value is not None and isfinite(value):
        worksheet.write_number(line, column, value, formats.plain)


def _free_name(wanted: str, taken: set[str]) -> str:
    """A sheet name that Excel takes and that is free: names differ by more than case."""
    base = _FORBIDDEN.sub(" ", wanted).strip()[:_LONGEST_NAME] or "表"
    name, number = base, 2
    while name.casefold() in taken:
        end = f" {number}"
        name, number = base[: _LONGEST_NAME - len(end)] + end, number + 1
    taken.add(name.casefold())
    return name
