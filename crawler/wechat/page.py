"""One article page -> the article it holds, or why it holds none. Pure: bytes in, `Page` out.

Three generations of pages are read (2017–19 `var`s, 2020–mid-2025 `var`s with og: tags, since 2025
`window.cgiDataNew`), ordinary, video, audio, image and text posts and reposts. Listings are
listing.py's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.html_depth import DEEPEST, deep_at
from crawler.records import Account, Album, Article, clean_text, parse_article_url, user_name_of
from crawler.wechat.encoding import to_utf8
from crawler.wechat.exported_page import EXPORTED, read_exported_page
from crawler.wechat.js_literals import parse_assignments
from crawler.wechat.notices import classify_notice, read_notice
from crawler.wechat.page_fields import (
    CGI_DATA,
    attribute_of,
    facts_of_cgi,
    facts_of_shown_page,
    facts_of_tree,
    facts_of_variables,
    read_cgi_data,
    read_variables,
)
from crawler.wechat.page_records import account_of_fields, albums_of_fields, article_of_fields
from crawler.wechat.saver_note import SaverNote, read_saver_note
from crawler.wechat.values import as_dict, to_link, to_moment

__all__ = [
    "EXPECTED",
    "MAX_PAGE_BYTES",
    "Page",
    "PageError",
    "article_of_cgi_data",
    "is_article_page",
    "parse_page",
]

MAX_PAGE_BYTES = 24 * 1024 * 1024  # the largest real page seen has 4 MB
EXPECTED = ("biz", "mid", "idx", "title", "published_at", "account_name", "user_name")


_MOST_LINKS = 2000  # the longest real list of past articles has some hundreds
_ARTICLE = re.compile(
    rb"""\bid\s{0,8}=\s{0,8}["']?(?:js_article|js_content|activity-name|page-content)\b""", re.I
)
_END_MARKS = (b"first_sceen__time", b'id="js_pc_qr_code"')
_ESCAPED = re.compile(rb"\A\s*<[^\n]{0,200}\\n")
_UNESCAPE = re.compile(r'\\(n|t|r|"|\'|\\|/)')


class PageError(ValueError):
    """The bytes are no page at all (empty, binary, not UTF-8, too large, nested too deep, cut off);
    says which.
    """


@dataclass(frozen=True, slots=True)
class Page:
    """What one page says. `status` is an article status, or verification, or unknown; `article` is
    None where no id is known.
    """

    status: str
    reason: str | None = None
    article: Article | None = None
    account: Account | None = None
    albums: tuple[Album, ...] = ()
    neighbours: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    body: str | None = None
    captured_at: datetime | None = None
    moved_to: str | None = None
    missing: tuple[str, ...] = ()


def parse_page(raw: bytes, *, url: str | None = None) -> Page:
    """Read one page; `url` is where it was found and gives ids to pages that carry none, before
    what the tool that saved it noted.

    Raises PageError when the bytes are not a page.
    """
    raw = _check(raw)
    if deep_at(raw) is not None:
        raise PageError(f"标签套了 {DEEPEST} 层以上：不像一篇文章")
    note = read_saver_note(raw)
    if is_article_page(raw):
        page = _parse_article(raw, url or note.url, note)
        if page is not None:
            return page
    if not _is_whole(raw) and note.url is None:
        raise PageError("页面不完整（没有 </html>）：请重新保存")
    return _parse_notice(raw, url or note.url)


def is_article_page(raw: bytes) -> bool:
    """True for what holds an article's markup or data, however the tool that saved it quotes."""
    return (
        b'"js_article"' in raw
        or CGI_DATA in raw
        or EXPORTED in raw
        or _ARTICLE.search(raw) is not None
    )


def _check(raw: bytes) -> bytes:
    if not raw or raw.isspace():
        raise PageError("空文件")
    if len(raw) > MAX_PAGE_BYTES:
        raise PageError(
            f"页面有 {len(raw) / 1e6:.0f} MB，超过上限 {MAX_PAGE_BYTES / 1e6:.0f} MB：不像一篇文章"
        )
    text = to_utf8(raw)
    if text is None or b"\0" in text[:4096] or b"<" not in text[:4096]:
        raise PageError("不是网页（二进制文件，或没有任何 HTML 标签）")
    raw = text
    if _ESCAPED.match(raw):
        raw = _UNESCAPE.sub(
            lambda m: {"n": "\n", "t": "\t", "r": "\r"}.get(m[1], m[1]),
            raw.decode("utf-8", "replace"),
        ).encode()
    return raw


def _is_whole(raw: bytes) -> bool:
    return raw.rfind(b"</html>") >= 0 or raw.rfind(b"</HTML>") >= 0


def _check_body_whole(raw: bytes) -> None:
    """Without </html> a page is whole where the article's body is closed: what savers leave out to
    make a page small are end tags that HTML doesn't ask for, and quotes. Raises PageError.
    """
    if b'id="js_content"' not in raw:
        tree = LexborHTMLParser(raw + b'<i id="cut-here"></i>')
        content = tree.css_first("#js_content") or tree.css_first("#js_article")
        if content is not None and content.css_first("#cut-here") is None:
            return
    raise PageError("页面不完整（没有 </html>）：请重新保存")


