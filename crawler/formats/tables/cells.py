"""One cell of a table -> a value: counts, slots, yes or no, kinds, albums, ids. Pure; times are
times.py's.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from crawler.records import clean_text

__all__ = [
    "EMPTY",
    "cell_text",
    "first_cell",
    "is_error",
    "parse_albums",
    "parse_count",
    "parse_flag",
    "parse_kind",
    "parse_mid",
    "parse_position",
    "pick_cell",
    "unwrap_formula",
]

EMPTY = {
    "",
    "-",
    "--",
    "—",
    "——",
    "/",
    "\\",
    "无",
    "暂无",
    "未知",
    "n/a",
    "na",
    "nan",
    "null",
    "none",
    "nil",
    "undefined",
    "未获取",
    "未采集",
    "#n/a",
    "空",
    "缺失",
    "不详",
    "待定",
    "tbd",
}
_MEASURE = (
    "阅读量|阅读数|阅读|点赞数|点赞|好看|在看|赞过|赞|喜欢|分享|转发|收藏|留言|评论|推荐|浏览|播放|观看|"
    "reads?|likes?|views?|shares?|comments?"
)
_COUNT = re.compile(
    rf"(?:(?:{_MEASURE})[:：]?)?(\d+(?:\.\d+)?)(亿|千万|百万|万|千|百|[wk])?(\+|以上|多)?"
    rf"(?:次|人|个|条|篇)?(?:{_MEASURE})?(?:次|数)?(\+|以上)?"
)
_ERROR = re.compile(
    r"#(?:NAME\?|REF!|N/A|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|"
    r"UNKNOWN!|ERROR!|GETTING_DATA|EXTERNAL!|PYTHON!|TIMEOUT!|##+)|Err:\d{3}",
    re.IGNORECASE,
)
_EQUALS = re.compile(r'="((?:[^"]|"")*+)"')  # how a table keeps a long number from being rounded
_TIMES = {
    "亿": 100_000_000,
    "千万": 10_000_000,
    "百万": 1_000_000,
    "万": 10_000,
    "w": 10_000,
    "千": 1000,
    "k": 1000,
    "百": 100,
}
_CENSORED = (100_000, 100_001)  # WeChat shows 10万+ for all above and says 100001 in its payloads
_HANZI = {
    "头": 1,
    "首": 1,
    "一": 1,
    "次": 2,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}
_POSITION = re.compile(
    r"第?([头首一次二三四五六七八九十]|\d{1,2})(?:条|篇|位|个|图文)?(?:图文|消息|文章)?"
)
_YES = {
    "1",
    "true",
    "yes",
    "y",
    "t",
    "是",
    "有",
    "原创",
    "已声明",
    "声明原创",
    "√",
    "✓",
    "✔",
    "original",
    "已删除",
    "删除",
    "deleted",
}
_NO = {
    "0",
    "2",
    "false",
    "no",
    "n",
    "f",
    "否",
    "无",
    "非原创",
    "不是",
    "未声明",
    "转载",
    "×",
    "✗",
    "✘",
    "x",
    "正常",
    "未删除",
    "repost",
}
_KINDS = {
    "article": (
        "0",
        "图文",
        "普通图文",
        "图文消息",
        "文章",
        "普通文章",
        "article",
        "news",
        "多图文",
        "单图文",
    ),
    "video": ("5", "视频", "视频分享", "视频消息", "video"),
    "audio": ("6", "7", "音频", "语音", "音乐", "音频分享", "音乐分享", "audio", "voice"),
    "image": ("8", "图片", "图片分享", "图片消息", "贴图", "小绿书", "image", "picture"),
    "text": ("10", "17", "文字", "文本", "文本分享", "文字消息", "短文", "text"),
    "repost": ("11", "转载", "文章分享", "分享", "repost", "share"),
}
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names}


def cell_text(value: Any) -> str:
    """What a cell shows: whole numbers without .0, times in ISO form, nested values as JSON; ""
    when empty.
    """
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def is_error(text: str) -> bool:
    """True for what a spreadsheet shows where a formula failed: #NAME?, #REF!, Err:502."""
    return bool(_ERROR.fullmatch(text))


