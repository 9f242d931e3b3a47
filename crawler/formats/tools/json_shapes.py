"""Where the articles are in a JSON of any tool: bare or wrapped, one alone, a list an account, with
what stands around a list told of each of its rows. Pure: values in, flat rows out.

A list that is known when it is bare is known under whatever names a tool wraps it in. What a row's
fields mean is table_headers.py's; here are only the names and shapes that no table has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from crawler.formats.backend_lists import is_list
from crawler.formats.table_headers import map_headers
from crawler.formats.tools.account_lists import account_of_row, are_accounts
from crawler.records import HOST, biz_of_number, is_biz, parse_article_url

__all__ = ["Articles", "BackendList", "find_accounts", "find_articles"]

_MOST_DEPTH = 5
_LOOKED_AT = 200
_MOST_KEYS = 2000
_WRAPPERS = frozenset(
    [
        "article",
        "articles",
        "articlelist",
        "data",
        "datas",
        "items",
        "item",
        "list",
        "records",
        "result",
        "results",
        "returndata",
        "rows",
        "posts",
        "docs",
        "entries",
        "msglist",
        "newsitem",
    ]
)  # among several lists, those under such a name are the articles
_JOINED = frozenset(("stats", "statistics", "metrics", "counts", "articlestats", "reads"))
_NESTED = frozenset(
    [
        "article",
        "content",
        "counts",
        "data",
        "detail",
        "extra",
        "fields",
        "info",
        "meta",
        "metadata",
        "metrics",
        "properties",
        "stats",
        "statistics",
    ]
)  # objects inside a row whose fields are the row's own
_OWNERS = frozenset(["account", "biz", "feed", "gzh", "mp", "mpinfo", "publisher", "source"])
_ACCOUNT_FIELDS = ("account", "biz", "user_name", "alias", "account_id")
_SHOWN = {"account": "公众号", "biz": "biz", "user_name": "原始id", "alias": "微信号"}
_ALIASES = {
    "mpnickname": "公众号",
    "wechatname": "公众号",
    "wxname": "微信号",
    "publicaccount": "公众号",
    "sourcename": "公众号",
    "channelname": "公众号",
    "feedname": "公众号",
    "gzhname": "公众号",
    "ctime": "create_time",
    "accountalias": "微信号",
    "msgauthor": "author",
    "msgcover": "cover",
    "msgdesc": "digest",
    "msgpublishtimestr": "publish_time",
    "msgsn": "sn",
    "mpghid": "原始id",
    "mpwxid": "微信号",
}
_SECRETS = frozenset(
    [
        "cookie",
        "cookies",
        "token",
        "accesstoken",
        "key",
        "passticket",
        "appmsgtoken",
        "uin",
        "wapsid2",
        "password",
    ]
)
_SEEN_KEYS = ("backuptime", "exportedat", "exporttime", "crawltime", "fetchedat", "generatedat")
_SENT_KEYS = ("publishtime", "senttime", "updatetime", "createtime", "datetime")
_FOREIGN_KEYS = ("accountid", "mpid", "gzhid", "feedid", "fakeid", "biz")
_NO_NAME = re.compile(
    r"(?:19|20)\d\d(?:[-/.年].*)?|第.{1,4}[页批]|全部|所有|成功|失败|头条|次条|原创|转载|新增|更新|收藏夹?|合集|默认|"
    r"其[他它]|未分类|[已未](?:下载|读|删除|发布|完成|采集)|"
    r"(?:全部|所有|新增|成功|失败|推荐|我的)?(?:文章|推文|列表|数据|结果|内容|记录|链接)(?:列表|数据|集合?)?"
)  # keys that say what the list is, not whose
_HAN = re.compile("[\u4e00-\u9fff]")
_GH_ID = re.compile(r"gh_[A-Za-z0-9]{6,20}")
_TOKEN_ID = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class Articles:
    """Rows of articles, flat, each with what the objects around it tell of its account."""

    rows: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class BackendList:
    """A payload of WeChat's own back end somewhere inside, and the account around it."""

    data: Any
    account: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Around:
    """What the objects around a place tell: whose, when sent, when seen."""

    account: dict[str, Any]
    sent: Any = None
    seen: Any = None


