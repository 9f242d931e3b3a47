"""A file that is a table -> rows of cells, streamed: text in any usual encoding and separator, or a
spreadsheet. What they mean is table.py's.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, cast

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from crawler.files import MAX_IN_MEMORY, ArchiveError, Document

__all__ = ["Grid", "guess_separator", "is_spreadsheet", "open_grids", "sample_lines"]

_SEPARATORS = (",", "\t", ";", "|")
_LINE_LIMIT = 8 * 1024**2
_OPEN_LINES = 2000  # of one quoted cell; beyond it the quote was a slip
_OPEN_CHARS = 8 * 1024**2
_CHUNK_LINES = 256
_MAX_CELLS = 40_000_000  # calamine holds the whole rectangle: 24 bytes a cell
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DOUBTFUL = re.compile(
    "(?:[\u0080-\u07ff\udc80-\udcff][\x40-\x7e]?)+"
)  # what GB18030 read as UTF-8 turns into
_HANZI = re.compile("[\u2e80-\ud7ff\uf900-\uffef]")
_BROKEN = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Grid:
    """One rectangle of cells. `rows()` gives (line or row number from 1, cells), without empty
    ones; it may be called again.
    """

    name: str | None
    rows: Callable[[], Iterator[tuple[int, Sequence[Any]]]]
    fills: tuple[
        tuple[int, int, int], ...
    ] = ()  # (column, first row, last row) of cells merged downwards, rows from 1


def is_spreadsheet(head: bytes) -> bool:
    """True for XLSX, XLS and ODS by their first bytes."""
    if head.startswith(_OLE):
        return True
    return head.startswith(_ZIP) and (
        b"[Content_Types].xml" in head
        or b"opendocument.spreadsheet" in head[:200]
        or b"xl/" in head
    )


def open_grids(document: Document) -> list[Grid]:
    """The tables of a file: one of a text file, one a sheet of a spreadsheet. Raises ArchiveError
    when it can't be read.
    """
    if is_spreadsheet(document.head):
        return _open_sheets(document)
    separator = guess_separator(sample_lines(document.head))
    width = _usual_width(sample_lines(document.head), separator)
    return [Grid(None, lambda: _records(_open_lines(document), separator, width))]


# text


def sample_lines(head: bytes) -> list[str]:
    """The first lines of a text file, decoded; the last, cut one is left out."""
    encoding = _wide_encoding(head)
    if encoding:
        lines = head[: len(head) // 2 * 2].decode(encoding, "replace").lstrip("\ufeff").splitlines()
    else:
        lines = [
            _decode(line) for line in re.split(rb"\r\n|\n|\r", head.removeprefix(b"\xef\xbb\xbf"))
        ]
    return (lines[:-1] if len(head) >= 60_000 else lines)[:200]


def guess_separator(lines: Sequence[str]) -> str:
    """The separator that cuts most lines into the same number of cells."""
    best = max(_SEPARATORS, key=lambda sheet: _regularity(lines, sheet))
    return best if _regularity(lines, best) > (0, 0) else ","


def _regularity(lines: Sequence[str], separator: str) -> tuple[float, int]:
    widths = Counter(
        len(cells) for cells in csv.reader(list(lines[:50]), delimiter=separator) if len(cells) > 1
    )
    if not widths:
        return (0, 0)
    width, rows = widths.most_common(1)[0]
    return (rows, width)


def _usual_width(lines: Sequence[str], separator: str) -> int:
    return int(_regularity(lines, separator)[1])


def _wide_encoding(head: bytes) -> str | None:
    """UTF-16 by its mark, or by every other byte of ASCII being NUL."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = head[:2000]
    if len(start) >= 8 and start.count(0) > len(start) // 8:
        even, odd = start[::2].count(0), start[1::2].count(0)
        if max(even, odd) > 4 * min(even, odd) + 4:
            return "utf-16-le" if odd > even else "utf-16-be"
    return None


def _open_lines(document: Document) -> Iterator[str]:
    """Decoded lines with their ends."""
    raw = document.open()
    stream = (
        cast(IO[bytes], io.BufferedReader(raw, 1 << 20)) if isinstance(raw, io.RawIOBase) else raw
    )
    with stream:
        encoding = _wide_encoding(document.head)
        if encoding or (b"\r" in document.head and b"\n" not in document.head):
            text = io.TextIOWrapper(
                cast(Any, stream),
                encoding or "utf-8",
                "replace" if encoding else "surrogateescape",
                newline=None,
            )
            for line in iter(lambda: text.readline(_LINE_LIMIT), ""):
                plain = line if encoding else _decode(line.encode("utf-8", "surrogateescape"))
                yield _checked(plain).lstrip("\ufeff")
            return
        first = stream.readline(_LINE_LIMIT).removeprefix(b"\xef\xbb\xbf")
        if first:
            yield _checked(_decode(first))
        for line_bytes in iter(lambda: stream.readline(_LINE_LIMIT), b""):
            try:
                yield _checked(line_bytes.decode())
            except UnicodeDecodeError:
                yield _checked(_decode(line_bytes))


