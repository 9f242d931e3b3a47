"""Links of articles in the cells of a table: [title](url), “title url”, “title(url)”, <url>, HTML
anchors, =HYPERLINK() as text, and those attached to cells. Pure.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

from crawler.formats.table_headers import HeaderMap
from crawler.records import parse_article_url

__all__ = ["article_link", "has_link", "place_links", "read_formula", "split_link"]

_LONGEST = 20_000  # of a cell that a link is looked for in
_HOST = "mp.weixin.qq.com/"
_URL = re.compile(
    r"(?:(?:https?:)?//)?mp\.weixin\.qq\.com/(?:s[/?]|mp/appmsg/show\?)[A-Za-z0-9_\-=&?%#.;:~+/@!*]+",
    re.IGNORECASE,
)
_ANCHOR = re.compile(r"<[a-zA-Z/][^<>]*>")
_LITERALS = r'((?:"(?:[^"]|"")*+"\s*+&?\s*+)++)'
_FORMULA = re.compile(rf"=\s*HYPERLINK\(\s*{_LITERALS}(?:[,;]\s*{_LITERALS})?", re.IGNORECASE)
_LITERAL = re.compile(r'"((?:[^"]|"")*+)"')
_AROUND = " \t\r\n()（）<>《》[]【】|｜:：,，;；-—–"
_LABEL = re.compile(
    r"(?:点击|点此|打开|查看|阅读|访问|前往|原文|文章|全文|正文|链接|连接|地址|网页|跳转|详情|url|link|"
    r"view|open|read|here|click|source)+",
    re.IGNORECASE,
)


def article_link(text: str) -> str:
    """The text where it is the lasting link of an article, else ""."""
    link = parse_article_url(text) if _HOST in text[:_LONGEST].lower() else None
    return "" if link is None or link.temporary else text


def has_link(cell: Any) -> bool:
    """True when a link of an article stands in a cell."""
    return type(cell) is str and _HOST in cell and bool(split_link(cell)[1])


def read_formula(text: str) -> tuple[str, str]:
    """The address and the text of a =HYPERLINK() of literals; each "" where there is none."""
    match = _FORMULA.match(text[:_LONGEST])
    if match is None:
        return "", ""
    return _joined(match[1]), _joined(match[2] or "")


def _joined(literals: str) -> str:
    return "".join(_LITERAL.findall(literals)).replace('""', '"')


def split_link(text: str) -> tuple[str, str]:
    """What a cell says besides its link, and the link; the text as it is and "" where it holds
    none.
    """
    if text[:1] == "=":
        url, shown = read_formula(text)
        return (shown, article_link(url)) if url or shown else (text, "")
    match = _URL.search(text[:_LONGEST])
    if match is None or not article_link(html.unescape(match[0])):
        return text, ""
    before, after = text[: match.start()], text[match.end() :]
    if match.end() - match.start() == len(text):
        return "", text
    if before.endswith("]("):  # Markdown; its title may have brackets of its own
        shown = before[:-2].strip().removeprefix("[")
    elif "<" in before or "</" in after:
        shown = html.unescape(_ANCHOR.sub("", text)).replace(html.unescape(match[0]), " ")
        shown = shown.strip(_AROUND)
    else:
        shown = " ".join(filter(None, (before.strip(_AROUND), after.strip(_AROUND))))
    return shown, html.unescape(match[0])


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
    if type(text) is not str or not (_HOST in text or text[:1] == "="):
        return "", ""
    if _URL.fullmatch(text):
        return "", article_link(text)
    shown, link = split_link(text)
    return (shown, link) if link or shown != text else ("", "")


def _attached(attached: Mapping[int, str], first: Sequence[int]) -> str:
    """The link attached to the cells of a row: to one of these first, else to any."""
    numbers = [number for number in first if number in attached] or sorted(attached)
    return attached[numbers[0]] if numbers else ""
