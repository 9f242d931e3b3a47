"""Article lists of the login era, as people still hold them -> batches. Pure: values in, `Batch`
out.

WeChat's own `getmsg`, `appmsgpublish`, `app_msg_list`, home page and `getappmsgext` answers,
wechat-article-exporter's JSON, and an account's profile page, profile_ext's and the Sogou era's.
Albums are listing.py's, feeds are feeds.py's.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser

from crawler.batch import Batch, Reject
from crawler.files import ArchiveError
from crawler.formats.backend_rows import (
    WHY_OF_RET,
    Row,
    as_list,
    identity,
    is_row,
    link_of,
    parse_counts,
    parse_nested,
    parse_pushes,
    parse_rows,
    ret_of,
)
from crawler.html_depth import shallow
from crawler.records import (
    HOST,
    Account,
    Article,
    Observation,
    biz_of_number,
    clean_text,
    digits,
    number,
    user_name_of,
)
from crawler.store.claims import Sighting
from crawler.store.raw_pages import RawPage
from crawler.wechat.js_literals import JsError, parse_assignments, parse_literal
from crawler.wechat.redaction import scrub
from crawler.wechat.values import as_dict, to_moment

__all__ = [
    "counts_of_appmsgext",
    "is_list",
    "is_metrics",
    "is_profile_page",
    "is_publish_page",
    "parse_payload",
    "take_list",
    "take_metrics",
    "take_profile_page",
    "take_publish_page",
]

_PAYLOAD_KEYS = (
    "general_msg_list",
    "publish_page",
    "publish_list",
    "publish_info",
    "appmsgex",
    "app_msg_list",
    "appmsg_list",
    "comm_msg_info",
    "app_msg_ext_info",
)
_METRICS = {
    "read_num": "read",
    "old_like_num": "like",
    "like_num": "wow",
    "share_num": "share",
    "collect_num": "favourite",
    "comment_count": "comment",
}
_LOOKED_AT = 200  # elements until a list is taken for something else
_AMPERSAND = re.compile(rb"\\+u0026")
_MSG_LIST = re.compile(r"var\s+(msgList)\s*=\s*")
_PUBLISH_PAGE = (
    re.compile(rb"\bpublish_page\s{0,8}=\s{0,8}\{"),
    re.compile(r"\bpublish_page\s{0,8}=\s{0,8}(?=\{)"),
)
_OWNER = re.compile(r"(?:var\s+|window\.)(__biz|biz|nickname|user_name|username)\s*=\s*")


def parse_payload(raw: bytes) -> Any:
    """JSON, or JSON lines as a list in which a line that can't be read stays text and an empty one
    is None.

    Raises ArchiveError on anything else.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ArchiveError("JSON 不是 UTF-8 编码") from None
    try:
        return json.loads(text)
    except RecursionError:
        raise ArchiveError("JSON 嵌套太深") from None
    except ValueError as error:
        lines = [_parse_line(line) for line in text.split("\n")]
        read = sum(isinstance(line, dict) for line in lines)
        if not read or 2 * read < sum(line is not None for line in lines):
            raise ArchiveError(f"JSON 不完整或已损坏：{str(error)[:80]}") from None
        return lines


def _parse_line(line: str) -> Any:
    try:
        return json.loads(line) if line.strip() else None
    except (ValueError, RecursionError):
        return line


def is_list(data: Any) -> bool:
    """True for a list's payload, a list of such, or WeChat's refusal to give one."""
    if isinstance(data, list):
        return any(
            isinstance(item, dict) and _is_payload(item) for item in _flat(data[:_LOOKED_AT])
        )
    return isinstance(data, dict) and (
        _is_payload(data)
        or any(
            isinstance(i, dict) and _is_payload(i) for i in as_list(data.get("list"))[:_LOOKED_AT]
        )
    )


def _is_payload(data: dict[str, Any]) -> bool:
    if "getalbum_resp" in data or "appmsgstat" in data:
        return False
    return (
        any(key in data for key in _PAYLOAD_KEYS)
        or is_row(data)
        or "msg_count" in data
        or ret_of(data) in WHY_OF_RET
    )


