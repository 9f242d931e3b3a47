"""Single values as WeChat's pages, its lists and the tools that keep them write them. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from crawler.records import clean_text, number

__all__ = ["KIND_OF_TYPE", "as_dict", "to_link", "to_moment"]

KIND_OF_TYPE = {  # item_show_type
    0: "article",
    5: "video",
    6: "audio",
    7: "audio",
    8: "image",
    10: "text",
    11: "repost",
    17: "text",
}
_EARLIEST, _LATEST = 1_300_000_000, 4_000_000_000  # unix seconds: 2011 and 2096
_LONGEST_LINK = 4000


def as_dict(value: Any) -> dict[str, Any]:
    """The value where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def to_moment(value: Any) -> datetime | None:
    """Unix seconds as a time in UTC, where they can be an article's."""
    seconds = number(value)
    return (
        datetime.fromtimestamp(seconds, UTC) if seconds and _EARLIEST < seconds < _LATEST else None
    )


def to_link(value: Any) -> str | None:
    """A link that came from outside: http(s) only, entities and escapes decoded."""
    text = clean_text(str(value).replace("\\x26", "&").replace("\\/", "/")) if value else None
    if text and text.startswith("//"):
        text = "https:" + text
    is_web = text is not None and text.startswith(("http://", "https://"))
    return text if is_web and text and len(text) < _LONGEST_LINK else None
