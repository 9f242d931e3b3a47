"""The page that wechat-article-exporter and its kin write from WeChat's data: a heading, a line of
who and when, a link to the original, the body. Pure.

Their line says 原创 on every article, so whether one is original is not read from it.
"""

from __future__ import annotations

import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.records import clean_text, number

__all__ = ["EXPORTED", "read_exported_page"]

EXPORTED = b"__page_content__"
_CLASSES = {
    "author": "author",
    "nick_name": "account_name",
    "create_time": "published_text",
    "ip": "place",
}
_DATE = re.compile(r"20\d\d[-年/]\d{1,2}")
_SHOW_TYPE = re.compile(r"\bitem_show_type_(\d{1,3})\b")


def read_exported_page(tree: LexborHTMLParser) -> tuple[dict[str, Any], LexborNode | None]:
    """The page's facts in page_fields' names and the node whose content is the body; no facts where
    it is no such page. What is left of the tree is the body.
    """
    root = tree.css_first(".__page_content__")
    line = root.css_first(".__meta__") if root is not None else None
    if root is None or line is None:
        return {}, None
    title, source = root.css_first("h1.title"), root.css_first("blockquote.source")
    link = source.css_first("a[href]") if source is not None else None
    body = root.css_first("[class*=item_show_type_]")
    shown = _SHOW_TYPE.search(body.attributes.get("class") or "") if body is not None else None
    facts = {
        "title": clean_text(title.text()) if title is not None else None,
        "link": link.attributes.get("href") if link is not None else None,
        "item_show_type": number(shown[1]) if shown else None,
        **_read_line(line),
    }
    for node in (title, line, source):
        if node is not None:
            node.decompose()
    return {name: value for name, value in facts.items() if value not in (None, "")}, body or root


def _read_line(line: LexborNode) -> dict[str, str | None]:
    """Author, account, time and place: by class, else by their order around the time."""
    spans = [
        (node.attributes.get("class") or "", clean_text(node.text())) for node in line.css("span")
    ]
    named = {_CLASSES[name]: text for name, text in spans if name in _CLASSES}
    if named:
        return {name: text for name, text in named.items() if text not in ("undefined", "null")}
    texts = [text for _, text in spans if text]
    time = next((i for i, text in enumerate(texts) if _DATE.match(text)), None)
    if time is None:
        return {}
    before, after = texts[:time], texts[time + 1 :]
    return {
        "author": before[0] if len(before) > 1 else None,
        "account_name": before[-1] if before else None,
        "published_text": texts[time],
        "place": after[0] if after else None,
    }
