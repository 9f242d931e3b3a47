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

from analysis.commands.terminal import clear_status
from analysis.files import OutputError, check_free, neutral, save_file

__all__ = ["FORMATS", "check_rows_file", "print_rows", "save_rows", "save_sheets"]

FORMATS = ("table", "csv", "json")
_ENDINGS = (".csv", ".json", ".xlsx", ".parquet")
_DIRECTIONS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
_WIDEST = 200  # characters of a cell on the terminal: titles and links stay whole


def print_rows(rows: Sequence[dict[str, Any]], columns: dict[str, str], *, format: str) -> None:
    """Rows on stdout. `columns` maps keys to headings for the table; CSV and JSON use the keys,
    with full values.
    """
    clear_status()
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
    check_rows_file(path, force=force)
    kind = path.suffix.lower()
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


def check_rows_file(path: Path, *, force: bool = False) -> None:
    """Whether rows could be written there: a known ending, and no file in the way. Raises
    OutputError.
    """
    if path.suffix.lower() not in _ENDINGS and not path.is_dir():
        raise OutputError(f"认不出 {path.name} 的格式：可以用 {'、'.join(_ENDINGS)}")
    check_free(path, force=force)


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
    from analysis.report.workbook import Sheet, pack_workbook

    filled = [
        Sheet(
            name,
            tuple(columns.values()),
            tuple(tuple(_cell(row.get(key)) for key in columns) for row in rows),
        )
        for name, (rows, columns) in sheets.items()
    ]
    # the same rows give the same bytes
    return pack_workbook(filled, date=datetime(2000, 1, 1), wrap=False, widest_px=300)


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
    """A cell as text or number: lists joined, times as ISO 8601."""
    value = _cell(value)
    return "" if value is None else _plain(value)


def _cell(value: Any) -> Any:
    """A cell of a spreadsheet: lists joined, days and times as they are."""
    if isinstance(value, list | tuple):
        return "；".join(str(item) for item in value) or None
    if isinstance(value, dict):
        return "；".join(f"{key} {item}" for key, item in value.items()) or None
    return value


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