def find_articles(data: Any, mapping: Mapping[str, str]) -> Iterator[Articles | BackendList]:
    """Every list of articles in the data, or the one article it is."""
    names = _names_of_accounts(data)
    for place in _walk(data, _Around({}), 0, mapping):
        if isinstance(place, Articles):
            for row in place.rows:
                _name_account(row, names)
        yield place


def find_accounts(data: Any) -> list[dict[str, Any]]:
    """The first list of accounts in the data; empty where there is none."""
    waiting: list[tuple[Any, int]] = [(data, 0)]
    for node, depth in waiting:
        if isinstance(node, list):
            rows = _objects(node)
            if rows and are_accounts(rows):
                return rows
        if depth < _MOST_DEPTH and len(waiting) < _MOST_KEYS:
            children = node.values() if isinstance(node, dict) else node[:_LOOKED_AT]
            waiting += [(child, depth + 1) for child in children if isinstance(child, dict | list)]
    return []


# the walk


def _walk(
    node: Any, around: _Around, depth: int, mapping: Mapping[str, str]
) -> Iterator[Articles | BackendList]:
    if depth > _MOST_DEPTH or not node:
        return
    if isinstance(node, dict):
        yield from _walk_object(node, around, depth, mapping)
    elif isinstance(node, list):
        yield from _walk_list(node, around, depth, mapping)


def _walk_object(
    node: dict[str, Any], around: _Around, depth: int, mapping: Mapping[str, str]
) -> Iterator[Articles | BackendList]:
    if is_list(node):
        yield BackendList(node, around.account)
        return
    if _is_article(_flat(node, nested=False)):
        row = _flat(node)
        of_articles = map_headers(list(row)[:_MOST_KEYS], mapping).is_of_articles()
        yield Articles(_with_context([row] if of_articles else _links_by_title(node), around))
        return
    inner = _look_around(node, around, depth)
    children = [(key, child) for key, child in node.items() if isinstance(child, dict | list)]
    usual = [(key, child) for key, child in children if _plain(key) in _WRAPPERS]
    places = [place for key, child in usual for place in _walk(child, inner, depth + 1, mapping)]
    if places:
        yield from _with_counts(places, children)
        return
    for key, child in children:
        owner = _account_of_key(key) if isinstance(child, list) else {}
        own = _Around(owner, inner.sent, inner.seen) if owner else inner
        if _plain(key) not in _WRAPPERS:
            yield from _walk(child, own, depth + 1, mapping)


def _walk_list(
    node: list[Any], around: _Around, depth: int, mapping: Mapping[str, str]
) -> Iterator[Articles | BackendList]:
    if is_list(node):
        yield BackendList(node, around.account)
        return
    rows = [_flat(item) for item in _objects(node)]
    if rows and _are_articles(rows, mapping) and not are_accounts(rows):
        yield Articles(_with_context(rows, around))
        return
    links = [item for item in node if isinstance(item, str) and HOST in item]
    if links:
        yield Articles(_with_context([{"url": link} for link in links], around))
        return
    for item in node:
        if isinstance(item, dict | list):
            yield from _walk(item, around, depth + 1, mapping)


