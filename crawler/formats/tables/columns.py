"""Columns told by what stands in them, where their names tell nothing: titles, links of articles.
Pure; what names mean is headers.py's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from crawler.formats.grids.cell_links import has_link
from crawler.formats.tables.cells import cell_text
from crawler.formats.tables.headers import HeaderMap
from crawler.records import clean_text

__all__ = ["SAMPLE_ROWS", "could_be_title", "leave_doubtful", "settle_columns"]

SAMPLE_ROWS = 200
_HANZI = re.compile("[\u3400-\u9fff]")
_LEAST_HANZI, _LONGEST_TITLE = 4, 80  # on average; a digest is longer
_LEAST_SHARE = 0.8  # of the rows: filled, and different
_SENTENCE = re.compile("[。；]")


def settle_columns(
    header: HeaderMap, rows: Sequence[Sequence[Any]], *, attached: bool = False
) -> HeaderMap:
    """The header with the columns of titles and links that only their content tells, and with room
    for links that have no column of their own. `attached`: there are links beside the cells.
    """
    if "url" not in header.columns and (number := _column_of_links(header, rows)) is not None:
        header = _take(header, number, "url", "里是文章链接")
    if "title" not in header.columns:
        numbers = _columns_of_titles(header, rows)
        if len(numbers) == 1:
            header = _take(header, numbers[0], "title", "看内容像标题，当作标题")
    columns = dict(header.columns)
    width = header.width
    titles = columns.get("title", ())
    inside = any(has_link(row[n]) for row in rows for n in titles if n < len(row))
    if "url" not in columns and (attached or inside):
        columns["url"] = (width,)
        width += 1
    links = [row[n] for row in rows for n in columns.get("url", ()) if n < len(row)]
    if "title" not in columns and any(has_link(link) and " " in _spaced(link) for link in links):
        columns["title"] = (width,)
        width += 1
    return replace(header, columns=columns, width=width, virtual=width - header.width)


def _spaced(link: str) -> str:
    """A cell with what is no part of an address as spaces."""
    return re.sub(r"[^!-~]|[()<>\[\]\"]", " ", link.strip())


def leave_doubtful(header: HeaderMap, why: str) -> HeaderMap:
    """The header with its column of times of no clear name as that of saving."""
    columns = dict(header.columns)
    numbers = columns.pop("published")
    columns["saved_at"] = (*columns.get("saved_at", ()), *numbers)
    aside = sorted([*header.aside, *((n, header.names[n]) for n in numbers)], key=lambda p: p[1])
    return replace(
        header, columns=columns, aside=tuple(aside), notes=(*header.notes, why), doubtful=""
    )


def could_be_title(header: HeaderMap, rows: Sequence[Sequence[Any]]) -> str:
    """The name of the column that most looks like titles, else of the first that nobody knows."""
    numbers = _columns_of_titles(header, rows, strict=False)
    if numbers:
        return header.names[numbers[0]]
    return next(iter(header.unknown), next((name for name in header.names if name), ""))


def _take(header: HeaderMap, number: int, field: str, why: str) -> HeaderMap:
    name = header.names[number]
    return replace(
        header,
        columns={**header.columns, field: (number,)},
        aside=tuple(pair for pair in header.aside if pair[0] != number),
        unknown=tuple(other for other in header.unknown if other != name),
        notes=(*header.notes, f"“{name or f'第 {number + 1} 列'}”{why}"),
    )


def _column_of_links(header: HeaderMap, rows: Sequence[Sequence[Any]]) -> int | None:
    """The column nobody knows of which most cells hold an article's link."""
    best, most = None, 0
    for number, _ in header.aside:
        cells = [row[number] for row in rows if number < len(row) and row[number] != ""]
        links = sum(map(has_link, cells))
        if links > most and 2 * links >= len(cells):
            best, most = number, links
    return best


def _columns_of_titles(
    header: HeaderMap, rows: Sequence[Sequence[Any]], *, strict: bool = True
) -> list[int]:
    """The columns nobody knows that hold different texts of some length, the longest first; of many
    articles only `strict` ones are sure.
    """
    found = []
    unknown = set(header.unknown)
    for number, name in header.aside:
        if name not in unknown and header.names[number] != "":
            continue
        texts = [
            clean_text(cell_text(row[number])) or "" if number < len(row) else "" for row in rows
        ]
        texts = [text for text in texts if text]
        if not texts:
            continue
        letters = sum(len(_HANZI.findall(text[:500])) for text in texts) / len(texts)
        length = sum(map(len, texts)) / len(texts)
        sentences = sum(bool(_SENTENCE.search(text)) for text in texts) / len(texts)
        sure = (
            min(len(texts), len(set(texts))) >= _LEAST_SHARE * len(rows)
            and len(set(texts)) >= 2
            and sentences < 0.5
        )
        if letters >= _LEAST_HANZI and length <= _LONGEST_TITLE and (sure or not strict):
            found.append((letters, number))
    return [number for _, number in sorted(found, reverse=True)]
