"""Rows of a table that are no articles: rulers, headers that come again, sums, footers, headings
between the rows, lines that were only numbered. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from crawler.formats.grids.cell_links import has_link
from crawler.formats.tables.cells import cell_text, first_cell, pick_cell
from crawler.formats.tables.headers import HeaderMap, is_known, looks_like_header
from crawler.formats.tables.survey import ACCOUNT_FIELDS
from crawler.times import parse_time

__all__ = ["REPEATED_HEADER", "filler_kind"]

REPEATED_HEADER = "重复的表头"

_LONGEST = 120  # of what a filler says; a title may be longer
_RULER = re.compile(r"[\s:：|+*_=~·.．…\-—–―─━－＝]+")
_SUM = re.compile(
    r"(?:本页|本月|本周|本年|本季度?|当月|当页|全部|全年|各项|全部账号|\d{1,2}月|\d{4}年)?"
    r"(?:合计|总计|小计|共计|总共|总和|累计|汇总|求和|总数|平均|均值|中位|最大|最小|最高|最低|标准差|"
    r"grandtotal|total|subtotal|sum|average|avg|mean|median|max|min|count)"
    r"(?:阅读|点赞|在看|分享|收藏|评论|留言|文章|行|值|数|量|项)*(?:[(（][^()（）]{0,10}[)）])?(?:[:：=]?\d[\d,.万]*(?:篇|条|个|行|次|%)?)?[:：]?"
)
_COUNTED = re.compile(
    r"(?:本表|以上|合计|总)?共(?:计|有)?[:：]?\d+(?:篇|条|个|行|项)(?:文章|数据|记录|推文|图文)?[。.]?|"
    r"第\d+页(?:[,，/]?共\d+页)?|\d+篇(?:文章)?"
)
_FOOTER = re.compile(
    r"[*※#（(\[【>]*(?:数据来源|资料来源|信息来源|数据出处|来源|数据截止|数据统计|统计口径|统计时间|统计周期|"
    r"统计范围|截止时间|截止日期|截至|导出时间|导出日期|导出人|生成时间|更新时间|更新日期|制表|填表|审核|编制|"
    r"备注|注|附注|说明|备注说明|注意|注释|声明|免责声明|版权|source|note|notes|remark|exported|"
    r"generated|powered|copyright)(?:人|时间|日期|声明|所有)?\d?[)）\]】]*(?:[:：]|by|on|at|于|由|©).*"
    r"|[*※#（(\[【]*(?:以上数据|以上内容|以上为|本表|本数据|数据仅供).*",
    re.DOTALL,
)
_HEADING = re.compile(
    r"(?:\d{4}年?)?[\-./]?(?:\d{1,2}月(?:份)?(?:\d{1,2}日)?|第?[一二三四1234]季度|q[1-4]|上半年|下半年)"
    r"|\d{4}年(?:度)?|第[一二三四五六七八九十\d]{1,3}[周月期]"
)
_NUMBER = re.compile(r"[+\-]?[\d,]*\.?\d+(?:[万亿%wk+]|万\+)?|[\-—/]+|第?\d+[条篇行、.]?")
_ID = re.compile(r"(?=.*\d)[\w\-=/]{5,}")  # no name of a column, no sum
_SPACES = re.compile(r"\s+")


def filler_kind(cells: list[Any], header: HeaderMap) -> str | None:
    """What a row is that is no article, in Chinese; None for a row of the table."""
    columns = header.columns
    title = first_cell(cells, columns.get("title", ()))
    url = first_cell(cells, columns.get("url", ()))
    if url != "" and (type(url) is not str or "://" in url or has_link(url)):
        return None
    if _names_article(cells, header):
        return None
    texts = {n: _plain(cells[n]) for n in range(min(len(cells), header.width)) if cells[n] != ""}
    if all(_RULER.fullmatch(text) for text in texts.values()):
        return "分隔线"
    if _is_header(texts, header):
        return REPEATED_HEADER
    label = _plain(title) if title != "" else next(iter(texts.values()))
    names = [_plain(pick_cell(cells, columns.get(name, ()))) for name in ACCOUNT_FIELDS]
    begin = [label, next(iter(texts.values())), *filter(None, names)]
    if any(len(text) <= _LONGEST and (_SUM.fullmatch(text) or _is_sum(text)) for text in begin):
        return "合计"
    words = [text for text in texts.values() if not _NUMBER.fullmatch(text)]
    if len(words) == 1 and header.width - header.virtual > 1:
        if _FOOTER.fullmatch(words[0]):
            return "表尾说明"
        if len(texts) == 1 and _HEADING.fullmatch(words[0]):
            return "分段标题"
    if title == "" and url == "" and _is_only_numbered(texts, header):
        return "只有序号"
    return None


def _is_sum(text: str) -> bool:
    return bool(_COUNTED.fullmatch(text))


def _plain(cell: Any) -> str:
    text = cell if type(cell) is str else cell_text(cell)
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", text[: _LONGEST * 4])).lower()
    return plain.strip("*`") or plain


def _is_header(texts: dict[int, str], header: HeaderMap) -> bool:
    """The same names again, or other names of columns only."""
    names = header.names
    same = sum(n < len(names) and text == _plain(names[n]) for n, text in texts.items())
    if same == len(texts) and (same > 1 or len([name for name in names if name]) == 1):
        return True
    if len(texts) < 2 or not all(map(is_known, texts.values())):
        return False
    return 2 * same >= len(texts) or (len(texts) > 2 and looks_like_header([*texts.values()]))


def _names_article(cells: list[Any], header: HeaderMap) -> bool:
    """True where a row says when or under which number an article appeared."""
    columns = header.columns
    for name in ("mid", "aid", "sn"):
        if name in columns and _ID.fullmatch(pick_cell(cells, columns[name])):
            return True
    published = columns.get("published", ())
    return bool(published) and parse_time(first_cell(cells, published)) is not None


def _is_only_numbered(texts: dict[int, str], header: HeaderMap) -> bool:
    """Numbers and, as a cell merged downwards says it of rows that are empty, the account."""
    accounts = {n for name in ACCOUNT_FIELDS for n in header.columns.get(name, ())}
    return all(n in accounts or _NUMBER.fullmatch(text) for n, text in texts.items())
