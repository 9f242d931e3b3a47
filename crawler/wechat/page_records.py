"""What a page says of itself, by name -> records: the article, its account, its albums. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

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
from crawler.wechat.values import KIND_OF_TYPE, as_dict, to_link, to_moment

__all__ = ["account_of_fields", "albums_of_fields", "article_of_fields"]

_TEXTS = ("account_name", "title", "digest", "author", "place", "source_name", "comment_id")


def article_of_fields(
    facts: dict[str, Any], url: str | None, offset: timedelta | None = None
) -> Article:
    written = (facts.get("link"), facts.get("og_url"), facts.get("canonical"), url)
    addresses = [link for link in map(parse_article_url, written) if link and not link.temporary]
    named = {
        key: next((getattr(u, key) for u in addresses if getattr(u, key)), None)
        for key in ("biz", "mid", "idx", "sn", "token")
    }
    at, precision = _published(facts, offset)
    stat = number(facts.get("copyright_stat"))
    show_type = number(facts.get("item_show_type"))
    albums = list(_album_rows(facts))
    texts: dict[str, Any] = {key: clean_text(facts.get(key)) for key in _TEXTS}
    links: dict[str, Any] = {
        key: to_link(facts.get(key))
        for key in ("cover", "cover_square", "source_url", "reprint_url")
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
        modified_at=to_moment(facts.get("modified_at")),
        kind="repost"
        if stat == 2 or "reprint_url" in facts
        else KIND_OF_TYPE.get(show_type or 0, "article"),
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


def account_of_fields(facts: dict[str, Any], article: Article) -> Account | None:
    if not (article.biz or article.user_name or article.account_name):
        return None
    return Account(
        biz=article.biz,
        user_name=article.user_name,
        name=article.account_name,
        alias=clean_text(facts.get("alias")),
        signature=clean_text(facts.get("signature")),
        avatar=to_link(facts.get("avatar")),
    )


def _album_rows(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """id, title and size of each album the page names, once, in the page's order."""
    rows: dict[str, dict[str, Any]] = {}
    for tag in facts.get("albums", ()):
        info = {**tag, **as_dict(tag.get("album_info"))}
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


def albums_of_fields(facts: dict[str, Any], article: Article) -> list[Album]:
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


def _published(facts: dict[str, Any], offset: timedelta | None) -> tuple[datetime | None, str]:
    """When, and how precisely. A time in words was written by the page's script in the zone of
    whoever saved it: `offset` from UTC where that is known, else taken for Beijing's.
    """
    at = to_moment(facts.get("published_at"))
    if at is not None:
        return at, "second"
    text = clean_text(facts.get("published_text")) or ""
    for shape, precision in (
        ("%Y-%m-%d %H:%M", "minute"),
        ("%Y年%m月%d日 %H:%M", "minute"),
        ("%Y年%m月%d日%H:%M", "minute"),
        ("%Y-%m-%d", "day"),
        ("%Y年%m月%d日", "day"),
    ):
        try:
            local = datetime.strptime(text, shape)
            zone = BEIJING if offset is None or precision == "day" else timezone(offset)
            at = local.replace(tzinfo=zone).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
        if at.year >= 2012:  # official accounts began in August 2012
            return at, precision
    return None, "none"
