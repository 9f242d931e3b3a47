"""Tables in the containers that platforms name .xls: an HTML table, Excel's XML of 2003, a web page
in a single file (MHTML) -> grids. Pages of WeChat's own are no tables, whatever stands in them.
"""

from __future__ import annotations

import email
import email.message
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.files import ArchiveError, Document
from crawler.formats.grids.cell_links import article_link, read_formula
from crawler.formats.grids.grid import Grid
from crawler.html_depth import shallow
from crawler.wechat.encoding import is_wide, to_utf8

__all__ = ["first_tables", "is_office_table", "open_page"]

_MAX_BYTES = 64 * 1024**2  # a tree takes ten times as much
_MOST_CELLS = 5_000_000
_MOST_SPAN = 200
_MOST_TABLES = 5000
_SPACE = b"\xef\xbb\xbf \t\r\n"
_WECHAT = re.compile(
    rb"js_content|js_article|rich_media|cgiDataNew|js_album|album_info_list|appmsgalbum|"
    rb"msg_title|profile_ext\?action|js_profile|general_msg_list"
)
_FEED = re.compile(rb"<(?:rss|feed|rdf:rdf)\b")
_XML_START = re.compile(r"\A\ufeff?\s*(?:<\?xml[^>]*\?>)?")
_SHEET_NAME = re.compile(r"<x:Name>([^<]{1,100})</x:Name>", re.IGNORECASE)
_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_X = "{urn:schemas-microsoft-com:office:excel}"
_SAMPLE = 65_536


def is_office_table(head: bytes) -> bool:
    """True for what only a spreadsheet program writes: Excel's XML, a workbook saved as MHTML."""
    return _is_workbook_xml(head) or (_is_mhtml(head) and b"X-Document-Type: Workbook" in head)


def first_tables(head: bytes) -> list[Grid]:
    """The tables at a page's beginning; none where it is a page of WeChat's own, or a feed."""
    mhtml, start = _is_mhtml(head), head.lstrip(_SPACE)[:1000].lower()
    if _WECHAT.search(head) or not (start.startswith(b"<") or mhtml):
        return []
    if _FEED.search(start) or not (b"<table" in head.lower() or mhtml):
        return []
    pages = _parts_of(head) if mhtml else [head]
    if any(map(_WECHAT.search, pages)):
        return []
    return [grid for page in pages for grid in _grids_of_html(page[:_SAMPLE])]


def open_page(document: Document) -> list[Grid]:
    """The tables of a page. Raises ArchiveError when it is larger than any, or broken."""
    raw = document.read()
    if len(raw) > _MAX_BYTES:
        raise ArchiveError(
            f"网页表格有 {len(raw) / 1e6:.0f} MB，超过上限 {_MAX_BYTES / 1e6:.0f} MB："
            "先另存为 XLSX 或 CSV"
        )
    if is_wide(raw):
        raw = to_utf8(raw) or raw
    if _is_workbook_xml(raw[:4096]):
        return _grids_of_xml(raw)
    pages = _parts_of(raw) if _is_mhtml(raw[:4096]) else [raw]
    grids = [grid for page in pages for grid in _grids_of_html(page)]
    if len(grids) > 1:
        return [
            Grid(grid.name or f"第 {number} 张表", grid.rows, grid.fills, grid.links)
            for number, grid in enumerate(grids, 1)
        ]
    return grids


def _is_mhtml(head: bytes) -> bool:
    return b"multipart/related" in head[:4096] and b"MIME-Version" in head[:4096]


def _is_workbook_xml(head: bytes) -> bool:
    start = head.lstrip(_SPACE)
    return (
        start.startswith(b"<")
        and b"urn:schemas-microsoft-com:office:spreadsheet" in start[:4096]
        and b"<html" not in start[:4096].lower()
        and re.search(rb"<(?:\w+:)?Workbook\b", start[:4096]) is not None
    )


def _parts_of(raw: bytes) -> list[bytes]:
    """The pages in an MHTML, each with the encoding that its part declares."""
    pages = []
    for part in email.message_from_bytes(raw).walk():
        if part.get_content_type() != "text/html":
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            pages.append(_decode(payload, part.get_content_charset()).encode("utf-8", "replace"))
    return pages


def _decode(raw: bytes, declared: str | None = None) -> str:
    """A page as text, as it is declared where that fits."""
    text = to_utf8(raw, declared)
    return (raw if text is None else text).decode("utf-8", "replace").lstrip("\ufeff")


# HTML


def _grids_of_html(raw: bytes) -> list[Grid]:
    """The tables of a page that hold no other table: those that do are its layout."""
    text = shallow(_decode(raw))
    nodes = LexborHTMLParser(text).css("table")
    if len(nodes) > _MOST_TABLES:
        raise ArchiveError(f"网页里有 {len(nodes)} 张表，超过上限 {_MOST_TABLES}：没有读")
    names = [match.strip() for match in _SHEET_NAME.findall(text)]
    outer = set(filter(None, map(_table_around, nodes)))
    tables = [node for node in nodes if node.mem_id not in outer]
    named = names if len(names) == len(tables) else [None] * len(tables)
    grids, cells = [], 0
    for node, name in zip(tables, named, strict=True):
        grid, size = _grid_of_table(node, name, _MOST_CELLS - cells)
        cells += size
        if next(grid.rows(), None):
            grids.append(grid)
    return grids