def _checked(line: str) -> str:
    if len(line) >= _LINE_LIMIT - 4 and not line.endswith(("\n", "\r")):
        raise ArchiveError(f"有一行超过 {_LINE_LIMIT / 1e6:.0f} MB，不像表格")
    return line


def _decode(line: bytes) -> str:
    """UTF-8, else GB18030; a line that mixes both is mended piece by piece."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        pass
    text = line.decode("utf-8", "surrogateescape")
    doubtful = sum(map(len, _DOUBTFUL.findall(text)))
    sound = 3 * len(_HANZI.findall(text))
    return line.decode("gb18030", "replace") if sound <= doubtful else _DOUBTFUL.sub(_mend, text)


def _mend(piece: re.Match[str]) -> str:
    if not _BROKEN.search(piece[0]):
        return piece[0]
    return piece[0].encode("utf-8", "surrogateescape").decode("gb18030", "replace")


def _records(
    lines: Iterator[str], separator: str, width: int
) -> Iterator[tuple[int, Sequence[str]]]:
    """Cut lines into records. A quote that never ends costs its own line only, not the rest of the
    file.
    """
    csv.field_size_limit(2 * _OPEN_CHARS)
    again: deque[str] = deque()
    pending: list[str] = []
    start, opened, chars = (
        1,
        0,
        0,
    )  # number of pending's first line; index of the line whose quote is open (0: none) + 1
    while True:
        line = again.popleft() if again else next(lines, None)
        if line is None and not opened:
            yield from _parse(pending, start, separator, width)
            return
        if line is not None:
            if "\r" in line and "\r" in (
                inner := line.rstrip("\r\n")
            ):  # a line end of another system inside a line: csv refuses it
                line = inner.replace("\r", " ") + "\n"
            pending.append(line)
            chars += len(line)
            if line.count('"') & 1:
                opened, chars = (0, 0) if opened else (len(pending), 0)
        if opened and (line is None or len(pending) - opened > _OPEN_LINES or chars > _OPEN_CHARS):
            yield from _parse(pending[: opened - 1], start, separator, width)
            yield from _parse_alone(pending[opened - 1], start + opened - 1, separator, width)
            again.extendleft(reversed(pending[opened:]))
            start, pending, opened = start + opened, [], 0
        elif not opened and len(pending) >= _CHUNK_LINES:
            yield from _parse(pending, start, separator, width)
            start, pending = start + len(pending), []


def _parse(
    lines: list[str], start: int, separator: str, width: int
) -> Iterator[tuple[int, Sequence[str]]]:
    reader = csv.reader(lines, delimiter=separator)
    before = 0
    for cells in reader:
        after = reader.line_num
        if after - before > 1 and width > 1 and _fit(lines[before:after], separator, width):
            for number, line in enumerate(lines[before:after], start + before):
                yield from _parse_alone(line, number, separator, width)
        elif any(cells):
            yield start + before, cells
        before = after


def _fit(lines: list[str], separator: str, width: int) -> bool:
    """True when the lines make sense one by one: a stray quote had joined them."""
    widths = [
        len(next(csv.reader([line], delimiter=separator, quoting=csv.QUOTE_NONE), []))
        for line in lines
        if line.strip()
    ]
    return sum(other == width for other in widths) > len(widths) / 2


def _parse_alone(
    line: str, number: int, separator: str, width: int
) -> Iterator[tuple[int, Sequence[str]]]:
    cells = next(csv.reader([line], delimiter=separator), [])
    if len(cells) != width:
        cells = next(
            csv.reader([line.replace("\r", "")], delimiter=separator, quoting=csv.QUOTE_NONE), []
        )
    if any(cells):
        yield number, cells


# spreadsheets


def _open_sheets(document: Document) -> list[Grid]:
    data = document.read()
    if data.startswith(_ZIP):
        _check_size(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = [
            sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet
        ]
        return [_grid_of(book.get_sheet_by_name(name)) for name in names]
    except (CalamineError, OSError, ValueError) as error:
        why = (
            "有密码，先去掉密码再导入"
            if "assword" in str(error)
            else f"已损坏或不是表格（{str(error)[:80]}）"
        )
        raise ArchiveError(f"电子表格打不开：{why}") from None


def _grid_of(sheet: CalamineSheet) -> Grid:
    left = sheet.start[1] if sheet.start else 0
    fills = tuple(
        (first[1] - left, first[0] + 1, last[0] + 1)
        for first, last in sheet.merged_cell_ranges or ()
        if last[0] > first[0] and first[1] >= left
    )

    def rows() -> Iterator[tuple[int, Sequence[Any]]]:
        for number, cells in enumerate(sheet.iter_rows(), 1):
            if any(cell != "" for cell in cells):
                yield number, cells

    return Grid(sheet.name, rows, fills)


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