def take_list(data: Any, raw: bytes, *, seen_at: int | None = None) -> Batch:
    """A list's payload, already parsed; `raw` is what it was parsed from and is kept without
    session secrets.

    `seen_at` is when it was loaded; without it the newest article's time.

    Raises ArchiveError when WeChat refused, when the list is empty, and when there is no list in
    it.
    """
    if not is_list(data):
        raise ArchiveError("JSON 里没有文章列表")
    if isinstance(data, list):
        rows = [
            row
            for n, item in enumerate(data, 1)
            if item is not None
            for row in _rows_or_reject(item, f"第 {n} 项")
        ]
    else:
        rows = list(parse_rows(data))
    if not rows:
        raise ArchiveError("列表是空的，里面没有文章")
    batch = _batch(rows, seen_at)
    batch.loose_pages.append(
        RawPage(_without_secrets(raw), "list", None, "fetched", _newest(batch))
    )
    return batch


def _batch(rows: Iterable[Row | Reject], seen_at: int | None = None) -> Batch:
    articles: list[Row] = []
    batch = Batch("list", "fetched")
    for row in rows:
        if isinstance(row, Reject):
            batch.rejects.append(row)
            continue
        articles.append(row)
        batch.missing.update(
            name for name in ("title", "published_at") if getattr(row.article, name) is None
        )
    at = seen_at or max(
        (int(row.article.published_at.timestamp()) for row in articles if row.article.published_at),
        default=0,
    )
    batch.sightings = [
        Sighting(row.article, "list", at, body=row.body, counts=row.counts) for row in articles
    ]
    batch.albums = [
        (album, "list", at)
        for album in dict.fromkeys(album for row in articles for album in row.albums)
    ]
    return batch


def _newest(batch: Batch) -> int:
    return max((sighting.seen_at for sighting in batch.sightings), default=0)


def _without_secrets(raw: bytes) -> bytes:
    """Scrubbed; an ampersand JSON wrote as \\u0026 is one first, or the key after it would not be
    seen.
    """
    return scrub(_AMPERSAND.sub(b"&", raw))


def _rows_or_reject(item: Any, where: str) -> Iterator[Row | Reject]:
    """One element of a list; an answer without articles among others is one reject, not the end of
    the file.
    """
    for row in item if isinstance(item, list) else [item]:
        if not isinstance(row, dict):
            yield Reject(where, "不是完整的一条 JSON", str(row)[:200])
            continue
        try:
            yield from parse_rows(row, where)
        except ArchiveError as error:
            yield Reject(where, str(error))


def _flat(items: Iterable[Any]) -> Iterator[Any]:
    for item in items:
        yield from item if isinstance(item, list) else [item]


# getappmsgext


def is_metrics(data: Any) -> bool:
    """True for a `getappmsgext` answer."""
    return isinstance(data, dict) and isinstance(data.get("appmsgstat"), dict)


def counts_of_appmsgext(data: Any, *, seen_at: datetime | None = None) -> tuple[Observation, ...]:
    """The counts in a `getappmsgext` answer; none where it hides them (`show` 0). What WeChat caps
    at 10万+ is marked censored.
    """
    stat = as_dict(as_dict(data).get("appmsgstat"))
    if stat.get("show") in (False, 0, "0"):
        return ()
    names = dict(_METRICS)
    if "old_like_num" not in stat:  # before 在看 came in December 2018, like_num counted 点赞
        names["like_num"] = "like"
    return parse_counts(as_dict(data) | stat, names, seen_at)


def take_metrics(raw: bytes, params: Mapping[str, str], seen_at: int) -> Batch:
    """A `getappmsgext` answer; which article it is of stands in the request's query and body
    (`params`). The answer also names the reader and is not kept.

    Raises ArchiveError when the answer holds no counts; a request that names no article is one
    reject.
    """
    data = parse_payload(raw)
    if not is_metrics(data):
        ret = ret_of(as_dict(data))
        raise ArchiveError(
            f"没有阅读数（微信返回错误码 {ret}）" if ret else "没有阅读数（缺 appmsgstat）"
        )
    batch = Batch("metrics", "fetched")
    biz = biz_of_number(unquote(params.get("__biz") or "").replace(" ", "+"))
    mid, idx = (
        digits(params.get("mid") or params.get("appmsgid")),
        number(params.get("idx") or params.get("itemidx")),
    )
    if not (biz and mid and idx):
        batch.rejects.append(Reject("", "请求里没有说是哪篇文章（__biz、mid、idx）"))
        return batch
    link = link_of(f"https://{HOST}/s?__biz={biz}&mid={mid}&idx={idx}&sn={params.get('sn') or ''}")
    at = to_moment(params.get("ct"))
    article = Article(
        **identity(link, biz), idx=idx, published_at=at, time_precision="second" if at else "none"
    )
    counts = counts_of_appmsgext(data, seen_at=datetime.fromtimestamp(seen_at, UTC))
    batch.sightings.append(Sighting(article, "list", seen_at, counts=counts))
    return batch


