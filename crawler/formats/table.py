"""Tables of articles that people hold (CSV, spreadsheets, JSON lists of flat objects) -> batches
for the store.

Two passes over the rows: the first decides what no single row can tell (survey.py), the
second yields (rows.py). Where the cells come from is sheets.py's, text.py's and
pages.py's; what a header means headers.py's, where it stands body.py's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from crawler.batch import Batch, Reject
from crawler.files import ArchiveError, Document
from crawler.formats.grids.grid import Grid
from crawler.formats.grids.pages import first_tables, is_office_table, open_page
from crawler.formats.grids.sheets import is_spreadsheet, open_sheets
from crawler.formats.grids.text import guess_separator, open_text, sample_lines
from crawler.formats.tables.account_names import propose_account
from crawler.formats.tables.body import (
    MOST_COLUMNS,
    Body,
    find_body,
    find_header,
    map_names,
    tell_no_header,
)
from crawler.formats.tables.cells import cell_text
from crawler.formats.tables.columns import leave_doubtful
from crawler.formats.tables.dates import find_day
from crawler.formats.tables.headers import looks_like_header
from crawler.formats.tables.rows import MAX_REJECT_CHARS, BadRow, RowTaker, TableOptions
from crawler.formats.tables.survey import survey_rows
from crawler.records import Account
from crawler.wechat.encoding import is_wide, to_utf8

__all__ = ["TableOptions", "is_table", "is_table_page", "read_records", "read_table"]

_BATCH_ROWS = 5000
_HEADER_ROWS = 10
_MOST_NAMES = 5


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


def is_table_page(head: bytes) -> bool:
    """True when a file's first bytes are HTML, MHTML or Excel's XML with a table of articles; never
    for a page of WeChat's own.
    """
    return is_office_table(head) or any(
        (header := find_header(grid, {})) and len(header[1].columns) > 1
        for grid in first_tables(head)
    )


def read_table(document: Document, options: TableOptions) -> Iterator[Batch]:
    """The articles of a table, at most 5,000 rows a batch; the first batch of each sheet says what
    was decided, the last one what could not be read.

    Raises ArchiveError: not to be opened, empty, or without a header that is known.
    """
    map_names([], options.mapping)  # a wrong --map is said before a large file is read
    grids = _open_grids(document)
    visible = [grid for grid in grids if not grid.hidden]
    bodies = [(grid, find_body(grid, options.mapping)) for grid in visible]
    tables = [(grid, body) for grid, body in bodies if body]
    if not tables:
        raise ArchiveError(tell_no_header(visible, options.mapping))
    notes = _tell_skipped(
        [grid for grid, body in bodies if not body and next(grid.rows(), None)],
        [grid for grid in grids if grid.hidden],
    )
    if len(tables) > 1 and not options.owner and not options.sheet_accounts:
        notes += _tell_sheets(grid.name for grid, body in tables if not body.names_accounts())
    name = document.name.rpartition("::")[2].replace("\\", "/").rpartition("/")[2]
    any_rows = False
    for grid, body in tables:
        where = "第 {} 行" if len(tables) == 1 else f"工作表“{grid.name}”" + "第 {} 行"
        settled = _with_facts(options, name, grid, body, sheets=len(tables))
        for batch in _read_rows(body, settled[0], where, [*settled[1], *_tell_hidden(grid)]):
            batch.notes += notes
            notes = []
            any_rows = True
            yield batch
    if not any_rows:
        raise ArchiveError("只有表头，没有一行文章")


def _open_grids(document: Document) -> list[Grid]:
    """The tables of a file: one of a text file, one a sheet of a spreadsheet. Raises ArchiveError
    when it can't be read.
    """
    head = document.head
    if is_spreadsheet(head):
        return open_sheets(document)
    if is_wide(head):
        head = to_utf8(head) or head
    return open_page(document) if is_table_page(head) else [open_text(document)]


def _tell_skipped(unknown: list[Grid], hidden: list[Grid]) -> list[str]:
    notes = []
    for why, grids in (
        ("没有认出表头、没有读的工作表：", unknown),
        ("隐藏的工作表没有读：", hidden),
    ):
        names = [grid.name for grid in grids if grid.name]
        if names:
            notes.append(why + "、".join(names))
    return notes


def _tell_sheets(names: Iterable[str | None]) -> list[str]:
    alike = [name for name in names if name and propose_account([], name, "")[0]]
    if not alike:
        return []
    shown = "、".join(alike[:_MOST_NAMES]) + ("……" if len(alike) > _MOST_NAMES else "")
    return [f"工作表名像是公众号名（{shown}）：是的话加 --sheet-accounts，按工作表归账号"]


def _with_facts(
    options: TableOptions, name: str, grid: Grid, body: Body, *, sheets: int
) -> tuple[TableOptions, list[str]]:
    """The options with what the file's name, the sheet's and the lines above the header tell: whose
    the articles are, and of which day the file is; and what to say of it.
    """
    options = replace(options, dated=find_day([name, *body.above]))
    if grid.name and options.sheet_accounts:
        return replace(options, owner=Account(name=grid.name)), []
    if options.owner or body.names_accounts():
        return options, []
    if sheets > 1 and grid.name and propose_account([], grid.name, "")[0]:
        return options, []  # it may be the sheet's
    account, note = propose_account(
        body.above, grid.name if sheets == 1 else None, name.rpartition(".")[0] or name
    )
    return replace(options, guessed=account), [note] if note else []


def _tell_hidden(grid: Grid) -> list[str]:
    if not grid.hidden_rows:
        return []
    return [f"{grid.hidden_rows} 行在表格里是隐藏的（筛选或手工隐藏），也读了"]


def read_records(
    rows: Iterable[Mapping[str, Any]], options: TableOptions, *, what: str = "table"
) -> Iterator[Batch]:
    """The articles of flat objects (a JSON list), by the same rules as a table's rows; their keys
    are the header.

    Raises ArchiveError when no key tells which article an object is about.
    """
    records = [row for row in rows if isinstance(row, Mapping)]
    names = list(dict.fromkeys(str(key) for row in records for key in row))[:MOST_COLUMNS]
    if not records:
        raise ArchiveError("JSON 里没有一行文章")

    def lines() -> Iterator[tuple[int, list[Any]]]:
        for number, row in enumerate(records, 1):
            yield number, [row.get(name) for name in names]

    body = Body.of(Grid(None, lines), 0, map_names(names, options.mapping))
    if not body.header.is_of_articles():
        raise ArchiveError(
            f"没有认出哪个字段是标题、链接或 mid（有的字段：{'、'.join(names[:8])[:160]}）；"
            f"用 --map 说明，例如 --map {body.likely_title()}=标题"
        )
    for batch in _read_rows(body, options, "第 {} 条", []):
        batch.what = what
        yield batch


def _read_rows(body: Body, options: TableOptions, where: str, notes: list[str]) -> Iterator[Batch]:
    survey = survey_rows(body.articles, body.header, options.now, options.dated)
    if not survey.rows:
        return
    if body.header.doubtful and survey.order.looks_saved():
        why = (
            f"“{body.header.doubtful}”像是保存的时间（一行接一行，前后只差几分钟），没有当作发布时间；"
            f"确实是就加 --map {body.header.doubtful}=发布时间"
        )
        body = replace(body, header=leave_doubtful(body.header, why))
        survey = survey_rows(body.articles, body.header, options.now, options.dated)
    taker = RowTaker(body.header, options, survey)
    batch = Batch("table", notes=[*taker.notes(), *notes], guessed=taker.guessed)
    fillers: Counter[str] = Counter()
    for line, cells in body.articles(fillers):
        try:
            batch.sightings.append(taker.take(cells))
        except BadRow as bad:
            at = body.header.width - body.header.virtual
            del cells[at : body.header.width]
            text = ",".join(map(cell_text, cells))[:MAX_REJECT_CHARS]
            batch.rejects.append(Reject(where.format(line), str(bad), text))
        if len(batch.sightings) + len(batch.rejects) >= _BATCH_ROWS:
            yield batch
            batch = Batch("table")
    batch.notes += [*taker.unread_notes(), *_tell_fillers(fillers)]
    if batch.sightings or batch.rejects or batch.notes:
        yield batch


def _tell_fillers(fillers: Counter[str]) -> list[str]:
    notes = []
    if errors := fillers.pop("error", 0):
        notes.append(f"{errors} 格是表格软件的错误值（如 #NAME?、#REF!），当作空格")
    if fillers:
        kinds = "、".join(f"{kind} {rows} 行" for kind, rows in sorted(fillers.items()))
        notes.append(f"{fillers.total()} 行不是文章，没有导入：{kinds}")
    return notes
