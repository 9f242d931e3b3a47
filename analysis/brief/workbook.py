"""Every table of a brief as sheets of one XLSX file: the conclusions first, then each table of the
page under the heading it stands under.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import xlsxwriter
from selectolax.lexbor import LexborHTMLParser, LexborNode

from analysis.files import neutral

__all__ = ["Sheet", "pack_workbook", "read_sheets"]

Cell = str | float | None
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME, _LONGEST_CELL = 31, 32_767  # Excel's own limits
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its name, where it stands, its headings and rows; numbers are raw where the page
    holds them so.
    """

    name: str
    place: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def read_sheets(page: str) -> list[Sheet]:
    """The tables of a rendered brief in their order; a table that repeats for each account is one
    sheet with the account in front.
    """
    tree = LexborHTMLParser(page)
    found: dict[tuple[str, tuple[str, ...]], list[tuple[str, tuple[tuple[Cell, ...], ...]]]] = {}
    for table, place, owner in _tables(tree):
        headings = tuple(_text(cell) for cell in table.css("thead th"))
        rows = tuple(
            tuple(_cell(cell) for cell in row.css("th, td")) for row in table.css("tbody tr")
        )
        found.setdefault((place, headings), []).append((owner, rows))
    sheets = [_conclusions(tree)]
    for (place, headings), parts in found.items():
        several = len(parts) > 1
        rows = tuple((owner, *row) if several else row for owner, part in parts for row in part)
        sheets.append(Sheet(place, place, ("公众号", *headings) if several else headings, rows))
    return [sheet for sheet in sheets if sheet.rows]


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
    head = book.add_format({"bold": True, "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    names: set[str] = set()
    for one in sheets:
        sheet = book.add_worksheet(_free_name(one.name, names))
        for at, heading in enumerate(one.headings):
            sheet.write_string(0, at, heading, head)
        for line, row in enumerate(one.rows, 1):
            for at, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(line, at, str(neutral(value))[:_LONGEST_CELL], wrapped)
                elif value is not None:
                    sheet.write_number(line, at, value, wrapped)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(one.rows), max(len(one.headings), 1) - 1)
        sheet.autofit(400)
    if not sheets:
        book.add_worksheet("还没有文章")
    book.close()
    return sink.getvalue()


def _tables(tree: LexborHTMLParser) -> list[tuple[LexborNode, str, str]]:
    """Each table, the heading nearest above it, and the account whose block it is in
    ("" for none).
    """
    found, place, section = [], "", ""
    for node in tree.css("h2, h3, table"):
        if node.tag == "table":
            found.append((node, place, _owner(node)))
        elif node.tag == "h2":
            place = section = _heading(node)
        else:
            place = section if node.css_first(".name") else _heading(node)
    return found


def _heading(node: LexborNode) -> str:
    """A heading without the mark of where its numbers come from."""
    mark = node.css_first(".tag, .origin")
    return _text(node).removesuffix(_text(mark)).strip() if mark is not None else _text(node)


def _owner(node: LexborNode | None) -> str:
    while node is not None and "account" not in (node.attributes.get("class") or "").split():
        node = node.parent
    name = node.css_first(".name") if node is not None else None
    return _text(name) if name is not None else ""


def _conclusions(tree: LexborHTMLParser) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for item in tree.css(".findings li"):
        links = [f"{_text(link)} {link.attributes.get('href') or ''}" for link in item.css("a")]
        advice = item.css_first(".advice")
        said, evidence = item.css_first("p"), item.css_first(".evidence")
        basis = _text(evidence) if evidence is not None else ""
        sentence = _text(said).removesuffix(basis).strip() if said is not None else ""
        rows.append(
            (
                len(rows) + 1,
                sentence,
                basis,
                _text(advice) if advice is not None else "",
                "\n".join(links),
            )
        )
    return Sheet("结论", "结论", ("序号", "结论", "依据", "建议", "例"), tuple(rows))


def _cell(cell: LexborNode) -> Cell:
    raw = cell.attributes.get("data-v")
    if (
        raw is not None
        and _NUMBER.fullmatch(raw)
        and "num" in (cell.attributes.get("class") or "").split()
    ):
        return float(raw)
    return _text(cell) or None


def _text(node: LexborNode) -> str:
    return _SPACES.sub(" ", node.text(separator=" " if node.css_first("br") else "")).strip()


def _free_name(wanted: str, taken: set[str]) -> str:
    """A sheet name that Excel takes and that is free: names differ by more than case."""
    base = _FORBIDDEN.sub(" ", wanted).strip()[:_LONGEST_NAME] or "表"
    name, number = base, 2
    while name.casefold() in taken:
        end = f" {number}"
        name, number = base[: _LONGEST_NAME - len(end)] + end, number + 1
    taken.add(name.casefold())
    return name
