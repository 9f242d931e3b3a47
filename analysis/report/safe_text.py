"""Text from outside on its way into a page."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

__all__ = ["UNSAFE", "clamp", "is_article_url", "safe_text"]

_HOST = "mp.weixin.qq.com"

# what must not reach a page: controls that HTML forbids, halves of characters, and marks that turn
# the text after them round
UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
    "\ufdd0-\ufdef\ufffe\uffff]"
)


def safe_text(text: str) -> str:
    """The text without them."""
    return UNSAFE.sub("", text)


def clamp(text: str, longest: int = 60) -> str:
    """At most `longest` characters, the last an ellipsis where something was cut."""
    clean = safe_text(text)
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"


def is_article_url(url: object) -> bool:
    """Whether a link may be a link: https, WeChat's article host, nothing before or behind the
    host.
    """
    if not isinstance(url, str) or UNSAFE.search(url) or re.search(r"[\s\\]", url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and parts.netloc == _HOST and len(url) <= 2000