def unwrap_formula(text: str) -> str:
    """The text in ="…", as tables keep long numbers; any other text as it is."""
    match = _EQUALS.fullmatch(text)
    return match[1].replace('""', '"').strip() if match else text


def first_cell(cells: list[Any], numbers: Sequence[int]) -> Any:
    """The first cell of these that is not empty, as it is; "" when all are."""
    for number in numbers:
        if (value := cells[number]) != "":
            return value
    return ""


def pick_cell(cells: list[Any], numbers: Sequence[int]) -> str:
    """The first cell of these that is not empty, as text."""
    value = first_cell(cells, numbers)
    return value if type(value) is str else cell_text(value)


def parse_count(value: Any) -> tuple[int, bool] | None:
    """A count and whether it means "at least" (10万+); None when the cell holds none. Raises
    ValueError when it is no count.
    """
    if isinstance(value, bool):
        raise ValueError(str(value).lower())
    text = value if isinstance(value, str) else cell_text(value)
    if text.isascii() and text.isdigit() and len(text) < 13:
        number = int(text)
        return (100_000, True) if number in _CENSORED else (number, False)
    text = unicodedata.normalize("NFKC", text).strip().lower()
    if text in EMPTY or text == "-1":  # -1 is WeChat's own "not shown"
        return None
    match = _COUNT.fullmatch(re.sub(r"[,\s']", "", text))
    if match is None:
        raise ValueError(text)
    amount = float(match[1]) * _TIMES.get(match[2] or "", 1)
    if amount > 1e12 or (not match[2] and not amount.is_integer()):
        raise ValueError(text)
    number = round(amount)
    censored = bool(match[3] or match[4]) or number in _CENSORED
    return (100_000 if number in _CENSORED else number, censored)


def parse_position(value: Any) -> int | None:
    """The slot in the push, 1 for 头条; 0 stays 0 (a table that counts from it). None when empty;
    raises ValueError when it is no slot.
    """
    text = (
        value
        if isinstance(value, str) and value.isascii()
        else unicodedata.normalize("NFKC", cell_text(value))
    )
    text = text.strip().lower()
    if text.isdigit() and len(text) < 3:
        return int(text)
    if text in EMPTY:
        return None
    match = _POSITION.fullmatch(text.replace(" ", ""))
    if match is None:
        raise ValueError(text)
    return _HANZI.get(match[1]) or int(match[1])


def parse_mid(value: Any) -> str | None:
    """The push's number. None when empty; raises ValueError when it is none, or a spreadsheet has
    rounded it (2.25E+09).
    """
    text = cell_text(value).lstrip("'")
    if text.isascii() and text.isdigit() and 5 <= len(text) <= 20:
        return text
    if text.lower() in EMPTY or text == "0":
        return None
    raise ValueError(text)


def parse_flag(value: Any) -> bool | None:
    """Yes or no; None when the cell says neither."""
    text = cell_text(value).lower()
    return True if text in _YES else False if text in _NO else None


def parse_kind(value: Any) -> str | None:
    """The kind of an article by its name or item_show_type; None when nobody knows it."""
    return _KIND_OF.get(cell_text(value).lower())


def parse_albums(value: Any) -> tuple[str, ...]:
    """Album titles: a JSON list, #一 #二, or one a separator."""
    if isinstance(value, list):
        return tuple(
            filter(
                None,
                (
                    clean_text(
                        cell_text(item.get("title") or item.get("name"))
                        if isinstance(item, dict)
                        else cell_text(item)
                    )
                    for item in value
                ),
            )
        )
    text = cell_text(value)
    if text.startswith("["):
        try:
            return parse_albums(json.loads(text))
        except (ValueError, RecursionError):
            return (text,)
    parts = re.split(r"\s*#", text) if text.startswith("#") else re.split(r"[;；|、\n]", text)
    return tuple(part for part in map(clean_text, parts) if part and part.lower() not in EMPTY)
