"""An account's home page (mp/homepage, 页面模板): the articles its owner put there, tab by tab ->
a batch. Pure. The JSON it loads as it is scrolled is backend_lists.py's.

It tells titles, teasers and permanent links, and no times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.batch import Batch, Reject
from crawler.files import ArchiveError
from crawler.formats.backend_rows import identity, link_of, parse_rows
from crawler.html_depth import shallow
from crawler.records import Account, Article, biz_of_number, clean_text
from crawler.store.claims import Sighting
from crawler.store.raw_pages import RawPage
from crawler.wechat.js_literals import JsError, parse_assignments, parse_literal
from crawler.wechat.redaction import scrub

__all__ = ["is_homepage", "take_homepage"]

_LISTED = re.compile(r"""["']?\bappmsg_list["']?\s{0,8}[:=]\s{0,8}(?=\[)""")
_MARK = re.compile(rb"""homepage/index|articles_header|\bappmsg_list["']?\s{0,8}[:=]\s{0,8}\[""")
_BIZ = re.compile(r"""(?:var\s+|window\.|[{,\s])(__biz|biz)\s*[:=]\s*""")
_MOST_LISTS = 50


def is_homepage(raw: bytes) -> bool:
    """True for the home page of an account, by structure."""
    return _MARK.search(raw) is not None and b'"js_article"' not in raw


def take_homepage(raw: bytes, *, seen_at: int | None = None) -> Batch:
    """The articles of a home page. Raises ArchiveError when there are none in it."""
    raw = scrub(raw)
    text = raw.decode("utf-8", "replace")
    batch = Batch("homepage", "fetched")
    at = seen_at or 0
    met: set[str] = set()
    for article in (*_rendered(text), *_scripted(text)):
        if article.url and article.url not in met:
            met.add(article.url)
            batch.sightings.append(Sighting(article, "list", at))
            batch.missing.update(["published_at"] * (article.published_at is None))
    if not batch.sightings:
        raise ArchiveError("公众号首页里没有文章：往下翻到文章出现再保存")
    biz = biz_of_number(parse_assignments(text, _BIZ).get("biz"))
    if biz:
        batch.accounts.append((Account(biz=biz), "list", at))
    batch.loose_pages.append(RawPage(raw, "homepage", None, "fetched", at))
    return batch


def _rendered(text: str) -> Iterator[Article]:
    """The articles the page was sent with, or had loaded when it was saved."""
    tree = LexborHTMLParser(shallow(text))
    for node in tree.css("a.js_post, .js_post a, .article_list a"):
        link = link_of(node.attributes.get("href") or "")
        if link is None:
            continue
        image = node.css_first("img")
        shown = image.attributes if image is not None else {}
        cover = clean_text(shown.get("data-src") or shown.get("src"))
        yield Article(
            **identity(link, None),
            idx=link.idx,
            title=_first_text(node, ".js_title, .title, h2, h4"),
            digest=_first_text(node, ".desc:not(.js_title)"),
            cover=cover if cover and cover.startswith(("http://", "https://")) else None,
        )


def _first_text(node: LexborNode, selector: str) -> str | None:
    found = node.css_first(selector)
    return clean_text(found.text()) if found is not None else None


def _scripted(text: str) -> Iterator[Article]:
    """The articles of lists that stand in a script."""
    for match in [*_LISTED.finditer(text)][:_MOST_LISTS]:
        try:
            rows: Any = parse_literal(text, match.end())
        except JsError:
            continue
        for row in parse_rows({"app_msg_list": rows}) if rows else ():
            if not isinstance(row, Reject):
                yield row.article
