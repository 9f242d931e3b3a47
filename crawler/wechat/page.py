"""One article page -> the article it holds, or why it holds none. Pure: bytes in, `Page` out.

Three generations of pages are read (2017–19 `var`s, 2020–mid-2025 `var`s with og: tags, since 2025
`window.cgiDataNew`), ordinary, video, audio, image and text posts and reposts. Listings are
listing.py's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.html_depth import DEEPEST, deep_at
from crawler.records import (
    BEIJING,
    Account,
    Album,
    Article,
    biz_of_number,
    clean_text,
    digits,
    number,
    parse_album_id,
    parse_article_url,
    user_name_of,
)
from crawler.wechat.js_literals import parse_assignments
from crawler.wechat.notices import classify_notice, read_notice
from crawler.wechat.page_fields import (
    CGI_DATA,
    attribute_of,
    facts_of_cgi,
    facts_of_tree,
    facts_of_variables,
    read_cgi_data,
    read_variables,
)

__all__ = ["EXPECTED", "MAX_PAGE_BYTES", "Page", "PageError", "article_of_cgi_data", "parse_page"]

MAX_PAGE_BYTES = 24 * 1024 * 1024  # the largest real page seen has 4 MB
EXPECTED = ("biz", "mid", "idx", "title", "published_at", "account_name", "user_name")


_MOST_LINKS = 2000  # the longest real list of past articles has some hundreds
_CHECKED = (
    256 * 1024
)  # bytes whose encoding is checked: the title and the body's beginning are among them
_END_MARKS = (b"first_sceen__time", b'id="js_pc_qr_code"')
_ESCAPED = re.compile(rb"\A\s*<[^\n]{0,200}\\n")
_UNESCAPE = re.compile(r'\\(n|t|r|"|\'|\\|/)')
_TEXTS = ("account_name", "title", "digest", "author", "place", "source_name", "comment_id")
_KIND_OF_TYPE = {
    0: "article",
    5: "video",
    6: "audio",
    7: "audio",
    8: "image",
    10: "text",
    11: "repost",
    17: "text",
}


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
    """Read one page; `url` is where it was found and gives ids to pages that carry none.

    Raises PageError when the bytes are not a page.
    """
    raw = _check(raw)
    if deep_at(raw) is not None:
        raise PageError(f"标签套了 {DEEPEST} 层以上：不像一篇文章")
    if b'"js_article"' in raw or CGI_DATA in raw or b'id="js_content"' in raw:
        page = _parse_article(raw, url)
        if page is not None:
            return page
    return _parse_notice(raw, url)


def _check(raw: bytes) -> bytes:
    if not raw or raw.isspace():
        raise PageError("空文件")
    if len(raw) > MAX_PAGE_BYTES:
        raise PageError(
            f"页面有 {len(raw) / 1e6:.0f} MB，超过上限 {MAX_PAGE_BYTES / 1e6:.0f} MB：不像一篇文章"
        )
    if b"\0" in raw[:4096] or b"<" not in raw[:4096]:
        raise PageError("不是网页（二进制文件，或没有任何 HTML 标签）")
    if _ESCAPED.match(raw):
        raw = _UNESCAPE.sub(
            lambda m: {"n": "\n", "t": "\t", "r": "\r"}.get(m[1], m[1]),
            raw.decode("utf-8", "replace"),
        ).encode()
    try:
        raw[:_CHECKED].decode("utf-8")
    except UnicodeDecodeError as error:
        if error.end < min(len(raw), _CHECKED) - 3:
            raise PageError(
                f"编码不是 UTF-8（第 {error.start} 字节起），像是被另存成了 GBK："
                "请在浏览器里重新保存，或先转成 UTF-8"
            ) from None
    if raw.rfind(b"</html>") < 0 and raw.rfind(b"</HTML>") < 0:
        raise PageError("页面不完整（没有 </html>）：请重新保存")
    return raw


def _parse_article(raw: bytes, url: str | None) -> Page | None:
    tree, content = _parse_content(raw)
    cgi = read_cgi_data(raw)
    variables = {} if cgi else read_variables(raw)
    facts = facts_of_cgi(cgi) if cgi else facts_of_variables(variables)
    for name, value in facts_of_tree(tree).items():
        facts.setdefault(name, value)
    if not (facts.get("title") or facts.get("published_at") or facts.get("mid")):
        return None
    body = content.inner_html if content is not None else None
    if facts.get("item_show_type") in (
        8,
        10,
    ):  # their text is in the script, and #js_content a mere frame
        body = facts.get("text") or body
    article = _article(facts, url)
    return Page(
        status="fetched",
        article=article,
        account=_account(facts, article),
        albums=tuple(_albums(facts, article)),
        neighbours=tuple(link for link in facts.get("neighbours", ()) if link),
        links=tuple(_links(content)),
        body=body or None,
        captured_at=_moment(facts.get("captured_at")),
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
    article = _article(facts, None)
    missing = tuple(name for name in EXPECTED if getattr(article, name) in (None, ""))
    body = str(data.get("content_noencode") or facts.get("text") or "") or None
    albums = tuple(_albums(facts, article))
    return Page(
        "fetched",
        None,
        article,
        _account(facts, article),
        albums,
        body=body,
        captured_at=_moment(facts.get("captured_at")),
        missing=missing,
    )


def _article(facts: dict[str, Any], url: str | None) -> Article:
    addresses = [
        u for u in (parse_article_url(facts.get(key)) for key in ("link", "og_url")) if u
    ] + [u for u in (parse_article_url(url),) if u]
    named = {
        key: next((getattr(u, key) for u in addresses if getattr(u, key)), None)
        for key in ("biz", "mid", "idx", "sn", "token")
    }
    at, precision = _published(facts)
    stat = number(facts.get("copyright_stat"))
    show_type = number(facts.get("item_show_type"))
    albums = list(_album_rows(facts))
    texts: dict[str, Any] = {key: clean_text(facts.get(key)) for key in _TEXTS}
    links: dict[str, Any] = {
        key: _url(facts.get(key)) for key in ("cover", "cover_square", "source_url", "reprint_url")
    }
    numbers: dict[str, Any] = {
        key: number(facts.get(key)) for key in ("push_size", "daily_idx", "pictures")
    }
    article = Article(
        **{key: facts.get(key) or named[key] for key in ("biz", "mid", "idx")},
        sn=clean_text(facts.get("sn")) or named["sn"],
        token=named["token"],
        user_name=user_name_of(facts.get("user_name")),
        **texts,
        **links,
        **numbers,
        published_at=at,
        time_precision=precision,
        modified_at=_moment(facts.get("modified_at")),
        kind="repost"
        if stat == 2 or "reprint_url" in facts
        else _KIND_OF_TYPE.get(show_type or 0, "article"),
        original=None if stat is None else stat == 1,
        status="fetched",
        item_show_type=show_type,
        copyright_stat=stat,
        paid=facts.get("paid"),
        reward=facts.get("reward"),
        source_biz=biz_of_number(facts.get("source_biz")),
        style_type=clean_text(facts.get("style_type")),
        template_version=clean_text(facts.get("template_version")),
        album_ids=tuple(row["album_id"] for row in albums),
        album_titles=tuple(row["title"] for row in albums if row["title"]),
    )
    return replace(article, url=_canonical(article, url))


def _canonical(article: Article, url: str | None) -> str | None:
    if article.biz and article.mid and article.idx:
        tail = f"&sn={article.sn}" if article.sn else ""
        long = parse_article_url(
            f"https://mp.weixin.qq.com/s?__biz={article.biz}&mid={article.mid}&idx={article.idx}"
            f"{tail}"
        )
        if long and not article.token:
            return long.url
    if article.token:
        return f"https://mp.weixin.qq.com/s/{article.token}"
    link = parse_article_url(url)
    return link.url if link else None


def _account(facts: dict[str, Any], article: Article) -> Account | None:
    if not (article.biz or article.user_name or article.account_name):
        return None
    return Account(
        biz=article.biz,
        user_name=article.user_name,
        name=article.account_name,
        alias=clean_text(facts.get("alias")),
        signature=clean_text(facts.get("signature")),
        avatar=_url(facts.get("avatar")),
    )


def _album_rows(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """id, title and size of each album the page names, once, in the page's order."""
    rows: dict[str, dict[str, Any]] = {}
    for tag in facts.get("albums", ()):
        info = {**tag, **_dict(tag.get("album_info"))}
        link = info.get("link") or info.get("tag_link")
        album_id = (
            parse_album_id(link) or digits(info.get("album_id")) or digits(info.get("albumId"))
        )
        if not album_id:
            continue
        size = (
            number(info.get("content_size"))
            or number(info.get("size"))
            or number(info.get("tag_content_num"))
        )
        title = clean_text(info.get("title") or info.get("tag_name"))
        rows.setdefault(
            album_id,
            {"album_id": album_id, "title": title.lstrip("#") if title else None, "size": size},
        )
    return list(rows.values())