def _links_by_title(node: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of an object that gives each title its link."""
    return [{"title": key, "url": value} for key, value in node.items() if _leads_to_article(value)]


def _objects(items: Sequence[Any]) -> list[dict[str, Any]]:
    return [item for item in items if isinstance(item, dict)]


def _are_articles(rows: Sequence[dict[str, Any]], mapping: Mapping[str, str]) -> bool:
    """True where the rows' fields name articles, and some lead to one or say when or whose."""
    sample = rows[:_LOOKED_AT]
    names = list(dict.fromkeys(str(key) for row in sample for key in row))[:_MOST_KEYS]
    header = map_headers(names, mapping)
    if not header.is_of_articles():
        return False
    columns = header.columns
    return (
        "mid" in columns
        or "aid" in columns
        or ("title" in columns and not {"published", *_ACCOUNT_FIELDS}.isdisjoint(columns))
        or any(_is_article(row) for row in sample)
    )


def _is_article(row: Mapping[str, Any]) -> bool:
    """True for a row that itself leads to an article."""
    if any(map(_leads_to_article, row.values())):
        return True
    plain = {_plain(key): value for key, value in row.items()}
    return "title" in plain and (
        "mid" in plain
        or "appmsgid" in plain
        or (
            str(plain.get("mpid")).startswith("MP_WXS_")
            and _TOKEN_ID.fullmatch(str(plain.get("id"))) is not None
        )
    )


def _leads_to_article(value: Any) -> bool:
    return isinstance(value, str) and HOST in value and parse_article_url(value) is not None


# what stands around


def _look_around(node: Mapping[str, Any], around: _Around, depth: int) -> _Around:
    """What an object tells of the lists in it."""
    plain = {_plain(key): value for key, value in node.items()}
    account = _account_of(node)
    for key, child in plain.items():
        if key in _OWNERS and isinstance(child, dict):
            account = account or _account_of_object(child)
        elif key in _OWNERS and isinstance(child, str) and key in ("account", "mp", "gzh"):
            account = account or {"公众号": child}
    if account.keys() & {"biz", "原始id"} and "公众号" not in account:
        account |= {"公众号": plain["name"]} if isinstance(plain.get("name"), str) else {}
    seen = next((plain[key] for key in _SEEN_KEYS if isinstance(plain.get(key), str | int)), None)
    sent = next((plain[key] for key in _SENT_KEYS if key in plain), None) if depth else None
    return _Around(
        account or around.account,
        sent if isinstance(sent, str | int) else around.sent,
        seen or around.seen,
    )


def _account_of(node: Mapping[str, Any]) -> dict[str, Any]:
    """The account that an object's own fields name."""
    scalars = {
        _ALIASES.get(_plain(key), str(key)): value
        for key, value in node.items()
        if isinstance(value, str) and 0 < len(value) <= 80
    }
    names = list(scalars)[:_MOST_KEYS]
    columns = map_headers(names).columns
    return {
        shown: scalars[names[columns[field][0]]]
        for field, shown in _SHOWN.items()
        if field in columns
    }


def _account_of_object(node: Mapping[str, Any]) -> dict[str, Any]:
    """The account that an object called account, feed or so is, whatever it calls its name."""
    account = _account_of(node)
    name = account.get("公众号") or node.get("name") or node.get("title")
    entry = account_of_row({**node, "name": name})
    named = {"公众号": entry.name, "biz": entry.biz, "原始id": entry.user_name}
    return account | {field: value for field, value in named.items() if value}


def _account_of_key(key: str) -> dict[str, Any]:
    """The account a list's own key is: its biz, its gh_id or its name."""
    text = key.strip()
    if text.startswith("MP_WXS_"):
        biz = biz_of_number(text.removeprefix("MP_WXS_"))
        return {"biz": biz} if biz else {}
    if is_biz(text):
        return {"biz": text}
    if _GH_ID.fullmatch(text):
        return {"原始id": text}
    name = _HAN.search(text) or (" " in text or text[:1].isupper())
    return {"公众号": text} if name and len(text) <= 40 and not _NO_NAME.fullmatch(text) else {}


def _with_context(rows: list[dict[str, Any]], around: _Around) -> list[dict[str, Any]]:
    """The rows with what stands around them where they say nothing of the kind themselves."""
    names = list(dict.fromkeys(key for row in rows for key in row))[:_MOST_KEYS]
    columns = map_headers(names).columns
    owners = [names[number] for field in _ACCOUNT_FIELDS for number in columns.get(field, ())]
    for row in rows:
        if around.account and not any(row.get(name) for name in owners):
            row |= around.account
        if around.sent is not None and "published" not in columns:
            row["发布时间"] = around.sent
        if around.seen is not None and "counted_at" not in columns:
            row["采集时间"] = around.seen
    return rows


def _flat(node: Mapping[str, Any], *, nested: bool = True) -> dict[str, Any]:
    """An object as a row: the fields of objects inside it are its own (`nested`), names only a
    payload has are those of a table, and no session's secret is in it.
    """
    row: dict[str, Any] = {}
    for key, value in node.items():
        plain = _plain(key)
        if plain in _SECRETS:
            continue
        if isinstance(value, dict) and plain in _OWNERS:
            for name, inner in _account_of_object(value).items():
                row.setdefault(name, inner)
        elif isinstance(value, dict) and plain == "author" and isinstance(value.get("name"), str):
            row["作者"] = value["name"]
        elif isinstance(value, dict) and plain in _NESTED:
            scalars = {k: v for k, v in value.items() if isinstance(v, str | int | float)}
            for name, inner in scalars.items() if nested else ():
                if _plain(name) not in _SECRETS and node.get(name) in (None, ""):
                    row[name] = inner
        elif value is not None or str(key) not in row:
            row[_ALIASES.get(plain, str(key))] = value
    return _mended(row)


def _mended(row: dict[str, Any]) -> dict[str, Any]:
    plain = {_plain(key): key for key in row}
    if "oldlikecount" in plain and "likecount" in plain:  # getappmsgext's names: the other is 在看
        row["在看"] = row.pop(plain["likecount"])
    source = row[plain["source"]] if "source" in plain else None
    if isinstance(source, str) and _HAN.search(source) and "微信" not in source:
        row["公众号"] = row.get("公众号") or row.pop(plain["source"])
    if "微信号" in row and "name" in plain and "title" in plain and "公众号" not in row:
        row["公众号"] = row.pop(plain["name"])
    return row


# lists that belong together


def _with_counts(
    places: list[Articles | BackendList], children: Sequence[tuple[str, Any]]
) -> Iterator[Articles | BackendList]:
    """The articles with the counts that a list beside them keeps by the articles' ids."""
    counts: dict[str, dict[str, Any]] = {}
    for key, child in children:
        if _plain(key) in _JOINED and isinstance(child, list):
            for item in _objects(child):
                plain = {_plain(name): value for name, value in item.items()}
                article = plain.get("articleid", plain.get("id"))
                if isinstance(article, str | int):
                    counts[str(article)] = item
    for place in places:
        if isinstance(place, Articles) and counts:
            for row in place.rows:
                own = counts.get(str(row.get("id")), {})
                row |= _mended({k: v for k, v in own.items() if k not in row and k != "article_id"})
        yield place


def _names_of_accounts(data: Any) -> dict[str, dict[str, Any]]:
    """The accounts that a list beside the articles names, by whatever articles refer to them by."""
    lists = [
        child
        for key, child in (data.items() if isinstance(data, dict) else ())
        if _plain(key) in ("accounts", "feeds", "mps", "gzhs", "公众号") and isinstance(child, list)
    ]
    accounts: dict[str, dict[str, Any]] = {}
    for item in (item for child in lists for item in _objects(child)):
        account = _account_of(item)
        if "公众号" not in account and isinstance(item.get("name"), str):
            account["公众号"] = item["name"]
        for key in ("id", *account):
            reference = item.get(key, account.get(key))
            if account and isinstance(reference, str | int):
                accounts.setdefault(str(reference), account)
    return accounts


def _name_account(row: dict[str, Any], accounts: Mapping[str, dict[str, Any]]) -> None:
    """Name the account a row refers to by its id in the list of accounts."""
    if not accounts or row.get("公众号"):
        return
    for key in [key for key in row if _plain(key) in _FOREIGN_KEYS]:
        account = accounts.get(str(row[key]))
        if account is not None:
            if _plain(key) != "biz":
                del row[key]
            row |= account
            return


def _plain(key: str) -> str:
    """A name as it is compared: without case, spaces, dashes."""
    return _plain_of_short(key[:100])


@lru_cache(maxsize=4096)
def _plain_of_short(key: str) -> str:
    return re.sub(r"[\s_-]", "", key).lower()
