"""What a replica serves: a folder of saved pages, or the sample. Pages are found by the keys their
articles are known by.
"""

from __future__ import annotations

import gzip
import html
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from string import Template
from typing import Any

from crawler.records import BEIJING, HOST, Album, Article
from crawler.wechat.listing import (
    Listing,
    ListingError,
    is_album_page,
    parse_album_json,
    parse_album_page,
)
from crawler.wechat.page import PageError, parse_page

__all__ = ["SiteContent", "SiteAlbum", "notice_page", "load_folder_content", "load_sample_content"]

_TEMPLATES = Path(__file__).parent / "templates"
_NOTICES = {
    "deleted": ("该内容已被发布者删除", ""),
    "violation": ("此内容因违规无法查看", "由用户投诉并经平台审核，涉嫌过度营销"),
    "complaint": ("此内容被投诉且经审核涉嫌侵权，无法查看", ""),
    "unavailable": ("该内容暂时无法查看", ""),
    "expired": ("链接已过期", ""),
    "closed": ("此帐号已自主注销，内容无法查看", ""),
    "migrated": ("该公众号已迁移", ""),
    "verification": ("环境异常", "当前环境异常，完成验证后即可继续访问。"),
}
_SHOW_TYPE = {"article": 0, "video": 5, "audio": 7, "image": 8, "text": 10, "repost": 0}


@dataclass(slots=True)
class SiteAlbum:
    """An album as it is served: its header, and its rows newest first in WeChat's
    own JSON shape.
    """

    album_id: str
    title: str
    account_name: str = ""
    user_name: str = ""
    biz: str | None = None
    numbered: bool = False
    rows: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class SiteContent:
    """Pages by key (`m:biz:mid:idx`, `t:token`), each made or read when asked for; albums by id."""

    pages: dict[str, Callable[[], bytes]] = field(default_factory=dict)
    albums: dict[str, SiteAlbum] = field(default_factory=dict)

    def put(self, article: Article, load: Callable[[], bytes]) -> None:
        """Shelve one page under every key its article has."""
        if article.biz and article.mid and article.idx:
            self.pages[f"m:{article.biz}:{article.mid}:{article.idx}"] = load
        if article.token:
            self.pages[f"t:{article.token}"] = load


def notice_page(status: str) -> bytes:
    """A page that says why there is no article, in the shape of the real ones."""
    text, reason = _NOTICES[status]
    data = (
        {"poc_token": "", "target_url": ""}
        if status == "verification"
        else {"del_reason_id": "10001"}
        if status == "violation"
        else {}
    )
    return fill_template("notice.html", text=text, reason=reason, data=json.dumps(data)).encode()


def fill_template(name: str, **values: str) -> str:
    return Template((_TEMPLATES / name).read_text(encoding="utf-8")).substitute(values)


# a folder of saved pages


def load_folder_content(folder: Path) -> SiteContent:
    """Everything readable in a folder: pages by their ids, albums from their own pages and lists
    and from what pages name.
    """
    folder_content = _Folder()
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".html":
            _read_html(folder_content, path)
        elif path.suffix == ".json":
            _read_list(folder_content, parse_album_json, path)
    for rows in (
        folder_content.lists
    ):  # a saved list names no album: it is of the one it shares most rows with
        shared = {
            album_id: len(rows & placed) for album_id, placed in folder_content.placed.items()
        }
        best = max(shared, key=lambda album_id: (shared[album_id], album_id), default=None)
        if best is not None and shared[best]:
            folder_content.placed[best] |= rows
    for album_id, placed in folder_content.placed.items():
        album = folder_content.content.albums[album_id]
        album.rows = sorted(
            (folder_content.rows[key] for key in placed if key in folder_content.rows),
            key=lambda row: -int(row["create_time"]),
        )
    return folder_content.content


@dataclass(slots=True)
class _Folder:
    """A folder on its way to a shelf; an article is (biz, mid, idx) here."""

    content: SiteContent = field(default_factory=SiteContent)
    rows: dict[tuple[str, str, str], dict[str, str]] = field(default_factory=dict)
    lists: list[set[tuple[str, str, str]]] = field(default_factory=list)
    placed: dict[str, set[tuple[str, str, str]]] = field(default_factory=lambda: defaultdict(set))


