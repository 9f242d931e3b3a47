"""What a page holds, read without a browser, and texts that try to break out of it."""

from __future__ import annotations

from html.parser import HTMLParser

__all__ = ["HOSTILE", "Outline"]

HOSTILE = [
    "<script>alert(1)</script>",
    "</title></style></script><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "{{ 7*7 }}{% raw %}",
    "\u202e\u2066钓鱼\u2069\u200f",
    "&lt;b&gt;&amp;",
    "\x00\x08\uffff",
    "字" * 10_000,
    "👩‍👩‍👧‍👦｜ﷺ｜𠮷",
]


class Outline(HTMLParser):
    """What a page holds: tags with their attributes, links, visible text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._quiet = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._quiet = tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._quiet = False

    def handle_data(self, data: str) -> None:
        self.text += "" if self._quiet else data
