"""One element of a login-era list -> its articles, or why there is none. Pure; which lists there
are is backend_lists.py's.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crawler.batch import Reject
from crawler.files import ArchiveError
from crawler.records import (
    HOST,
    Album,
    Article,
    ArticleUrl,
    Observation,
    biz_of_number,
    clean_text,
    digits,
    number,
    parse_article_url,
)
from crawler.wechat.values import KIND_OF_TYPE, as_dict, to_link, to_moment

__all__ = [
    "WHY_OF_RET",
    "Row",
    "as_list",
    "identity",
    "is_row",
    "link_of",
    "parse_counts",
    "parse_nested",
    "parse_pushes",
    "parse_rows",
    "ret_of",
]

# getmsg's own scale, unlike the 0/1/2 of pages and of the back end: 11 is 原创, 100 and 101 are
# not; 12, 14 and 201 are not understood.
_ORIGINAL_OF_GETMSG = {11: True, 100: False, 101: False}
WHY_OF_RET = {
    -3: "会话已失效，或不是在微信里打开的",
    -6: "访问被微信限制，通常要等一天",
    200002: "参数不对，或对方不允许按名字查找",
    200003: "登录已失效，重新登录后再保存",
    200013: "操作太频繁；2026-07-30 起，微信对别人的公众号一律这样回答",
}
_ROW_KEYS = {"aid", "appmsgid", "itemidx"}
_METRICS_OF_EXPORTER = {
    "readNum": "read",
    "oldLikeNum": "like",
    "likeNum": "wow",
    "shareNum": "share",
    "commentNum": "comment",
}
_METRICS_OF_BACKEND = {
    "read_num": "read",
    "old_like_num": "like",
    "like_num": "wow",
    "share_num": "share",
    "comment_num": "comment",
}
_COUNT = "count of "  # before these names where they are the back end's, not another tool's
_COUNTS = _METRICS_OF_EXPORTER | {_COUNT + key: name for key, name in _METRICS_OF_BACKEND.items()}
_CAP = 100_000  # WeChat shows 10万+ and sends 100001 for everything above
_MAX_CHARS = 200
_SAFE_INTEGER = 2**53  # above it, a number that went through JavaScript has lost its last digits


@dataclass(frozen=True, slots=True)
class Row:
    """One article of a list, with what else the list tells of it."""

    article: Article
    counts: tuple[Observation, ...] = ()
    body: str | None = None
    albums: tuple[Album, ...] = ()


def parse_rows(data: dict[str, Any], where: str = "") -> Iterator[Row | Reject]:
    """The articles of a payload or of one element of it, decided by its keys; `where` says where it
    stands.

    Raises ArchiveError when WeChat refused, when the list is empty, or JSON inside it is broken.
    """
    _refuse_error(data)
    if "general_msg_list" in data:
        yield from parse_pushes(
            as_list(as_dict(parse_nested(data["general_msg_list"])).get("list")), where
        )
    elif "publish_page" in data:
        yield from _publish_list(
            as_dict(parse_nested(data["publish_page"])).get("publish_list"), where
        )
    elif "publish_list" in data:
        yield from _publish_list(data["publish_list"], where)
    elif "publish_info" in data:
        yield from _publish_list([data], where)
    elif "appmsgex" in data:
        yield from _published(data, where)
    elif listed := next((key for key in ("app_msg_list", "appmsg_list") if key in data), None):
        for n, row in enumerate(as_list(data[listed]), 1):
            yield _article_row(as_dict(row), _at(where, f"第 {n} 篇"))
    elif "comm_msg_info" in data or "app_msg_ext_info" in data:
        yield from _push(data, where)
    elif is_row(data):
        yield _article_row(data, where)
    elif isinstance(data.get("list"), list):
        yield from parse_pushes(data["list"], where)
    else:
        yield Reject(where, "认不出这一条：没有文章", "、".join(list(data)[:5])[:_MAX_CHARS])


def _refuse_error(data: dict[str, Any]) -> None:
    ret = ret_of(data)
    if ret:
        message = (
            clean_text(as_dict(data.get("base_resp")).get("err_msg") or data.get("errmsg")) or ""
        )
        why = WHY_OF_RET.get(ret, message[:80] or "没有说原因")
        raise ArchiveError(f"微信没有给列表，返回错误码 {ret}（{why}）")
    if data.get("msg_count") in (0, "0") and not data.get("app_msg_list") and not _has_pushes(data):
        raise ArchiveError(
            "微信给的是空列表（msg_count 0），里面没有文章；2026-09 起这个接口多半如此"
        )


def _has_pushes(data: dict[str, Any]) -> bool:
    return "general_msg_list" in data and bool(
        as_dict(parse_nested(data["general_msg_list"])).get("list")
    )


def ret_of(data: dict[str, Any]) -> int:
    """WeChat's return code; 0 where all is well or nothing is said."""
    return number(as_dict(data.get("base_resp")).get("ret")) or number(data.get("ret")) or 0


