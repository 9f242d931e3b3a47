"""An article kept as Markdown -> one sighting. Pure: bytes in, `Batch` out.

Notes and downloaders write such files by hand or half by hand: front matter that is not quite YAML
is read line by line, what stands above the text without any by markdown_header.py, WeChat's own
line by byline.py. Markdown holds no styling, so its text is never measured as a layout.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

import yaml
from markdown_it import MarkdownIt

from crawler.batch import Batch, Reject
from crawler.files import ArchiveError
from crawler.formats.byline import SITE_NAMES, Byline, find_byline
from crawler.formats.markdown_header import Header, plain_link, read_header
from crawler.records import (
    PRECISIONS,
    Article,
    biz_of_number,
    clean_text,
    parse_article_url,
    user_name_of,
)
from crawler.store.claims import Sighting
from crawler.store.raw_pages import RawPage
from crawler.times import read_single_time
from crawler.wechat.encoding import to_utf8
from crawler.wechat.redaction import scrub

__all__ = ["is_markdown", "take_markdown"]

_MAX_FRONT = 64 * 1024
_MAX_TEXT = 8 * 1024 * 1024
_MAX_RENDERED = 1024 * 1024  # an article has 2–100 KB; a megabyte of brackets takes 25 s to render
_MAX_DEPTH = 32
_OPENING = (
    yaml.FlowSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.BlockMappingStartToken,
)
_CLOSING = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)
_FENCE = re.compile(
    r"\A\ufeff?\s*---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S | re.M
)
_LINE = re.compile(r"^([^\s:#\-][^:\n]{0,40}?)\s*[:：][ \t]*(.*)$", re.M)
_WIKI = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")
_KEYS = {
    "title": ("title", "full title", "标题", "文章标题"),
    "url": (
        "url",
        "link",
        "source",
        "source_url",
        "original_url",
        "permalink",
        "source url",
        "链接",
        "原文",
        "原文链接",
        "原文地址",
        "文章链接",
        "来源",
    ),
    "time": (
        "date",
        "published",
        "published_at",
        "publish_time",
        "publish_date",
        "pubdate",
        "发布时间",
        "发布日期",
        "日期",
        "时间",
    ),  # never `created` or 收藏时间: that is when somebody saved it
    "account": (
        "account",
        "account_name",
        "公众号",
        "公众号名称",
        "公众号名",
        "账号",
        "mp",
        "mp_name",
        "nickname",
    ),
    "biz": ("biz", "__biz"),
    "user_name": ("user_name", "gh_id"),
    "author": ("author", "authors", "作者"),
    "albums": ("series", "album", "albums", "合集", "专辑", "栏目", "系列"),
    "digest": ("digest", "description", "summary", "excerpt", "摘要"),
    "cover": ("cover", "cover_image", "image", "封面"),
    "original": ("original", "原创", "是否原创"),
}
_FIELD_OF_KEY = {key: field for field, keys in _KEYS.items() for key in keys}
_YES, _NO = ("true", "yes", "1", "是", "原创"), ("false", "no", "0", "否", "非原创")


def is_markdown(head: bytes) -> bool:
    """True for front matter between two lines of three dashes that holds at least one key known
    here, and for a header that names the article.
    """
    text = head[: _MAX_FRONT + 1024].decode("utf-8", "replace").lstrip("\ufeff")
    match = _FENCE.match(text)
    if match is not None:
        return any(_field(line[0]) for line in _LINE.findall(match[1]))
    header = read_header(text, _FIELD_OF_KEY)
    return bool(_named(header)) or (
        header.title is not None
        and text.lstrip().startswith("#")
        and (byline := find_byline(text)) is not None
        and byline.account is not None
    )


def take_markdown(raw: bytes) -> Batch:
    """The article in a Markdown file; without a link it needs an account, a title and a time, else
    it is one reject: a note or a blog's own post.

    Raises ArchiveError: no text, front matter above 64 KB or with YAML anchors, text above 8 MB.
    """
    front, text = _split(raw)
    facts = _facts(front) if front is not None else {}
    header = read_header(text, _FIELD_OF_KEY)
    facts = {**_named(header), **{key: value for key, value in facts.items() if value}}
    article = _article(facts, header, find_byline(text))
    batch = Batch("markdown", "fetched")
    if not (article.url or (_is_wechats(article) and article.title and article.published_at)):
        why = "没有公众号文章链接，也没有公众号、标题和发布时间"
        batch.rejects.append(Reject("", why, (article.title or "")[:200]))
        return batch
    batch.missing.update(
        name for name in ("title", "published_at") if getattr(article, name) is None
    )
    at = int(article.published_at.timestamp()) if article.published_at else 0
    batch.sightings.append(
        Sighting(article, "table", at, body=_render(header.text if front is None else text))
    )
    batch.loose_pages.append(RawPage(scrub(raw), "markdown", article.url, "fetched", at))
    return batch


def _is_wechats(article: Article) -> bool:
    """Whether anything says that it is an official account's: a blog's post has title and date."""
    if article.account_name or article.biz or article.user_name:
        return True
    return any("公众号" in text or "微信" in text for text in (article.aside or {}).values())


def _split(raw: bytes) -> tuple[str | None, str]:
    """Front matter, None where there is none, and the text below it."""
    plain = to_utf8(raw)
    if plain is None:
        raise ArchiveError("Markdown 的编码认不出来：请另存为 UTF-8")
    if len(raw) > _MAX_TEXT:
        raise ArchiveError(
            f"Markdown 有 {len(raw) / 1e6:.0f} MB，超过上限 {_MAX_TEXT / 1e6:.0f} MB：不像一篇文章"
        )
    text = plain.decode("utf-8", "replace").lstrip("\ufeff")
    match = _FENCE.match(text)
    if match is None:
        return None, text
    if len(match[1].encode("utf-8", "replace")) > _MAX_FRONT:
        raise ArchiveError(f"Markdown 开头的信息超过上限 {_MAX_FRONT // 1024} KB")
    return match[1], text[match.end() :]


def _named(header: Header) -> dict[str, Any]:
    """A header's labels, where they name an article: a link to it, or its account and time. 时间
    alone is an event's.
    """
    by_field = {_FIELD_OF_KEY[label]: text for label, text in header.fields.items()}
    if (
        parse_article_url(by_field.get("url")) is None
        and not {"account", "time"} <= by_field.keys()
    ):
        return {}
    facts: dict[str, Any] = dict(header.fields)
    if "作者" in header.quoted and "account" not in by_field:
        facts["公众号"] = facts.pop("作者")  # OpenCLI's header calls the account so
    return facts


def _facts(front: str) -> dict[str, Any]:
    """Key to text or list of texts. BaseLoader makes no other values: 007, 12:30 and `on` are
    titles, not numbers.
    """
    try:
        wrong = _fault_of(front)
        facts = None if wrong else yaml.load(front, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError):
        wrong, facts = (
            None,
            {key: value.strip().strip("\"'") for key, value in _LINE.findall(front)},
        )
    if wrong:
        raise ArchiveError(f"开头的信息没有读：{wrong}")
    if not isinstance(facts, dict) or not facts:
        raise ArchiveError("开头的信息读不出来：应是一行一个“名称: 内容”")
    return {str(key).strip(): value for key, value in facts.items()}


def _fault_of(front: str) -> str | None:
    """What makes YAML dangerous to load; found token by token, since PyYAML takes minutes for 64 KB
    of brackets.
    """
    depth = 0
    for token in yaml.scan(front, Loader=yaml.BaseLoader):
        if isinstance(token, yaml.AnchorToken | yaml.AliasToken):
            return "有 YAML 锚点（& 或 *），请去掉，或给这一行加引号"
        depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
        if depth > _MAX_DEPTH:
            return f"嵌套超过 {_MAX_DEPTH} 层"
    return None


def _article(facts: dict[str, Any], header: Header, byline: Byline | None) -> Article:
    fields: dict[str, Any] = {}
    aside: dict[str, str] = {}
    for key, value in facts.items():
        field = _field(key)
        if field is None or (field == "url" and parse_article_url(_link(value)) is None):
            aside[clean_text(key) or "?"] = "、".join(_texts(value))[:500]
        else:
            fields.setdefault(field, value)
    link = parse_article_url(_link(fields.get("url")))
    link = None if link is None or link.temporary else link
    at, precision = _published(next(iter(_names(fields.get("time"))), None), byline)
    cover = _single(fields.get("cover")) or ""
    authors = [name for name in _names(fields.get("author")) if name.lower() not in SITE_NAMES]
    accounts = [name for name in _names(fields.get("account")) if name.lower() not in SITE_NAMES]
    albums = _names(fields.get("albums")) or header.albums
    original = _truth(_single(fields.get("original")))
    if byline and "原文地址" in header.quoted:  # wechat-article-exporter says 原创 of every article
        alone = None if byline.account else byline.author
        byline = replace(byline, original=None, account=byline.account or alone)
        byline = replace(byline, author=None) if alone else byline
    return Article(
        biz=(link.biz if link else None) or biz_of_number(_single(fields.get("biz"))),
        mid=link.mid if link else None,
        idx=link.idx if link else None,
        sn=link.sn if link else None,
        token=link.token if link else None,
        url=link.url if link else None,
        user_name=user_name_of(_single(fields.get("user_name"))),
        account_name=next(iter(accounts), byline.account if byline else None),
        title=_single(fields.get("title")) or clean_text(header.title),
        digest=_single(fields.get("digest")),
        author="、".join(authors) or (byline.author if byline else None),
        published_at=at,
        time_precision=precision,
        original=byline.original if original is None and byline else original,
        place=byline.place if byline else None,
        cover=cover if cover.startswith(("http://", "https://")) else None,
        album_titles=tuple(title.lstrip("#") for title in albums),
        aside={key: value for key, value in aside.items() if value} or None,
    )


def _published(text: str | None, byline: Byline | None) -> tuple[datetime | None, str]:
    """The stated time, or WeChat's own where that is finer or alone."""
    at, precision = read_single_time(text)
    if byline is None or (at and PRECISIONS.index(precision) <= PRECISIONS.index(byline.precision)):
        return at, precision
    return byline.published_at, byline.precision


def _link(value: Any) -> str | None:
    text = _single(value)
    return plain_link(text) if text else None


def _field(key: str) -> str | None:
    return _FIELD_OF_KEY.get(key.strip().strip("\"'").lower().replace("-", "_"))


def _single(value: Any) -> str | None:
    return next(iter(_texts(value)), None)


def _texts(value: Any) -> list[str]:
    """The texts in a value: a list's, or the one there is."""
    parts = value if isinstance(value, list) else [value]
    texts = (clean_text(part) for part in parts if isinstance(part, str))
    return [text for text in texts if text]


def _names(value: Any) -> list[str]:
    """Texts of which the [[links]] of note-taking programs are their words."""
    return [name for text in _texts(value) if (name := _WIKI.sub(r"\1", text).strip())]


def _truth(text: str | None) -> bool | None:
    answer = (text or "").lower()
    return True if answer in _YES else False if answer in _NO else None


def _render(text: str) -> str | None:
    """The text as HTML; HTML inside it is shown as text, and links that run scripts are none. None
    where it is too long for an article.
    """
    if len(text) > _MAX_RENDERED:
        return None
    return (
        MarkdownIt("commonmark", {"html": False})
        .enable(["table", "strikethrough"])
        .render(text)
        .strip()
        or None
    )
