"""News as text for people, as JSON and as an RSS feed. Words from outside lose what could turn a
message into something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from email.utils import format_datetime
from itertools import groupby
from typing import Any
from xml.etree import ElementTree

from analysis.report.safe_text import clamp, is_article_url
from analysis.watch.state import News
from crawler.records import BEIJING

__all__ = ["as_feed", "as_records", "as_text"]

_TITLE = 40


def as_text(news: Sequence[News]) -> str:
    """One block per account: its name, then a line for each thing and, indented, the articles to
    look at.
    """
    blocks = []
    for name, own in groupby(news, key=lambda entry: (entry.account_id, entry.account)):
        lines = [f"【{_line(name[1], 24)}】"]
        for entry in own:
            lines.append(_line(entry.sentence, 300))
            lines += [f"　　{_line(link.title, _TITLE)}{_shown(link.url)}" for link in entry.links]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _line(text: str, longest: int) -> str:
    """One line without the brackets of tags, which chat robots read."""
    return clamp(" ".join(text.split()).replace("<", "＜").replace(">", "＞"), longest)


def _shown(url: str | None) -> str:
    return f"　{url}" if is_article_url(url) else ""


def as_records(news: Sequence[News]) -> list[dict[str, Any]]:
    """The same as plain records."""
    return [asdict(entry) for entry in news]


def as_feed(news: Sequence[News]) -> bytes:
    """RSS 2.0, newest first; each item keeps its guid, so that readers show it once."""
    rss = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(rss, "channel")
    for name, text in (
        ("title", "对标：公众号变化"),
        ("link", "https://mp.weixin.qq.com/"),
        ("description", "关注的公众号新发了什么、变了什么"),
    ):
        ElementTree.SubElement(channel, name).text = text
    for entry in sorted(news, key=lambda entry: -entry.number):
        item = ElementTree.SubElement(channel, "item")
        ElementTree.SubElement(
            item, "title"
        ).text = f"{_line(entry.account, 24)}：{_line(entry.sentence, 100)}"
        link = next((link.url for link in entry.links if is_article_url(link.url)), None)
        if link:
            ElementTree.SubElement(item, "link").text = link
        ElementTree.SubElement(
            item, "guid", isPermaLink="false"
        ).text = f"duibiao-{entry.account_id}-{entry.number}"
        ElementTree.SubElement(item, "pubDate").text = format_datetime(
            datetime.combine(date.fromisoformat(entry.told_on), time(), BEIJING)
        )
        ElementTree.SubElement(item, "description").text = as_text([entry])
    ElementTree.indent(rss)
    feed: bytes = ElementTree.tostring(rss, encoding="utf-8", xml_declaration=True)
    return feed + b"\n"