# getmsg


def parse_pushes(items: Iterable[Any], where: str) -> Iterator[Row | Reject]:
    """The articles of getmsg's items."""
    for n, item in enumerate(items, 1):
        yield from _push(as_dict(item), _at(where, f"第 {n} 次推送"))


def _push(item: dict[str, Any], where: str) -> Iterator[Row | Reject]:
    """One send-out: its main article and the others, in order. All share its time."""
    common, main = as_dict(item.get("comm_msg_info")), as_dict(item.get("app_msg_ext_info"))
    if not main:
        yield _text_push(common, where)
        return
    others = [as_dict(other) for other in as_list(main.get("multi_app_msg_item_list"))]
    for position, fields in enumerate([main, *others], 1):
        yield _push_article(
            fields, common, position, 1 + len(others), _at(where, f"第 {position} 篇")
        )


def _push_article(
    fields: dict[str, Any], common: dict[str, Any], position: int, size: int, where: str
) -> Row | Reject:
    address = str(fields.get("content_url") or "").strip()
    title, at = clean_text(fields.get("title")), to_moment(common.get("datetime"))
    if not address:
        return Reject(where, "没有链接，多半已被删除", (title or "")[:_MAX_CHARS])
    found = _any_link(address)
    link = found if found and not found.temporary else None
    if number(fields.get("del_flag")) not in (None, 0, 1):
        return Reject(
            where,
            f"标记为已删除（del_flag {fields.get('del_flag')}）",
            f"{title or ''} {link.url if link else ''}".strip()[:_MAX_CHARS],
        )
    if found is None:
        return Reject(where, "不是公众号文章链接", address[:_MAX_CHARS])
    if link is None and not (title and at):
        return Reject(where, "临时链接会过期，又没有标题和时间", (title or "")[:_MAX_CHARS])
    show_type, seconds = number(fields.get("item_show_type")), number(fields.get("duration"))
    article = Article(
        **identity(link, biz_of_number(common.get("fakeid"))),
        idx=(link and link.idx) or position,
        title=title,
        digest=clean_text(fields.get("digest")),
        author=clean_text(fields.get("author")),
        published_at=at,
        time_precision="second" if at else "none",
        kind=KIND_OF_TYPE.get(show_type or 0),
        original=_ORIGINAL_OF_GETMSG.get(number(fields.get("copyright_stat")) or 0),
        cover=to_link(fields.get("cover")),
        source_url=to_link(fields.get("source_url")),
        push_size=size,
        item_show_type=show_type,
        media_seconds=seconds if seconds and seconds > 0 else None,
    )
    return Row(article)


