"""The article's link of a row into its column, from wherever it stands: beside the title, in a
sentence, attached to a cell. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from crawler.formats.grids.cell_links import article_link, has_host, is_url, split_link
from crawler.formats.tables.headers import HeaderMap

__all__ = ["place_links"]

_LABEL = re.compile(
    r"(?:点击|点此|打开|查看|阅读|访问|前往|原文|文章|全文|正文|链接|连接|地址|网页|跳转|详情|url|link|"
    r"view|open|read|here|click|source)+",
    re.IGNORECASE,
)


def place_links(cells: list[Any], header: HeaderMap, attached: Mapping[int, str]) -> list[Any]:
    """The cells with the article's link in its column and without it elsewhere; where no column is
    the link's or the title's, in the ones that the header has for it beyond the table's own.
    """
    urls, titles = header.columns.get("url", ()), header.columns.get("title", ())
    if header.virtual:
        at = header.width - header.virtual
        cells[at:at] = [""] * header.virtual
    link = shown = ""
    for number in urls:
        shown, link = _take_link(cells, number)
        if link:
            break
    for number in titles:
        text, other = _take_link(cells, number)
        if other or text:
            cells[number], link = text, link or other
    if attached and not link:
        link = _attached(attached, (*urls, *titles))
    if link and urls:
        at = next((n for n in urls if cells[n] == link), urls[-1])
        cells[at] = link
        for number in urls:
            if number != at and not article_link(str(cells[number])):
                cells[number] = ""
    if shown and titles and not any(cells[n] for n in titles) and not _LABEL.fullmatch(shown):
        cells[titles[-1]] = shown
    return cells


def _take_link(cells: Sequence[Any], number: int) -> tuple[str, str]:
    """What a cell says besides a link, and the link; "" twice where it is to stay as it is."""
    text = cells[number]
    if type(text) is not str or not (has_host(text) or text[:1] == "="):
        return "", ""
    if is_url(text):
        return "", article_link(text)
    shown, link = split_link(text)
    return (shown, link) if link or shown != text else ("", "")


def _attached(attached: Mapping[int, str], first: Sequence[int]) -> str:
    """The link attached to the cells of a row: to one of these first, else to any."""
    numbers = [number for number in first if number in attached] or sorted(attached)
    return attached[numbers[0]] if numbers else ""
