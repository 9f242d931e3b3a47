"""What feed readers export of starred or saved items, in Google Reader's JSON (FreshRSS, Inoreader,
The Old Reader, Miniflux's bridge) -> a JSON Feed, which feeds.py reads like any other. Pure.
"""

from __future__ import annotations

import json
from typing import Any

from crawler.formats.backend_rows import as_list
from crawler.wechat.values import as_dict, to_moment

__all__ = ["as_json_feed", "is_reader_export"]

_VERSION = "https://jsonfeed.org/version/1.1"
_LOOKED_AT = 50


def is_reader_export(data: Any) -> bool:
    """True for Google Reader's stream of items: links under canonical or alternate, the feed under
    origin.
    """
    items = as_list(as_dict(data).get("items"))[:_LOOKED_AT]
    return any(
        isinstance(item, dict)
        and ("canonical" in item or "alternate" in item)
        and ("origin" in item or "crawlTimeMsec" in item)
        for item in items
    )


def as_json_feed(data: dict[str, Any]) -> bytes:
    """The same items as a JSON Feed of several accounts, each item with its feed."""
    items = [_item(as_dict(item)) for item in as_list(data.get("items"))]
    feed = {"version": _VERSION, "title": "all", "items": items}
    return json.dumps(feed, ensure_ascii=False).encode("utf-8", "replace")


def _item(item: dict[str, Any]) -> dict[str, Any]:
    origin = as_dict(item.get("origin"))
    links = [
        link.get("href")
        for name in ("canonical", "alternate")
        for link in map(as_dict, as_list(item.get(name)))
    ]
    published = to_moment(item.get("published"))
    contents = (as_dict(item.get(name)).get("content") for name in ("content", "summary"))
    fields = {
        "id": item.get("guid") or item.get("id"),
        "url": next(iter(links), None),
        "external_url": origin.get("feedUrl") or origin.get("streamId"),
        "title": item.get("title"),
        "content_html": next(filter(None, contents), None),
        "author": {"name": item.get("author")},
        "feed": {"title": origin.get("title")},
        "date_published": published.isoformat() if published else None,
    }
    return {name: value for name, value in fields.items() if value}
