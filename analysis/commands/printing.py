"""Rows for people: a table on the terminal, CSV and JSON on stdout, files that are never silently
overwritten.

What came from outside stays data: cells that a spreadsheet would run are neutralised in every CSV
and XLSX file. CSV on stdout is raw.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from analysis.files import OutputError, neutral, save_file

__all__ = ["FORMATS", "print_rows", "save_rows", "save_sheets"]

FORMATS = ("table", "csv", "json")
_DIRECTIONS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
_WIDEST = 200  # characters of a cell on the terminal: titles and links stay whole


def print_rows(rows: Sequence[dict[str, Any]], columns: dict[str, str], *, format: str) -> None:
    """Rows on stdout. `columns` maps keys to headings for the table; CSV and JSON use the keys,
    with full values.
    """
    if format == "json":
        print(_json(rows, columns))
    elif format == "csv":
        sys.stdout.write(_csv(rows, list(columns), lambda value: value))
    else:
        sys.stdout.write(_table(rows, columns))


def save_rows(
    rows: Sequence[dict[str, Any]], columns: dict[str, str], path: Path, *, force: bool = False
) -> None:
    """Rows in a file, by its ending: .csv, .json, .xlsx or .parquet. Raises OutputError: another
    ending, or the file exists.
    """
    kind = path.suffix.lower()
    if kind not in (".csv", ".json", ".xlsx", ".parquet"):
        raise OutputError(f"认不出 {path.name} 的格式：可以用 .csv、.json、.xlsx、.parquet")
    if kind == ".xlsx":
        content = _xlsx(rows, columns)
    elif kind == ".parquet":
        content = _parquet(rows, columns)
    elif kind == ".json":
        content = f"{_json(rows, columns)}\n".encode()
    else:
        # the mark lets Excel read Chinese
        content = b"\xef\xbb\xbf" + _csv(rows, list(columns), neutral).encode()
    save_file(path, content, force=force)


def _json(rows: Sequence[dict[str, Any]], columns: dict[str, str]) -> str:
    values = [{key: _plain(row.get(key)) for key in columns} for row in rows]
    return json.dumps(values, ensure_ascii=False, indent=1)


def _csv(rows: Sequence[dict[str, Any]], columns: list[str], cell: Callable[[Any], Any]) -> str:
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell(_flat(row.get(key))) for key in columns] for row in rows)
    return sink.getvalue()


def save_sheets(
    sheets: Mapping[str, tuple[Sequence[dict[str, Any]], dict[str, str]]],
    path: Path,
    *,
    force: bool = False,
) -> None:
    """One XLSX file of several sheets: their rows and columns by name. Raises OutputError where the
    file exists or can't be written.
    """
    save_file(path, _book(sheets), force=force)


def _xlsx(rows: Sequence[dict[str, Any]], columns: dict[str, str]) -> bytes:
    return _book({"文章": (rows, columns)})


def _book(sheets: Mapping[str, tuple[Sequence[dict[str, Any]], dict[str, str]]]) -> bytes:
    import xlsxwriter

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
    book.set_properties({"created": datetime(2000, 1, 1)})  # the same rows give the same bytes
    head = book.add_format({"bold": True, "bottom": 1})
    for name, (rows, columns) in sheets.items():
        _fill_sheet(book.add_worksheet(name), rows, columns, head)
    book.close()
    return sink.getvalue()


def _fill_sheet(
    sheet: Any, rows: Sequence[dict[str, Any]], columns: dict[str, str], head: Any
) -> None:
    for column, heading in enumerate(columns.values()):
        sheet.write_string(0, column, heading, head)
    for line, row in enumerate(rows, 1):
        for column, key in enumerate(columns):
            value = neutral(_flat(row.get(key)))
            if isinstance(value, bool | str):
                sheet.write_string(
                    line, column, str(value)[:32_767]
                )  # Excel's own limit for a cell
            elif value is not None:
                sheet.write_number(line, column, value)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    sheet.autofit(300)


def _parquet(rows: Sequence[dict[str, Any]], columns: dict[str, str]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    table = pa.table({key: pa.array([row.get(key) for row in rows]) for key in columns})
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def _plain(value: Any) -> Any:
    """A JSON value; days and times as ISO 8601, times with their offset."""
    return value.isoformat() if isinstance(value, date) else value


def _flat(value: Any) -> Any:
    """A cell: lists joined, times as ISO 8601."""
    if isinstance(value, list | tuple):
        return "；".join(str(item) for item in value)
    if isinstance(value, dict):
        return "；".join(f"{key} {item}" for key, item in value.items())
    return "" if value is None else _plain(value)


def _table(rows: Sequence[dict[str, Any]], columns: dict[str, str]) -> str:
    from wcwidth import wcswidth

    if not rows:
        return "（没有）\n"
    lines = [
        list(columns.values()),
        *([_clip(_format_cell(row.get(key))) for key in columns] for row in rows),
    ]
    widths = [max(map(wcswidth, cells)) for cells in zip(*lines, strict=True)]
    padded = [
        "  ".join(
            cell + " " * (width - wcswidth(cell)) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    ]
    rule = "  ".join("─" * width for width in widths)
    return "\n".join([padded[0], rule, *padded[1:]]) + "\n"


def _format_cell(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(_flat(value)).replace("\n", " ")


def _clip(text: str) -> str:
    """At most _WIDEST characters, none that a terminal obeys or that turns a line around."""
    text = "".join(
        char
        for char in text
        if char.isprintable() and unicodedata.bidirectional(char) not in _DIRECTIONS
    )
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"