def _read_html(folder_content: _Folder, path: Path) -> None:
    raw = path.read_bytes()
    if is_album_page(raw):
        _read_list(folder_content, parse_album_page, path)
        return
    try:
        page = parse_page(raw)
    except PageError:
        return
    article = page.article
    if article is None or page.status != "fetched":
        return
    folder_content.content.put(article, path.read_bytes)
    for album in page.albums:
        _add_album(folder_content.content, album, article.biz)
        folder_content.placed[album.album_id].add(_key(article))
    if page.albums and article.published_at:
        folder_content.rows.setdefault(_key(article), listing_row(article))


def _read_list(folder_content: _Folder, parse: Callable[[bytes], Listing], path: Path) -> None:
    try:
        listing = parse(path.read_bytes())
    except ListingError:
        return
    keys = {_key(article) for article in listing.articles}
    folder_content.rows |= {
        _key(article): listing_row(article) for article in listing.articles if article.published_at
    }
    if listing.album and listing.album.album_id:
        _add_album(
            folder_content.content, listing.album, next((a.biz for a in listing.articles), None)
        )
        folder_content.placed[listing.album.album_id] |= keys
    else:
        folder_content.lists.append(keys)


def _key(article: Article) -> tuple[str, str, str]:
    return str(article.biz), str(article.mid), str(article.idx)


def _add_album(content: SiteContent, album: Album, biz: str | None) -> None:
    site_album = content.albums.setdefault(
        album.album_id, SiteAlbum(album.album_id, album.title or "")
    )
    site_album.biz = site_album.biz or biz
    site_album.account_name = site_album.account_name or album.account_name or ""
    site_album.user_name = site_album.user_name or album.user_name or ""
    site_album.numbered = site_album.numbered or bool(album.numbered)


def listing_row(article: Article) -> dict[str, str]:
    """One row of album JSON, every value a string as the real ones are."""
    url = str(article.url).replace("https://", "http://", 1) + "#rd"
    at = int(article.published_at.timestamp()) if article.published_at else 0
    row = {
        "create_time": str(at),
        "is_pay_subscribe": "0",
        "is_read": "0",
        "item_show_type": str(article.item_show_type or 0),
    }
    row |= {
        "itemidx": str(article.idx),
        "msgid": str(article.mid),
        "title": article.title or "",
        "url": url,
        "user_read_status": "0",
    }
    return row | ({"pos_num": str(article.pos_num)} if article.pos_num else {})


# the sample


def load_sample_content(
    folder: Path, *, only: Callable[[dict[str, Any]], bool] = lambda _: True
) -> SiteContent:
    """The sample's articles (those `only` lets through) as pages in WeChat's shape,
    and its albums.
    """
    accounts = {
        account["key"]: account
        for account in json.loads((folder / "accounts.json").read_text(encoding="utf-8"))
    }
    content = SiteContent()
    for account in accounts.values():
        for album in account["albums"]:
            content.albums[album["id"]] = SiteAlbum(
                album["id"],
                album["title"],
                account["name"],
                account["gh_id"],
                account["biz"],
                album["numbered"],
            )
    for row in filter(only, read_sample(folder)):
        account = accounts[row["account"]]
        article = sample_article(row, account)
        content.put(article, lambda row=row, account=account: sample_page(row, account, content))  # type: ignore[misc]
        for album_id in row["albums"] if row["status"] == "fetched" else ():
            content.albums[album_id].rows.append(listing_row(article))
    for album in content.albums.values():
        if album.numbered:
            for number, listed in enumerate(album.rows, 1):
                listed["pos_num"] = str(number)
        album.rows.reverse()
    return content


def read_sample(folder: Path) -> Iterator[dict[str, Any]]:
    """The sample's articles as written by its grammar, oldest first within an account."""
    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def sample_article(row: dict[str, Any], account: dict[str, Any]) -> Article:
    """The record a reader of the page should come to, as far as identity and listing go."""
    biz, mid, idx = account["biz"], row["mid"], row["idx"]
    return Article(
        biz=biz,
        mid=mid,
        idx=idx,
        sn=row["sn"],
        token=row["token"],
        title=row["title"],
        item_show_type=_SHOW_TYPE[row["kind"]],
        url=f"https://{HOST}/s?__biz={biz}&mid={mid}&idx={idx}&sn={row['sn']}",
        published_at=datetime.fromtimestamp(row["published_at"], BEIJING),
    )