# the back end's own page of what was sent (发表记录)


def is_publish_page(raw: bytes) -> bool:
    """True for the back end's page of what an account sent, with the list in a script."""
    return _PUBLISH_PAGE[0].search(raw) is not None and b'"js_article"' not in raw


def take_publish_page(raw: bytes, *, seen_at: int | None = None) -> Batch:
    """The list in that page. It alone is kept: the page around it holds the session of the back
    end.

    Raises ArchiveError as `take_list` does, and where the list can't be read.
    """
    text = raw.decode("utf-8", "replace")
    match = _PUBLISH_PAGE[1].search(text)
    try:
        page = as_dict(parse_literal(text, match.end())) if match else {}
    except JsError as error:
        raise ArchiveError(f"发表记录页读不出来：{error}") from None
    for item in map(as_dict, as_list(page.get("publish_list"))):
        if isinstance(info := item.get("publish_info"), str) and "&quot;" in info:
            item["publish_info"] = html.unescape(info)
    data = {"publish_page": page}
    return take_list(
        data, json.dumps(data, ensure_ascii=False).encode("utf-8", "replace"), seen_at=seen_at
    )


# the profile page


def is_profile_page(raw: bytes) -> bool:
    """True for an account's profile page with its latest pushes in `msgList`."""
    return b"msgList" in raw and re.search(rb"var\s+msgList\s*=\s*['\"{]", raw) is not None


def take_profile_page(raw: bytes, *, seen_at: int | None = None) -> Batch:
    """An account's profile page: the account and its last ten pushes. The links of the Sogou era
    expired within hours; titles and times did not. `seen_at` is when it was loaded, where that is
    known.

    Raises ArchiveError when there is no list in it.
    """
    text = raw.decode("utf-8", "replace")
    listed = parse_assignments(text, _MSG_LIST).get("msgList")
    answer = as_dict(parse_nested(html.unescape(listed)) if isinstance(listed, str) else listed)
    if not isinstance(answer.get("list"), list):
        raise ArchiveError("不是公众号的历史消息页：没有 msgList")
    account = _profile_account(text)
    rows = [_owned(row, account) for row in parse_pushes(answer["list"], "")]
    if not rows:
        raise ArchiveError("历史消息页里没有文章")
    batch = _batch(rows, seen_at or _captured_at(text))
    batch.what = "profile"
    at = _newest(batch)
    batch.accounts.append((account, "list", at))
    batch.loose_pages.append(RawPage(_without_secrets(raw), "profile", None, "fetched", at))
    return batch


def _profile_account(text: str) -> Account:
    variables = parse_assignments(text, _OWNER)
    tree = LexborHTMLParser(shallow(text))
    shown = {
        selector: node.text().strip()
        for selector in (".profile_nickname", ".profile_account")
        if (node := tree.css_first(selector))
    }
    values = {
        node.text().strip(): node.parent.css_first(".profile_desc_value")
        for node in tree.css(".profile_desc_label")
        if node.parent
    }
    labels = {
        label: clean_text(value.text()) for label, value in values.items() if value is not None
    }
    alias = re.search(r"微信号[:：]\s*([A-Za-z][\w-]+)", shown.get(".profile_account", ""))
    return Account(
        biz=biz_of_number(variables.get("biz") or variables.get("__biz")),
        user_name=user_name_of(variables.get("user_name") or variables.get("username")),
        name=clean_text(shown.get(".profile_nickname") or variables.get("nickname")),
        alias=alias[1] if alias else None,
        signature=labels.get("功能介绍"),
        subject=labels.get("帐号主体") or labels.get("账号主体"),
    )


def _owned(row: Row | Reject, account: Account) -> Row | Reject:
    if isinstance(row, Reject):
        return row
    article = replace(
        row.article,
        biz=account.biz or row.article.biz,
        account_name=account.name,
        user_name=account.user_name,
    )
    return replace(row, article=article)


def _captured_at(text: str) -> int | None:
    """When the page was made: its temporary links carry the time."""
    times = [number(digits) or 0 for digits in re.findall(r"[?;&]timestamp=(\d{10})\b", text)]
    return max((at for at in times if to_moment(at)), default=None)
