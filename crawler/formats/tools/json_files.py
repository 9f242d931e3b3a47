"""A JSON file of any kind -> batches: albums and lists of WeChat's own, exporters' and other tools'
articles however they are wrapped, feed readers' exports, lists of accounts. JSON lines too.

In whatever encoding it was saved; session secrets are out of it before it is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from crawler.batch import Batch, Reject, own_sightings
from crawler.files import ArchiveError, Document
from crawler.formats.backend_lists import parse_payload, take_list
from crawler.formats.feeds import take_feed
from crawler.formats.site_files import take_site_json
from crawler.formats.table import TableOptions, read_records
from crawler.formats.tables.headers import map_headers
from crawler.formats.tools.account_lists import take_account_rows
from crawler.formats.tools.json_shapes import Articles, BackendList, find_accounts, find_articles
from crawler.formats.tools.reader_exports import as_json_feed, is_reader_export
from crawler.records import HOST, Account
from crawler.wechat.encoding import to_utf8
from crawler.wechat.redaction import scrub

__all__ = ["read_json_file"]

_MOST_REJECTS = 1000
_MOST_KEYS = 2000
_IDENTITIES = ("mid", "aid", "account", "biz", "user_name", "account_id")


def read_json_file(document: Document, options: TableOptions) -> Iterator[Batch]:
    """What a JSON file brings. Raises ArchiveError: damaged, or without articles and accounts."""
    raw = document.read()
    raw = scrub(to_utf8(raw) or raw)
    data = parse_payload(raw)
    batch = take_site_json(data, raw)
    if batch is not None:
        yield batch
    elif is_reader_export(data):
        yield _take_reader_export(data)
    else:
        yield from _read_any(data, options)


def _take_reader_export(data: dict[str, Any]) -> Batch:
    """Starred items of a reader; those that are no articles of WeChat are counted, not rejected."""
    batch = take_feed(as_json_feed(data))
    rejects = [reject for reject in batch.rejects if HOST in reject.text]
    others = len(batch.rejects) - len(rejects)
    if not batch.sightings and not rejects:
        raise ArchiveError(f"阅读器导出的 {others} 条里没有公众号文章")
    if others:
        batch.notes.append(f"{others} 条不是公众号文章，略过")
    batch.rejects = rejects
    return batch


def _read_any(data: Any, options: TableOptions) -> Iterator[Batch]:
    accounts = find_accounts(data)
    places = list(find_articles(data, options.mapping))
    rows = [row for place in places if isinstance(place, Articles) for row in place.rows]
    if not places:
        if accounts:
            yield take_account_rows(accounts)
        elif isinstance(data, list) and any(isinstance(item, dict) for item in data):
            yield from read_records(data, options)  # it says which fields it did not know
        else:
            keys = "、".join(str(key)[:30] for key in list(data)[:5]) if data else "空的"
            raise ArchiveError(f"认不出的 JSON（{keys}）：里面没有文章列表，也没有公众号清单")
        return
    for number, place in enumerate(places, 1):
        if isinstance(place, BackendList):
            yield _take_nested(place, f"第 {number} 个列表", alone=len(places) == 1)
    own = _of_wechat(rows)
    if rows and not own:
        raise ArchiveError(f"JSON 里的 {len(rows)} 条都是别处的网页，没有公众号文章")
    if own:
        batches = read_records(own, options)
        first = next(batches)
        first.rejects += _broken_lines(data)
        if len(own) < len(rows):
            first.notes.append(f"{len(rows) - len(own)} 条不是公众号文章，略过")
        yield first
        yield from batches


def _of_wechat(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows without those of a reading list that lead to another site and name no account."""
    columns_of: dict[tuple[str, ...], frozenset[str]] = {}
    selected = []
    for row in rows:
        texts = [value for value in row.values() if isinstance(value, str)]
        elsewhere = any(text.startswith(("http://", "https://")) for text in texts)
        if elsewhere and not any(HOST in text for text in texts):
            names = tuple(row)[:_MOST_KEYS]
            if names not in columns_of:
                columns_of[names] = frozenset(map_headers(names).columns)
            if "url" in columns_of[names] and columns_of[names].isdisjoint(_IDENTITIES):
                continue
        selected.append(row)
    return selected


def _take_nested(place: BackendList, where: str, *, alone: bool) -> Batch:
    """A back-end list inside another JSON, kept as the list it is; among others one that is empty
    or was refused is one reject.
    """
    raw = json.dumps(place.data, ensure_ascii=False).encode("utf-8", "replace")
    try:
        batch = take_list(place.data, raw)
    except ArchiveError as error:
        if alone:
            raise
        return Batch("list", "fetched", rejects=[Reject(where, str(error))])
    if place.account:
        owner = Account(biz=place.account.get("biz"), name=place.account.get("公众号"))
        batch.sightings = own_sightings(batch.sightings, owner)
    return batch


def _broken_lines(data: Any) -> list[Reject]:
    """The lines of a JSON-lines file that are no whole object."""
    if not isinstance(data, list):
        return []
    return [
        Reject(f"第 {line} 行", "不是完整的一条 JSON", item[:200])
        for line, item in enumerate(data, 1)
        if isinstance(item, str) and item.lstrip()[:1] in ("{", "[")
    ][:_MOST_REJECTS]