def _parse_article(raw: bytes, url: str | None, note: SaverNote) -> Page | None:
    if not _is_whole(raw):
        _check_body_whole(raw)
    tree, content = _parse_content(raw)
    cgi = read_cgi_data(raw)
    variables = {} if cgi else read_variables(raw)
    facts = facts_of_cgi(cgi) if cgi else facts_of_variables(variables) if variables else {}
    exported: dict[str, Any] = {}
    if content is None and EXPORTED in raw:
        exported, content = read_exported_page(tree)
    shown_only = {} if cgi or variables else facts_of_shown_page(tree)
    for name, value in [*exported.items(), *facts_of_tree(tree).items(), *shown_only.items()]:
        facts.setdefault(name, value)
    shown = note.url and tree.css_first("#meta_content, .share_content_page") is not None
    if shown and "copyright_stat" not in facts:
        facts["copyright_stat"] = 0  # a page as shown, without the label 原创
    if not any(facts.get(name) for name in ("title", "published_at", "published_text", "mid")):
        return None
    body = content.inner_html if content is not None else None
    if facts.get("item_show_type") in (
        8,
        10,
    ):  # their text is in the script, and #js_content a mere frame
        body = facts.get("text") or body
    article = article_of_fields(facts, url, note.offset)
    return Page(
        status="fetched",
        article=article,
        account=account_of_fields(facts, article),
        albums=tuple(albums_of_fields(facts, article)),
        neighbours=tuple(link for link in facts.get("neighbours", ()) if link),
        links=tuple(_links(content)),
        body=body or None,
        captured_at=to_moment(facts.get("captured_at")) or note.saved_at,
        missing=tuple(name for name in EXPECTED if getattr(article, name) in (None, "")),
    )


def _parse_content(raw: bytes) -> tuple[LexborHTMLParser, LexborNode | None]:
    """The tree up to the end of #js_content where that provably changes nothing before it, else the
    whole page's.

    HTML is parsed front to back: what follows the point at which #js_content is closed can't alter
    it. A page since 2023 has 70 % of its bytes after that point.
    """
    start = raw.find(b'id="js_content"')
    ends = (
        [end for end in (raw.find(mark, start) for mark in _END_MARKS) if end > 0]
        if start > 0
        else []
    )
    if ends:
        tree = LexborHTMLParser(raw[: raw.rfind(b"<", 0, min(ends))] + b'<i id="cut-here"></i>')
        content, cut = tree.css_first("#js_content"), tree.css_first("#cut-here")
        if content is not None and cut is not None and content.css_first("#cut-here") is None:
            return tree, content
    tree = LexborHTMLParser(raw)
    return tree, tree.css_first("#js_content")


def article_of_cgi_data(data: dict[str, Any]) -> Page:
    """The article in an already evaluated window.cgiDataNew, as exporters keep it."""
    facts = facts_of_cgi(data)
    article = article_of_fields(facts, None)
    missing = tuple(name for name in EXPECTED if getattr(article, name) in (None, ""))
    body = str(data.get("content_noencode") or facts.get("text") or "") or None
    albums = tuple(albums_of_fields(facts, article))
    return Page(
        "fetched",
        None,
        article,
        account_of_fields(facts, article),
        albums,
        body=body,
        captured_at=to_moment(facts.get("captured_at")),
        missing=missing,
    )


def _links(content: LexborNode | None) -> list[str]:
    """Article links in the body, once each, in order; the first 2,000."""
    nodes = content.css("a[href]") if content is not None else []
    links = (parse_article_url(node.attributes.get("href")) for node in nodes)
    return list(
        islice(
            dict.fromkeys(
                link.url for link in islice(links, 20 * _MOST_LINKS) if link and not link.temporary
            ),
            _MOST_LINKS,
        )
    )


def _parse_notice(raw: bytes, url: str | None) -> Page:
    """A page without an article: its status from the notice it shows, never from words in its
    scripts.
    """
    tree = LexborHTMLParser(raw)
    data = parse_assignments(
        raw.decode("utf-8", "replace"),
        re.compile(r"(?<![\w.])window\.(cgiData)\s*=(?!=)\s*|var\s+(transferTargetLink)\s*=\s*"),
    )
    page_data = as_dict(data.get("cgiData"))
    moved = re.search(rb"var\s+transferTargetLink\s*=\s*['\"]([^'\"]+)", raw)
    text = read_notice(tree, raw)
    status = (
        "verification"
        if {"poc_token", "cap_sid"} & page_data.keys()
        else classify_notice(text.partition("\n")[0]) or classify_notice(text) or "unknown"
    )
    if status == "unknown" and page_data.get("del_reason_id"):
        status = "violation"
    link = parse_article_url(url) or parse_article_url(
        attribute_of(tree, 'meta[property="og:url"]', "content")
    )
    account = None
    if page_data.get("user_name") and page_data.get("nick_name") and status != "verification":
        account = Account(
            user_name=user_name_of(page_data["user_name"]), name=clean_text(page_data["nick_name"])
        )
    article = None
    if status in ("verification", "unknown"):
        return Page(status, clean_text(text), account=account)
    if link and not link.temporary:
        article = link.article(
            status=status,
            status_reason=clean_text(text),
            user_name=account.user_name if account else None,
            account_name=account.name if account else None,
        )
    return Page(
        status,
        clean_text(text),
        article,
        account,
        moved_to=to_link(moved[1].decode("utf-8", "replace")) if moved else None,
    )
