"""Links of articles in the cells of a table: [title](url), “title url”, “title(url)”, <url>, HTML
anchors, =HYPERLINK() as text. Pure.
"""

from __future__ import annotations

import html
import re
from typing import Any

from crawler.records import parse_article_url

__all__ = ["article_link", "has_link", "has_host", "is_url", "read_formula", "split_link"]

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


def has_host(text: str) -> bool:
    """True where the site of articles is named."""
    return _HOST in text


def is_url(text: str) -> bool:
    """True for a text that is an address of an article and nothing else."""
    return bool(_URL.fullmatch(text))