def _table_around(node: LexborNode) -> int | None:
    """The table that a table stands in."""
    parent = node.parent
    while parent is not None and parent.tag != "table":
        parent = parent.parent
    return None if parent is None else parent.mem_id


def _grid_of_table(table: LexborNode, name: str | None, room: int) -> tuple[Grid, int]:
    rows: list[list[str]] = []
    links: dict[int, dict[int, str]] = {}
    fills: list[tuple[int, int, int]] = []
    covered: dict[int, int] = {}  # column -> rows that a cell above still reaches over
    size = 0
    for number, row in enumerate(table.css("tr"), 1):
        cells: list[str] = []
        below: dict[int, int] = {}
        for cell in row.iter():
            if cell.tag not in ("td", "th"):
                continue
            while covered.get(len(cells)):
                cells.append("")
            column, across, down = len(cells), _span(cell, "colspan"), _span(cell, "rowspan")
            if down > 1:
                fills.append((column, number, number + down - 1))
            below |= {column + each: down for each in range(across)} if down > 1 else {}
            link = _link_of(cell)
            if link:
                links.setdefault(number, {})[column] = link
            cells += [_text_of(cell), *[""] * (across - 1)]
        covered = {n: left - 1 for n, left in (covered | below).items() if left > 1}
        size += len(cells)
        if size > room:
            raise ArchiveError("网页表格里的单元格多得反常，没有读")
        rows.append(cells)
    return Grid(name, _Rows(rows), tuple(fills), links), size


class _Rows:
    """Rows kept in memory, as a grid gives them."""

    def __init__(self, rows: Sequence[Sequence[Any]]) -> None:
        self.rows = rows

    def __call__(self) -> Iterator[tuple[int, Sequence[Any]]]:
        for number, cells in enumerate(self.rows, 1):
            if any(cell not in ("", None) for cell in cells):
                yield number, cells


def _span(cell: LexborNode, name: str) -> int:
    value = cell.attributes.get(name) or ""
    return (
        min(int(value), _MOST_SPAN)
        if value.isascii() and value.isdigit() and value != "0" and (len(value) < 6)
        else 1
    )


def _link_of(cell: LexborNode) -> str:
    for anchor in cell.css("a[href]")[:20]:
        if link := article_link((anchor.attributes.get("href") or "").strip()):
            return link
    return ""


def _text_of(cell: LexborNode) -> str:
    return " ".join(cell.text(deep=True, separator=" " if cell.css_first("br") else "").split())


# Excel 2003


def _grids_of_xml(raw: bytes) -> list[Grid]:
    text = _decode(raw)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ArchiveError("XML 表格里有 DOCTYPE：Excel 不这样写，没有读")
    try:
        book = ElementTree.fromstring(_XML_START.sub("", text, count=1))
    except (ElementTree.ParseError, ValueError) as error:
        raise ArchiveError(f"XML 表格已损坏（{str(error)[:80]}）") from None
    return [_grid_of_sheet(sheet) for sheet in book.iterfind(f"{_SS}Worksheet")]


def _grid_of_sheet(sheet: ElementTree.Element) -> Grid:
    rows: dict[int, dict[int, Any]] = defaultdict(dict)
    links: dict[int, dict[int, str]] = defaultdict(dict)
    fills: list[tuple[int, int, int]] = []
    number = hidden = cells = 0
    for row in sheet.iterfind(f"{_SS}Table/{_SS}Row"):
        number = _index(row, number)
        hidden += row.get(f"{_SS}Hidden") == "1"
        column = -1
        for cell in row.iterfind(f"{_SS}Cell"):
            column = _index(cell, column + 1) - 1
            url, shown = read_formula(cell.get(f"{_SS}Formula", ""))
            link = article_link(cell.get(f"{_SS}HRef", "")) or article_link(url)
            if link:
                links[number][column] = link
            rows[number][column] = _value_of(cell) or shown
            down = int(_digits(cell.get(f"{_SS}MergeDown", "0")))
            if down:
                fills.append((column, number, number + down))
            column += int(_digits(cell.get(f"{_SS}MergeAcross", "0")))
            cells += column + 1
            if cells > _MOST_CELLS * 10 or column > _MOST_COLUMNS:
                raise ArchiveError("XML 表格的范围大得反常，没有读")
    name, visible = sheet.get(f"{_SS}Name"), sheet.find(f"{_X}WorksheetOptions/{_X}Visible")
    state = visible.text if visible is not None else ""

    def lines() -> Iterator[tuple[int, Sequence[Any]]]:
        for line, by_column in rows.items():
            values = [by_column.get(at, "") for at in range(max(by_column, default=-1) + 1)]
            if any(value != "" for value in values):
                yield line, values

    return Grid(name, lines, tuple(fills), links, hidden=bool(state), hidden_rows=hidden)


_MOST_COLUMNS = 16_384


def _index(node: ElementTree.Element, before: int) -> int:
    """The number of a row or cell: as it says, else the one after the one before."""
    return int(_digits(node.get(f"{_SS}Index", ""))) or before + 1


def _digits(text: str) -> str:
    return text if text.isascii() and text.isdigit() and len(text) < 8 else "0"


def _value_of(cell: ElementTree.Element) -> Any:
    data = cell.find(f"{_SS}Data")
    if data is None:
        return ""
    text = "".join(data.itertext()).strip()
    kind = data.get(f"{_SS}Type")
    if kind == "Error":
        return ""
    try:
        if kind == "DateTime":
            return datetime.fromisoformat(text)
        if kind == "Number":
            return float(text)
    except ValueError:
        return text
    return text