def _text_push(common: dict[str, Any], where: str) -> Row | Reject:
    """A push without an article: its text is all there is of it, and what readers saw in the
    title's place.
    """
    text, at = str(common.get("content") or "").strip(), to_moment(common.get("datetime"))
    title = clean_text(text)
    if not (title and at):
        return Reject(where, f"不是图文（类型 {common.get('type', '不明')}），没有标题也没有链接")
    article = Article(
        biz=biz_of_number(common.get("fakeid")),
        idx=1,
        title=title[:64],
        published_at=at,
        time_precision="second",
        kind="text",
        push_size=1,
    )
    return Row(article, body=html.escape(html.unescape(text), quote=False))


# appmsgpublish, app_msg_list, exporter


def _publish_list(items: Any, where: str) -> Iterator[Row | Reject]:
    for n, item in enumerate(as_list(items), 1):
        place = _at(where, f"第 {n} 次推送")
        info = parse_nested(as_dict(item).get("publish_info"))
        if isinstance(info, dict) and info:
            yield from _published(info, place)
        else:
            yield Reject(place, "没有内容（publish_info 是空的），多半已被删除")


def _published(info: dict[str, Any], where: str) -> Iterator[Row | Reject]:
    rows = _rows_of(info)
    sent = to_moment(as_dict(info.get("sent_info")).get("time"))
    if not rows:
        yield Reject(where, "这次推送里没有文章（appmsgex 是空的）")
    for n, row in enumerate(rows, 1):
        yield _article_row(row, _at(where, f"第 {n} 篇"), sent=sent, size=len(rows))


def _rows_of(info: dict[str, Any]) -> list[dict[str, Any]]:
    """The articles of a send-out. Of an account of one's own there is `appmsg_info` too, with
    counts, or it alone.
    """
    rows = [as_dict(row) for row in as_list(info.get("appmsgex"))]
    own = [as_dict(row) for row in as_list(info.get("appmsg_info"))]
    counts = [{_COUNT + key: row.get(key) for key in _METRICS_OF_BACKEND} for row in own]
    if not rows:
        return [row | count for row, count in zip(own, counts, strict=True)]
    paired = zip(rows, counts, strict=True) if len(rows) == len(own) else ()
    return [row | count for row, count in paired] or rows


def _article_row(
    row: dict[str, Any], where: str, *, sent: datetime | None = None, size: int | None = None
) -> Row | Reject:
    """One article as the back end lists it, and as exporters keep it. `update_time` is when it went
    out, `create_time` when it was drafted.
    """
    link = link_of(str(row.get("link") or row.get("content_url") or ""))
    aid = re.fullmatch(r"([0-9]{4,20})_([0-9]{1,2})", str(row.get("aid") or ""))
    mid = (link and link.mid) or digits(row.get("appmsgid")) or (aid[1] if aid else None)
    idx = (link and link.idx) or _position(row.get("itemidx")) or _position(aid[2] if aid else None)
    times = ("update_time", "sendtime", "create_time")  # an account's home page sends the second
    at = sent or next(filter(None, (to_moment(row.get(key)) for key in times)), None)
    title = clean_text(row.get("title"))
    if not ((link and link.token) or (mid and idx) or (title and at)):
        return Reject(where, "没有链接、编号，也没有标题和时间", (title or "")[:_MAX_CHARS])
    stat, show_type = number(row.get("copyright_stat")), number(row.get("item_show_type"))
    albums = tuple(_albums(row, link))
    article = Article(
        **(identity(link, biz_of_number(row.get("fakeid"))) | {"mid": mid, "idx": idx}),
        account_name=clean_text(row.get("_accountName")),
        title=title,
        digest=clean_text(row.get("digest")),
        author=clean_text(row.get("author_name") or row.get("author")),
        published_at=at,
        time_precision="second" if at else "none",
        kind=KIND_OF_TYPE.get(show_type or 0),
        original=None
        if stat is None
        else stat == 1 and number(row.get("copyright_type")) in (None, 1),
        status="deleted" if row.get("is_deleted") in (True, 1, "1") else "listed",
        cover=to_link(row.get("cover") or row.get("cover_img")),
        cover_square=to_link(row.get("pic_cdn_url_1_1")),
        push_size=size,
        item_show_type=show_type,
        copyright_stat=stat,
        paid=None if row.get("is_pay_subscribe") is None else bool(number(row["is_pay_subscribe"])),
        album_ids=tuple(album.album_id for album in albums),
        album_titles=tuple(album.title for album in albums if album.title),
    )
    return Row(article, parse_counts(row, _COUNTS), _markup(row.get("content")), albums)


