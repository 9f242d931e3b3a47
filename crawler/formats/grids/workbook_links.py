"""What a workbook (XLSX) keeps beside its cells and no reader of cells gives: links attached to
cells, =HYPERLINK() formulas, hidden rows. Pure: the unpacked parts are bounded by sheets.py.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from posixpath import join, normpath
from typing import IO

from crawler.formats.grids.cell_links import article_link, read_formula

__all__ = ["Attached", "read_attached"]

_TAG = rb"<(?:\w+:)?%s\b([^>]*)>"
_SHEET = re.compile(_TAG % b"sheet")
_RELATION = re.compile(_TAG % b"Relationship")
_HYPERLINK = re.compile(_TAG % b"hyperlink")
_ROW = re.compile(_TAG % b"row")
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b[^>]*>([^<]*HYPERLINK\([^<]*)</", re.IGNORECASE
)
_ATTRIBUTE = re.compile(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")
_MOST_ROWS = 1000  # of one range that one link covers


@dataclass(slots=True)
class Attached:
    """Of one sheet: article links by row and column (rows from 1, columns from 0), what formulas
    show, and how many rows are hidden.
    """

    links: defaultdict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    texts: defaultdict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    hidden_rows: int = 0


def read_attached(file: IO[bytes]) -> dict[str, Attached]:
    """What is attached to the cells of each sheet, by the sheet's name; nothing where the file is
    no XLSX.
    """
    with zipfile.ZipFile(file) as pack:
        parts = set(pack.namelist())
        if "xl/workbook.xml" not in parts:
            return {}
        targets = _relations(pack, parts, "xl/workbook.xml")
        sheets = {}
        for match in _SHEET.finditer(pack.read("xl/workbook.xml")):
            sheet = _attributes(match[1])
            part = targets.get(_relation_id(sheet), "")
            if "name" in sheet and part in parts:
                sheets[sheet["name"]] = _read_sheet(pack, parts, part)
        return sheets


def _read_sheet(pack: zipfile.ZipFile, parts: set[str], part: str) -> Attached:
    xml, attached = pack.read(part), Attached()
    if b"hidden=" in xml:
        attached.hidden_rows = sum(
            _attributes(row[1]).get("hidden") in ("1", "true") for row in _ROW.finditer(xml)
        )
    if b"hyperlink" in xml:
        targets = _relations(pack, parts, part, external=True)
        for match in _HYPERLINK.finditer(xml):
            place = _attributes(match[1])
            url = targets.get(_relation_id(place), "")
            if place.get("location") and url:
                url += "#" + place["location"]
            for row, column in _places(place.get("ref", "")):
                _put(attached.links, row, column, article_link(url))
    if b"HYPERLINK(" in xml.upper():
        for match in _FORMULA.finditer(xml):
            url, text = read_formula("=" + html.unescape(match[2].decode("utf-8", "replace")))
            for row, column in _places(_attributes(match[1]).get("r", "")):
                _put(attached.links, row, column, article_link(url))
                _put(attached.texts, row, column, text)
    return attached


def _put(rows: defaultdict[int, dict[int, str]], row: int, column: int, text: str) -> None:
    if text:
        rows[row].setdefault(column, text)


def _relations(
    pack: zipfile.ZipFile, parts: set[str], part: str, *, external: bool = False
) -> dict[str, str]:
    """What a part's relations lead to, by their ids: other parts, or addresses."""
    folder, _, name = part.rpartition("/")
    rels = f"{folder}/_rels/{name}.rels"
    if rels not in parts:
        return {}
    relations = map(_attributes, (match[1] for match in _RELATION.finditer(pack.read(rels))))
    return {
        each.get("Id", ""): each.get("Target", "")
        if external
        else normpath(join(folder, each.get("Target", ""))).lstrip("/")
        for each in relations
    }


def _attributes(raw: bytes) -> dict[str, str]:
    text = raw.decode("utf-8", "replace")
    return {name: html.unescape(a or b) for name, a, b in _ATTRIBUTE.findall(text)}


def _relation_id(attributes: dict[str, str]) -> str:
    return next((value for name, value in attributes.items() if name.endswith(":id")), "")


def _places(ref: str) -> list[tuple[int, int]]:
    """The rows a range covers, with its first column."""
    first, _, last = ref.partition(":")
    begin, end = _PLACE.fullmatch(first), _PLACE.fullmatch(last or first)
    if begin is None or end is None:
        return []
    column = 0
    for letter in begin[1]:
        column = column * 26 + ord(letter) - 64
    rows = range(int(begin[2]), min(int(end[2]), int(begin[2]) + _MOST_ROWS) + 1)
    return [(row, column - 1) for row in rows]