def _albums(facts: dict[str, Any], article: Article) -> list[Album]:
    return [
        Album(
            album_id=row["album_id"],
            title=row["title"],
            biz=article.biz,
            user_name=article.user_name,
            account_name=article.account_name,
            article_count=row["size"],
        )
        for row in _album_rows(facts)
    ]


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
    page_data = _dict(data.get("cgiData"))
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
        article = Article(
            biz=link.biz,
            mid=link.mid,
            idx=link.idx,
            sn=link.sn,
            token=link.token,
            url=link.url,
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
        moved_to=_url(moved[1].decode("utf-8", "replace")) if moved else None,
    )


def _published(facts: dict[str, Any]) -> tuple[datetime | None, str]:
    at = _moment(facts.get("published_at"))
    if at is not None:
        return at, "second"
    text = clean_text(facts.get("published_text")) or ""
    for shape, precision in (
        ("%Y-%m-%d %H:%M", "minute"),
        ("%Y年%m月%d日 %H:%M", "minute"),
        ("%Y-%m-%d", "day"),
        ("%Y年%m月%d日", "day"),
    ):
        try:
            at = datetime.strptime(text, shape).replace(tzinfo=BEIJING).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
        if at.year >= 2012:  # official accounts began in August 2012
            return at, precision
    return None, "none"


def _moment(value: Any) -> datetime | None:
    seconds = number(value)
    return (
        datetime.fromtimestamp(seconds, UTC)
        if seconds and 1_300_000_000 < seconds < 4_000_000_000
        else None
    )


def _url(value: Any) -> str | None:
    """A link that came from outside: http(s) only, entities decoded."""
    text = clean_text(str(value).replace("\\x26", "&")) if value else None
    if text and text.startswith("//"):
        text = "https:" + text
    return text if text and text.startswith(("http://", "https://")) and len(text) < 4000 else None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
