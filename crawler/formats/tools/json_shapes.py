"""Where the articles are in a JSON of any tool: bare or wrapped, one alone, a list an account, with
what stands around a list told of each of its rows. Pure: values in, flat rows out.

A list that is known when it is bare is known under whatever names a tool wraps it in. What a row's
fields mean is headers.map_headers; here are only the names and shapes that no table has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crawler.formats.backend_lists import is_list
from crawler.formats.tables.headers import map_headers
from crawler.formats.tools.account_lists import are_accounts
from crawler.formats.tools.json_rows import (
    MOST_KEYS,
    OWNERS,
    account_of,
    account_of_key,
    account_of_object,
    flat_row,
    plain_key,
    tidy,
)
from crawler.records import HOST, parse_article_url

__all__ = ["Articles", "BackendList", "find_accounts", "find_articles"]

_MOST_DEPTH = 5
_LOOKED_AT = 200
_SHORTEST_ID = 6
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
_ACCOUNT_FIELDS = ("account", "biz", "user_name", "alias", "account_id")
_SEEN_KEYS = ("backuptime", "exportedat", "exporttime", "crawltime", "fetchedat", "generatedat")
_SENT_KEYS = ("publishtime", "senttime", "updatetime", "createtime", "datetime")
_FOREIGN_KEYS = ("accountid", "mpid", "gzhid", "feedid", "fakeid", "biz")
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
        if depth < _MOST_DEPTH and len(waiting) < MOST_KEYS:
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
    if _is_article(flat_row(node, nested=False)):
        row = flat_row(node)
        of_articles = map_headers(list(row)[:MOST_KEYS], mapping).is_of_articles()
        yield Articles(_with_context([row] if of_articles else _links_by_title(node), around))
        return
    inner = _look_around(node, around, depth)
    children = [(key, child) for key, child in node.items() if isinstance(child, dict | list)]
    usual = [(key, child) for key, child in children if plain_key(key) in _WRAPPERS]
    places = [place for key, child in usual for place in _walk(child, inner, depth + 1, mapping)]
    if places:
        yield from _with_counts(places, children)
        return
    for key, child in children:
        owner = account_of_key(key, child) if inner.account == around.account else {}
        own = _Around(owner, inner.sent, inner.seen) if owner else inner
        if plain_key(key) not in _WRAPPERS:
            yield from _walk(child, own, depth + 1, mapping)


def _walk_list(
    node: list[Any], around: _Around, depth: int, mapping: Mapping[str, str]
) -> Iterator[Articles | BackendList]:
    if is_list(node):
        yield BackendList(node, around.account)
        return
    rows = [flat_row(item) for item in _objects(node)]
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
    names = list(dict.fromkeys(str(key) for row in sample for key in row))[:MOST_KEYS]
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
    plain = {plain_key(key): value for key, value in row.items()}
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
    plain = {plain_key(key): value for key, value in node.items()}
    account = account_of(node)
    for key, child in plain.items():
        if key in OWNERS and isinstance(child, dict):
            account = account or account_of_object(child)
        elif key in OWNERS and isinstance(child, str) and key in ("account", "mp", "gzh"):
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


def _with_context(rows: list[dict[str, Any]], around: _Around) -> list[dict[str, Any]]:
    """The rows with what stands around them where they say nothing of the kind themselves."""
    names = list(dict.fromkeys(key for row in rows for key in row))[:MOST_KEYS]
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


# lists that belong together


def _with_counts(
    places: list[Articles | BackendList], children: Sequence[tuple[str, Any]]
) -> Iterator[Articles | BackendList]:
    """The articles with the counts that a list beside them keeps by the articles' ids."""
    counts: dict[str, dict[str, Any]] = {}
    for key, child in children:
        if plain_key(key) in _JOINED:
            counts |= _counts_by_id(child)
    for place in places:
        for row in place.rows if isinstance(place, Articles) and counts else ():
            own = counts.get(str(row.get("id", row.get("article_id"))), {})
            row |= tidy({name: value for name, value in own.items() if name not in row})
            names = list(own)[:MOST_KEYS]
            for number in map_headers(names).columns.get("counted_at", ())[:1]:
                row["采集时间"] = own[names[number]]
        yield place


def _counts_by_id(node: Any) -> dict[str, dict[str, Any]]:
    """The objects of a list by the article they are of, or those of an object by their keys."""
    if isinstance(node, dict):
        return {str(key): dict(value) for key, value in node.items() if isinstance(value, dict)}
    counts = {}
    for item in _objects(node):
        article = item.get("article_id", item.get("articleId", item.get("id")))
        if isinstance(article, str | int):
            ids = ("id", "article_id", "articleId")
            counts[str(article)] = {k: v for k, v in item.items() if k not in ids}
    return counts


def _names_of_accounts(data: Any) -> dict[str, dict[str, Any]]:
    """The accounts that a list beside the articles names, by whatever articles refer to them by."""
    lists = [
        child
        for key, child in (data.items() if isinstance(data, dict) else ())
        if plain_key(key) in ("accounts", "feeds", "mps", "gzhs", "公众号")
        and isinstance(child, list)
    ]
    accounts: dict[str, dict[str, Any]] = {}
    for item in (item for child in lists for item in _objects(child)):
        account = account_of(item)
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
    for key in [key for key in row if plain_key(key) in _FOREIGN_KEYS]:
        account = accounts.get(str(row[key]))
        if account is not None:
            if len(str(row[key])) < _SHORTEST_ID:  # a number of the tool's own is no 微信号
                del row[key]
            row |= account
            return
