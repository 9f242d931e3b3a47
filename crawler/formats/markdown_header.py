"""What downloaders and note programs write above an article's text in Markdown without front
matter: quoted, bold, listed and tabled labels, Logseq's properties, a link to the original. Pure.

Read are the lines above the text only: what stands in it (时间：周六下午) is the article's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from crawler.formats.byline import read_byline

__all__ = ["Header", "plain_link", "read_header"]

_MOST_LINES = 60
_LABEL = re.compile(
    r"(?:\*\*|__)?\s*([A-Za-z\u4e00-\u9fff][A-Za-z\u4e00-\u9fff _]{0,24}?)\s*"
    r"(?:(?:\*\*|__)\s*(?:::|[:：])|(?:::|[:：])\s*(?:\*\*|__)?)\s*(.*)$"
)
_CELLS = re.compile(r"\|([^|]{1,40})\|([^|]{1,4000})\|?\s*$")
_MARKER = re.compile(r"^\s*(?:>\s*|[-*+]\s+)*")
_STYLES = re.compile(r"[^{}]{0,400}\{[^{}]{0,2000}:[^{}]{0,2000}\}")  # a page's CSS gone astray
_UNDERLINE = re.compile(r"={3,}\s*$")
_SKIPPED = re.compile(r"\s*(?:!\[[^\]]*\]\([^)]*\)|[-*_=]{3,}|\|[\s|:-]+\||#\S[^#]*)?\s*$")
_HEADING = re.compile(r"\s*(#{1,6})\s+(.*?)[\s#]*$")
_OTHER_LABEL = re.compile(
    r"\s*(?:(?:>\s*|[-*+]\s+|\*\*)[A-Za-z\u4e00-\u9fff ]{1,16}(?:\*\*)?[:：]"
    r"|(?:\|[^|]{1,40}){2}\|\s*$)"
)  # of a tool, but nothing that is stored
_TAG = re.compile(r"<[^<>]{0,200}>")
_NAMES_ALONE = re.compile(  # of the account: its link, its name in bold, 微信号, 功能介绍
    r".{0,60}\]\(javascript:void|\s*\*\*[^*]{1,40}\*\*\s*!\[\]\(\)|\s*(?:微信号|功能介绍)\s"
    r"|\s*_*\s*(?:发[布表]于|发表于)?_*\s*$"
)
_METADATA = re.compile(r"(?:metadata|元数据|信息|文章信息)$", re.I)
_ALBUMS = re.compile(r"\s*(?:收录于(?:话题|合集)?|合集)\s*(#.*)$")
_ORIGINAL_LINK = re.compile(
    r"(原文地址|原文链接|原文|链接|source|original)\s*[:：]?\s*\[[^\]]*\]\(\s*<?([^\s)>]+)", re.I
)
_LINK_ALONE = re.compile(
    r"\s*\[\s*(?:阅读原文|查看原文|原文链接|原文地址|原文|(?:read |view )?original|source)"
    r"\s*\]\(\s*<?([^\s)>]+)>?\s*\)\s*$",
    re.I,
)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\(\s*<?([^\s)>]*)>?[^)]*\)")
_ESCAPED = re.compile(r"\\([_&*#()\[\]~.!-])")


class Header(NamedTuple):
    """Labels in lower case with their texts, the title and albums the lines give, and the text
    below. `quoted` are the labels that stood in a quotation.
    """

    fields: dict[str, str]
    title: str | None
    albums: tuple[str, ...]
    text: str
    quoted: frozenset[str] = frozenset()


def read_header(text: str, labels: Mapping[str, str]) -> Header:
    """The header of a Markdown text; of `labels` (label to field) each field's first counts."""
    lines = text.splitlines(keepends=True)
    fields: dict[str, str] = {}
    quoted: set[str] = set()
    albums: tuple[str, ...] = ()
    title: str | None = None
    end = 0
    for number, line in enumerate(lines[:_MOST_LINES]):
        below = lines[number + 1] if number + 1 < len(lines) else ""
        if title is None and line.strip() and _UNDERLINE.match(below):
            title = line.strip()
        elif heading := _HEADING.match(line):
            if title is None and heading[1] == "#":
                title = heading[2]
            elif not _METADATA.match(heading[2]):
                break
        elif pair := _pair(line, labels):
            fields.setdefault(*pair)
            quoted |= {pair[0]} if line.lstrip().startswith(">") else set()
        elif tagged := _ALBUMS.match(_TAG.sub("", line)):
            albums = tuple(re.findall(r"#([^\s#]+)", tagged[1]))
        elif not (_is_skipped(line) or read_byline(line)):
            break
        end = number + 1
    return Header(fields, title, albums, "".join(lines[end:]), frozenset(quoted))


def _is_skipped(line: str) -> bool:
    """A line of a header that says nothing that is stored."""
    skipped = (_SKIPPED, _OTHER_LABEL, _STYLES, _NAMES_ALONE)
    return any(pattern.match(line) for pattern in skipped)


def plain_link(text: str) -> str:
    """An address as Markdown writes it, without brackets and backslashes."""
    link = _LINK.search(text)
    return _ESCAPED.sub(r"\1", link[2] if link else text).strip("<> \t")


def _pair(line: str, labels: Mapping[str, str]) -> tuple[str, str] | None:
    """The label and the text of a line of the header."""
    if link := _LINK_ALONE.match(line):
        return "url", plain_link(link[1])
    if line.lstrip().startswith(">") and (link := _ORIGINAL_LINK.search(line)):
        label = link[1].lower()
        return label if label in labels else "url", plain_link(link[2])
    plain = _MARKER.sub("", line, count=1).rstrip()
    match = _CELLS.match(plain.strip()) or _LABEL.match(plain)
    if match is None:
        return None
    label, text = match[1].strip(" *_").lower(), match[2].strip(" *_")
    if label not in labels or not text:
        return None
    return label, plain_link(text) if labels[label] == "url" else _LINK.sub(r"\1", text)
