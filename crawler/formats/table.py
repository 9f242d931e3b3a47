"""Tables of articles that people hold (CSV, spreadsheets, JSON lists of flat objects) -> batches
for the store.

Two passes over the rows: the first decides what no single row can tell (table_survey.py), the
second yields (table_rows.py). Where the cells come from is spreadsheets.py's; what a header means
table_headers.py's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from crawler.batch import Batch, Reject
from crawler.files import ArchiveError, Document
from crawler.formats.spreadsheets import (
    Grid,
    guess_separator,
    is_spreadsheet,
    open_grids,
    sample_lines,
)
from crawler.formats.table_cells import cell_text
from crawler.formats.table_headers import HeaderMap, looks_like_header, map_headers
from crawler.formats.table_rows import MAX_REJECT_CHARS, BadRow, RowTaker, TableOptions
from crawler.formats.table_survey import ACCOUNT_FIELDS, survey_rows
from crawler.records import clean_text

__all__ = ["TableOptions", "is_table", "read_records", "read_table"]

_BATCH_ROWS = 5000
_HEADER_ROWS = 10
_MOST_COLUMNS = 2000
_FILLED = (
    *ACCOUNT_FIELDS,
    "published",
    "albums",
)  # what a cell merged downwards says of every row it covers


def is_table(head: bytes) -> bool:
    """True when a file's first bytes are a spreadsheet, or text with a known header or regular
    columns.
    """
    if is_spreadsheet(head):
        return True
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"<", b"{", b"["):
        return False
    lines = [line for line in sample_lines(head) if line.strip()][:50]
    if not lines:
        return False
    separator = guess_separator(lines)
    rows = [line.rstrip("\r\n").split(separator) for line in lines]
    if any(
        looks_like_header([cell.strip().strip('"') for cell in cells])
        for cells in rows[:_HEADER_ROWS]
    ):
        return True
    widths = Counter(len(cells) for cells in rows).most_common(1)[0]
    return (
        widths[0] > 2 and widths[1] >= 2 and widths[1] >= 0.8 * len(rows) and "://" not in lines[0]
    )


def read_table(document: Document, options: TableOptions) -> Iterator[Batch]:
    """The articles of a table, at most 5,000 rows a batch; the first batch of each sheet says what
    was decided.

    Raises ArchiveError: not to be opened, empty, or without a header that is known.
    """
    _mapped([], options.mapping)  # a wrong --map is said before a large file is read
    grids = open_grids(document)
    headers = [_find_header(grid, options.mapping) for grid in grids]
    tables = [(grid, *header) for grid, header in zip(grids, headers, strict=True) if header]
    if not tables:
        raise ArchiveError(_no_header(grids))
    skipped = [
        grid.name
        for grid, header in zip(grids, headers, strict=True)
        if grid.name and not header and next(grid.rows(), None)
    ]
    any_rows = False
    for grid, line, header in tables:
        where = "第 {} 行" if len(tables) == 1 else f"工作表“{grid.name}”" + "第 {} 行"
        for batch in _read_rows(_body(grid, line, header), header, options, where):
            if skipped:
                batch.notes.append("没有认出表头、没有读的工作表：" + "、".join(skipped))
                skipped = []
            any_rows = True
            yield batch
    if not any_rows:
        raise ArchiveError("只有表头，没有一行文章")


def read_records(
    rows: Iterable[Mapping[str, Any]], options: TableOptions, *, what: str = "table"
) -> Iterator[Batch]:
    """The articles of flat objects (a JSON list), by the same rules as a table's rows; their keys
    are the header.

    Raises ArchiveError when no key tells which article an object is about.
    """
    records = [row for row in rows if isinstance(row, Mapping)]
    names = list(dict.fromkeys(str(key) for row in records for key in row))[:_MOST_COLUMNS]
    if not records:
        raise ArchiveError("JSON 里没有一行文章")
    header = _mapped(names, options.mapping)
    if not header.is_of_articles():
        raise ArchiveError(
            f"没有认出哪个字段是标题、链接或 mid（有的字段：{_shown(names)}）；用 --map 说明，例如 "
            "--map 标题=title"
        )

    def body() -> Iterator[tuple[int, Sequence[Any]]]:
        for number, row in enumerate(records, 1):
            yield number, [row.get(name) for name in names]

    for batch in _read_rows(body, header, options, "第 {} 条"):
        batch.what = what
        yield batch


def _find_header(grid: Grid, mapping: dict[str, str]) -> tuple[int, HeaderMap] | None:
    """The best header among the first rows: the one that names most fields, the first of equals."""
    best: tuple[int, HeaderMap] | None = None
    for count, (line, cells) in enumerate(grid.rows()):
        if count == _HEADER_ROWS:
            break
        if len(cells) <= _MOST_COLUMNS and looks_like_header(cells, mapping):
            header = _mapped(cells, mapping)
            if best is None or len(header.columns) > len(best[1].columns):
                best = (line, header)
    return best


def _mapped(cells: Sequence[Any], mapping: dict[str, str]) -> HeaderMap:
    try:
        return map_headers([cell_text(cell) for cell in cells], mapping)
    except ValueError as error:
        raise ArchiveError(str(error)) from None


def _no_header(grids: list[Grid]) -> str:
    first = next((cells for grid in grids for _, cells in grid.rows()), None)
    if first is None:
        return "空表格"
    return (
        f"没有认出表头：前 {_HEADER_ROWS} 行里没有一行有标题、链接或 mid 列（第一行是 "
        f"{_shown(first)}）；用 --map 说明哪一列是什么，例如 --map 标题=title"
    )


def _shown(cells: Sequence[Any]) -> str:
    texts = [clean_text(cell_text(cell)) for cell in cells]
    return "、".join(text[:20] for text in texts[:8] if text) or "空的"


def _body(
    grid: Grid, header_line: int, header: HeaderMap
) -> Callable[[], Iterator[tuple[int, Sequence[Any]]]]:
    """The rows below the header; a cell merged downwards is filled in where it says
    whose or when.
    """
    filled = {number for name in _FILLED for number in header.columns.get(name, ())}
    starts = {(first, column): last for column, first, last in grid.fills if column in filled}

    def rows() -> Iterator[tuple[int, Sequence[Any]]]:
        running: dict[int, tuple[int, Any]] = {}
        for line, cells in grid.rows():
            if line <= header_line:
                continue
            if starts:
                cells = list(cells)
                for column in filled:
                    if column < len(cells) and (line, column) in starts:
                        running[column] = (starts[line, column], cells[column])
                    elif column in running and line <= running[column][0] and column < len(cells):
                        cells[column] = running[column][1]
            yield line, cells

    return rows


def _even(rows: Iterable[tuple[int, Sequence[Any]]], width: int) -> Iterator[tuple[int, list[Any]]]:
    """Rows of at least the header's width, their texts without white space around them, and ""
    where nothing is.
    """
    for line, cells in rows:
        try:
            plain: list[Any] = list(map(str.strip, cells))
        except TypeError:  # a spreadsheet's numbers and times
            plain = [
                cell.strip() if isinstance(cell, str) else "" if cell is None else cell
                for cell in cells
            ]
        if len(plain) < width:
            plain += [""] * (width - len(plain))
        yield line, plain


def _read_rows(
    body: Callable[[], Iterator[tuple[int, Sequence[Any]]]],
    header: HeaderMap,
    options: TableOptions,
    where: str,
) -> Iterator[Batch]:
    survey = survey_rows(_even(body(), header.width), header, options.now)
    if not survey.rows:
        return
    taker = RowTaker(header, options, survey)
    batch = Batch("table", notes=taker.notes())
    for line, cells in _even(body(), header.width):
        try:
            batch.sightings.append(taker.take(cells))
        except BadRow as bad:
            text = ",".join(map(cell_text, cells))[:MAX_REJECT_CHARS]
            batch.rejects.append(Reject(where.format(line), str(bad), text))
        if len(batch.sightings) + len(batch.rejects) >= _BATCH_ROWS:
            yield batch
            batch = Batch("table")
    if batch.sightings or batch.rejects or batch.notes:
        yield batch
