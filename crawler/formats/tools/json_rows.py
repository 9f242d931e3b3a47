"""An object of a JSON -> a flat row whose names a table would have, and the account an object tells
of. Pure; where the articles are is json_shapes.py's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from crawler.formats.tables.headers import map_headers
from crawler.formats.tools.account_lists import account_of_row
from crawler.records import biz_of_number, is_biz

__all__ = [
    "MOST_KEYS",
    "OWNERS",
    "account_of",
    "account_of_key",
    "account_of_object",
    "flat_row",
    "plain_key",
    "tidy",
]

MOST_KEYS = 2000  # of one object that are looked at
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
OWNERS = frozenset(["account", "biz", "feed", "gzh", "mp", "mpinfo", "publisher", "source"])
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
_NO_NAME = re.compile(
    r"(?:19|20)\d\d(?:[-/.年].*)?|第.{1,4}[页批]|全部|所有|成功|失败|头条|次条|原创|转载|新增|更新|收藏夹?|合集|默认|"
    r"其[他它]|未分类|[已未](?:下载|读|删除|发布|完成|采集)|"
    r"(?:全部|所有|新增|成功|失败|推荐|我的)?(?:文章|推文|列表|数据|结果|内容|记录|链接)(?:列表|数据|集合?)?"
)  # keys that say what the list is, not whose
_HAN = re.compile("[\u4e00-\u9fff]")
_GH_ID = re.compile(r"gh_[A-Za-z0-9]{6,20}")


def account_of(node: Mapping[str, Any]) -> dict[str, Any]:
    """The account that an object's own fields name."""
    scalars = {
        _ALIASES.get(plain_key(key), str(key)): value
        for key, value in node.items()
        if isinstance(value, str) and 0 < len(value) <= 80
    }
    names = list(scalars)[:MOST_KEYS]
    columns = map_headers(names).columns
    return {
        shown: scalars[names[columns[field][0]]]
        for field, shown in _SHOWN.items()
        if field in columns
    }


def account_of_object(node: Mapping[str, Any]) -> dict[str, Any]:
    """The account that an object called account, feed or so is, whatever it calls its name."""
    account = account_of(node)
    name = account.get("公众号") or node.get("name") or node.get("title")
    entry = account_of_row({**node, "name": name})
    named = {"公众号": entry.name, "biz": entry.biz, "原始id": entry.user_name}
    return account | {field: value for field, value in named.items() if value}


def account_of_key(key: str, child: Any) -> dict[str, Any]:
    """The account that the key of a list, or of an object with lists, is: its biz, its gh_id or its
    name.
    """
    text = key.strip()
    if isinstance(child, dict) and not any(isinstance(inner, list) for inner in child.values()):
        return {}
    if text.startswith("MP_WXS_"):
        biz = biz_of_number(text.removeprefix("MP_WXS_"))
        return {"biz": biz} if biz else {}
    if is_biz(text):
        return {"biz": text}
    if _GH_ID.fullmatch(text):
        return {"原始id": text}
    latin = isinstance(child, list) and (" " in text or text[:1].isupper())
    name = _HAN.search(text) is not None or latin
    return {"公众号": text} if name and len(text) <= 40 and not _NO_NAME.fullmatch(text) else {}


def flat_row(node: Mapping[str, Any], *, nested: bool = True) -> dict[str, Any]:
    """An object as a row: the fields of objects inside it are its own (`nested`), names only a
    payload has are those of a table, and no session's secret is in it.
    """
    row: dict[str, Any] = {}
    for key, value in node.items():
        plain = plain_key(key)
        if plain in _SECRETS:
            continue
        if isinstance(value, dict) and plain in OWNERS:
            for name, inner in account_of_object(value).items():
                row.setdefault(name, inner)
        elif isinstance(value, dict) and plain == "author" and isinstance(value.get("name"), str):
            row["作者"] = value["name"]
        elif isinstance(value, dict) and plain in _NESTED:
            scalars = {k: v for k, v in value.items() if isinstance(v, str | int | float)}
            for name, inner in scalars.items() if nested else ():
                if plain_key(name) not in _SECRETS and node.get(name) in (None, ""):
                    row[name] = inner
        elif value is not None or str(key) not in row:
            row[_ALIASES.get(plain, str(key))] = value
    return tidy(row)


def tidy(row: dict[str, Any]) -> dict[str, Any]:
    """The row with what its names mean only together: 点赞 and 在看, whose it is under `source` or
    beside a 微信号.
    """
    plain = {plain_key(key): key for key in row}
    if "oldlikecount" in plain and "likecount" in plain:  # getappmsgext's names: the other is 在看
        row["在看"] = row.pop(plain["likecount"])
    source = row[plain["source"]] if "source" in plain else None
    if isinstance(source, str) and _HAN.search(source) and "微信" not in source:
        row["公众号"] = row.get("公众号") or row.pop(plain["source"])
    if "微信号" in row and "name" in plain and "title" in plain and "公众号" not in row:
        row["公众号"] = row.pop(plain["name"])
    return row


def plain_key(key: str) -> str:
    """A name as it is compared: without case, spaces, dashes."""
    return _plain_of_short(key[:100])


@lru_cache(maxsize=4096)
def _plain_of_short(key: str) -> str:
    return re.sub(r"[\s_-]", "", key).lower()