def _albums(row: dict[str, Any], link: ArticleUrl | None) -> Iterator[Album]:
    for info in filter(None, map(as_dict, as_list(row.get("appmsg_album_infos")))):
        number = digits(info.get("id"))
        if number is None and not (
            isinstance(info.get("album_id"), int) and info["album_id"] > _SAFE_INTEGER
        ):
            number = digits(info.get("album_id"))
        if number:
            title = clean_text(info.get("title"))
            yield Album(
                album_id=number,
                title=title.lstrip("#") if title else None,
                biz=(link and link.biz) or biz_of_number(row.get("fakeid")),
            )


def _markup(value: Any) -> str | None:
    """A body where it is one; exporters may keep the bare text instead, which says nothing of the
    layout.
    """
    return value if isinstance(value, str) and value.lstrip().startswith("<") else None


def is_row(data: dict[str, Any]) -> bool:
    """True for one article as the back end lists it. A page's evaluated cgiDataNew has a title and
    a link too, and names its account.
    """
    return (
        "title" in data
        and "link" in data
        and not _ROW_KEYS.isdisjoint(data)
        and "nick_name" not in data
    )


def parse_counts(
    fields: Mapping[str, Any], names: Mapping[str, str], seen_at: datetime | None = None
) -> tuple[Observation, ...]:
    """The counts under `names` (key to metric); what is no count is left out."""
    counts = ((metric, _count(fields.get(key))) for key, metric in names.items())
    return tuple(
        Observation(metric=metric, value=count[0], censored=count[1], seen_at=seen_at)
        for metric, count in counts
        if count
    )


def _count(value: Any) -> tuple[int, bool] | None:
    text = (
        str(value).strip().replace(",", "")
        if isinstance(value, int | str) and not isinstance(value, bool)
        else ""
    )
    if text in ("100001", "100000+", "10万+", "10W+", "10w+"):
        return _CAP, True
    return (int(text), False) if re.fullmatch(r"[0-9]{1,12}", text) else None


# values


def identity(link: ArticleUrl | None, biz: str | None) -> dict[str, Any]:
    """What a link tells of an article but for its place; `biz` is what the payload itself says."""
    if link is None:
        return {"biz": biz}
    return {
        "biz": link.biz or biz,
        "mid": link.mid,
        "sn": link.sn,
        "token": link.token,
        "url": link.url,
    }


def link_of(address: str) -> ArticleUrl | None:
    """A permanent article link; slashes may come escaped."""
    link = _any_link(address)
    return link if link and not link.temporary else None


def _any_link(address: str) -> ArticleUrl | None:
    address = address.replace("\\/", "/")
    return parse_article_url(f"https://{HOST}{address}" if address.startswith("/s?") else address)


def parse_nested(value: Any) -> Any:
    """JSON inside a JSON string, or the value itself. Raises ArchiveError when the inner JSON is
    broken.
    """
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value.strip() else None
    except (ValueError, RecursionError) as error:
        raise ArchiveError(f"列表里的 JSON 不完整或已损坏：{str(error)[:80]}") from None


def _at(where: str, place: str) -> str:
    return f"{where} {place}".strip()


def as_list(value: Any) -> list[Any]:
    """A list; WeChat gives a list of one as the bare object."""
    return (
        value if isinstance(value, list) else [value] if isinstance(value, dict) and value else []
    )


def _position(value: Any) -> int | None:
    position = number(value)
    return position if position and 0 < position < 100 else None
