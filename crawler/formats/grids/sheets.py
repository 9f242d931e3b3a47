"""A spreadsheet (XLSX, XLS, ODS) -> one grid a sheet. What its cells mean is table.py's."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from crawler.files import MAX_IN_MEMORY, ArchiveError, Document
from crawler.formats.grids.grid import Grid
from crawler.formats.grids.workbook_links import Attached, read_attached

__all__ = ["is_spreadsheet", "open_sheets"]

_MAX_CELLS = 40_000_000  # calamine holds the whole rectangle: 24 bytes a cell
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_spreadsheet(head: bytes) -> bool:
    """True for XLSX, XLS and ODS by their first bytes."""
    if head.startswith(_OLE):
        return True
    return head.startswith(_ZIP) and (
        b"[Content_Types].xml" in head
        or b"opendocument.spreadsheet" in head[:200]
        or b"xl/" in head
    )


def open_sheets(document: Document) -> list[Grid]:
    """The sheets of a spreadsheet. Raises ArchiveError when it can't be read."""
    data = document.read()
    if data.startswith(_ZIP):
        _check_size(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        attached = read_attached(io.BytesIO(data)) if data.startswith(_ZIP) else {}
        return [
            _grid_of(
                book.get_sheet_by_name(sheet.name),
                attached.get(sheet.name, Attached()),
                hidden=sheet.visible != SheetVisibleEnum.Visible,
            )
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet
        ]
    except (CalamineError, OSError, ValueError) as error:
        why = (
            "有密码，先去掉密码再导入"
            if "assword" in str(error)
            else f"已损坏或不是表格（{str(error)[:80]}）"
        )
        raise ArchiveError(f"电子表格打不开：{why}") from None


def _grid_of(sheet: CalamineSheet, attached: Attached, *, hidden: bool) -> Grid:
    left = sheet.start[1] if sheet.start else 0
    fills = tuple(
        (first[1] - left, first[0] + 1, last[0] + 1)
        for first, last in sheet.merged_cell_ranges or ()
        if last[0] > first[0] and first[1] >= left
    )

    def rows() -> Iterator[tuple[int, Sequence[Any]]]:
        for number, cells in enumerate(sheet.iter_rows(), 1):
            if number in attached.texts:
                cells = _with_texts(list(cells), attached.texts[number], left)
            if any(cell != "" for cell in cells):
                yield number, cells

    links = {
        row: {column - left: url for column, url in urls.items() if column >= left}
        for row, urls in attached.links.items()
    }
    return Grid(sheet.name, rows, fills, links, hidden, attached.hidden_rows)


def _with_texts(cells: list[Any], texts: dict[int, str], left: int) -> list[Any]:
    """The cells with what a formula shows, where the file keeps no result of it."""
    for column, text in texts.items():
        at = column - left
        if at < 0:
            continue
        cells += [""] * (at + 1 - len(cells))
        if cells[at] == "":
            cells[at] = text
    return cells


def _check_size(data: bytes) -> None:
    """Refuse what would fill the memory: a ZIP bomb, or a lone cell far away that makes a rectangle
    of billions.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as pack:
            infos = pack.infolist()
            total = sum(info.file_size for info in infos)
            if total > MAX_IN_MEMORY or (total > 64 * 1024**2 and total > 250 * len(data)):
                raise ArchiveError("电子表格解开后大得反常（像压缩炸弹），没有读")
            for info in infos:  # all of them: a member larger than it says fails its checksum here
                xml = pack.read(info)
                if (
                    re.fullmatch(r"xl/worksheets/[^/]+\.xml", info.filename)
                    and _area(xml) > _MAX_CELLS
                ):
                    raise ArchiveError(
                        "工作表的范围大得反常（远处有一个孤零零的单元格？），清掉空白区域再导入"
                    )
                if info.filename == "content.xml" and _area_repeated(xml) > _MAX_CELLS:
                    raise ArchiveError("工作表里重复的单元格多得反常（像压缩炸弹），没有读")
    except ArchiveError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        RuntimeError,
        NotImplementedError,
        EOFError,
        OSError,
        ValueError,
    ) as error:
        raise ArchiveError(f"电子表格已损坏：{error}") from None


def _area(xml: bytes) -> int:
    rows = max(
        (
            int(row_number)
            for row_number in re.findall(rb'<(?:\w+:)?row [^>]*?\br="(\d{1,7})"', xml)
        ),
        default=1,
    )
    letters = max(
        re.findall(rb'<(?:\w+:)?c [^>]*?\br="([A-Z]{2,3})\d', xml),
        key=lambda item: (len(item), item),
        default=b"Z",
    )
    columns = 0
    for letter in letters:
        columns = columns * 26 + letter - 64
    return rows * columns


def _area_repeated(xml: bytes) -> int:
    """The cells with something in them that an ODS sheet writes once and means many times; empty
    ones to the sheet's end are usual.
    """
    area = 0
    for row in re.finditer(rb"<table:table-row([^>]*)>(.*?)</table:table-row>", xml, re.DOTALL):
        filled = [
            cell
            for cell in re.findall(rb"<table:table-cell([^>]*)", row[2])
            if b"office:value" in cell
        ]
        area += _repeats(row[1], b"rows") * sum(_repeats(cell, b"columns") for cell in filled)
    return area


def _repeats(attributes: bytes, what: bytes) -> int:
    match = re.search(rb"number-" + what + rb'-repeated="(\d{1,9})"', attributes)
    return int(match[1]) if match else 1