def sample_page(row: dict[str, Any], account: dict[str, Any], content: SiteContent) -> bytes:
    """One article of the sample as a page of the third generation, or the notice in its place."""
    if row["status"] != "fetched":
        return notice_page(row["status"])
    data = _cgi_data(row, account, content)
    ordinary = row["kind"] not in ("image", "text")
    body = (
        '<div class="rich_media_content js_underline_content" id="js_content" '
        f'style="visibility: hidden; opacity: 0; ">{row["body"]}</div>'
    )
    escaped = {
        f"{key}_attr": html.escape(str(row.get(key) or ""))
        for key in ("title", "digest", "author", "cover")
    }
    page = fill_template(
        "article.html",
        **escaped,
        og_url=f"https://{HOST}/s/{row['token']}",
        title_html=html.escape(row["title"]),
        account_html=html.escape(account["name"]),
        original_mark='<span id="copyright_logo">原创</span>' if row.get("original") else "",
        content=body if ordinary else "",
        data=_js(data),
    )
    return page.encode()


def _cgi_data(row: dict[str, Any], account: dict[str, Any], content: SiteContent) -> dict[str, Any]:
    at = datetime.fromtimestamp(row["published_at"], BEIJING)
    repost = row["kind"] == "repost"
    rights: dict[str, Any] = {"copyright_stat": 2 if repost else int(bool(row.get("original")))}
    rights |= {"platform": row.get("source_account", ""), "reprint_url": ""} if repost else {}
    data = {
        "user_name": account["gh_id"],
        "nick_name": account["name"],
        "alias": account["alias"],
        "signature": account["intro"],
        "bizuin": account["biz"],
        "mid": row["mid"],
        "idx": row["idx"],
        "sn": row["sn"],
        "title": row["title"] or row["body"],
        "desc": row.get("digest") or "",
        "author": row.get("author") or "",
        "create_time": f"{at:%Y-%m-%d %H:%M}",
        "ori_create_time": row["published_at"],
        "link": f"https://{HOST}/s/{row['token']}",
        "cdn_url": row.get("cover") or "",
        "source_url": row.get("source_url") or "",
        "item_show_type": _SHOW_TYPE[row["kind"]],
        "copyright_info": rights,
        "ip_wording": {"province_name": row.get("ip_place") or ""},
        "msg_daily_idx": 1,
        "public_tag_info": {"tags": [_tag(content.albums[album_id]) for album_id in row["albums"]]},
        "appmsgalbuminfo": _neighbours(row, account, content),
    }
    if row["kind"] == "image":
        data["picture_page_info_list"] = [
            {"cdn_url": p["url"], "width": p["width"], "height": p["height"]}
            for p in row.get("pictures", ())
        ]
    if row["kind"] in ("image", "text"):
        data["content_noencode"] = row["body"]
    return data


def _tag(album: SiteAlbum) -> dict[str, Any]:
    link = (
        f"https://{HOST}/mp/appmsgalbum?__biz={album.biz}&amp;action=getalbum&amp;"
        f"album_id={album.album_id}#wechat_redirect"
    )
    return {
        "tag_name": album.title,
        "tag_link": link,
        "album_id": album.album_id,
        "tag_content_num": len(album.rows),
    }


def _neighbours(
    row: dict[str, Any], account: dict[str, Any], content: SiteContent
) -> dict[str, Any]:
    """The links to the article before and after inside the first album, as real
    pages carry them.
    """
    if not row["albums"]:
        return {}
    album = content.albums[row["albums"][0]]
    places = [
        i
        for i, listed in enumerate(album.rows)
        if listed["msgid"] == row["mid"] and listed["itemidx"] == str(row["idx"])
    ]
    if not places:
        return {}
    newer = album.rows[places[0] - 1]["url"] if places[0] > 0 else ""
    older = album.rows[places[0] + 1]["url"] if places[0] + 1 < len(album.rows) else ""
    return {
        "album_id": album.album_id,
        "title": album.title,
        "content_size": len(album.rows),
        "pre_article_link": older,
        "next_article_link": newer,
    }


def _js(value: Any) -> str:
    """A value as the pages write it: strings through JsDecode, numbers as '12' * 1."""
    if isinstance(value, dict):
        return "{" + ",\n".join(f"{key}: {_js(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_js, value)) + "]"
    if isinstance(value, int):
        return f"'{value}' * 1"
    escapes = {
        "\\": "\\x5c",
        "\r": "\\x0d",
        '"': "\\x22",
        "&": "\\x26",
        "'": "\\x27",
        "<": "\\x3c",
        ">": "\\x3e",
        "\n": "\\x0a",
    }
    return "JsDecode('" + "".join(escapes.get(c, c) for c in str(value)) + "')"
