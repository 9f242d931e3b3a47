"""WeChat's own line under a title, as it comes along in copied text: 原创, author, account, time,
place. Pure.

It is what the page showed, so its time is that of publishing; a tool's 创建 or 收藏 is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from crawler.records import HOST, clean_text
from crawler.times import read_single_time

__all__ = ["SITE_NAMES", "Byline", "find_byline", "read_byline"]

SITE_NAMES = frozenset(
    {
        "weixin official accounts platform",
        "微信公众平台",
        "微信公众号",
        "公众号",
        "mp.weixin.qq.com",
        "微信",
        "wechat",
    }
)  # what tools take for an author or a site where they find no better name
_MOST_LINES, _LONGEST = 12, 160
_DATE = re.compile(
    r"(20\d\d(?:年\s?\d{1,2}月\s?\d{1,2}日|[-/.]\d{1,2}[-/.]\d{1,2})"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.? \d{1,2}, 20\d\d)"
    r"(?:,?\s*(\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AP]M\b)?))?"
)
_LINK = re.compile(r"(?<!!)\[([^\[\]]{1,60})\]\([^()\s]{0,4000}(?:\([^()]{0,20}\)[^()\s]{0,40})?\)")
_TAG = re.compile(r"<[^<>]{0,200}>")  # Joplin keeps the page's empty anchors
_NAMES = re.compile(
    r"\s*(原创|原創|Original|转载)?[-\s\u3000]*(.{0,40}?)\s*\[\s*([^\[\]]{1,40}?)\s*\]\(javascript:void"
)  # names on a line of their own, as older downloaders have them
_EMPHASIS = re.compile(r"[*_`]+")
_ORIGINAL = re.compile(r"^(?:原创|原創|Original)(?=[\s\u3000]|$)\s*", re.I)
_PLACE = re.compile(
    r"(发[布表]于|發[布佈表]於|Posted on|IP\s?属地[:：]?)?\s*([\u4e00-\u9fff]{2,8})"
)
_PLACES = re.compile(
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南"
    "|四川|贵州|云南|陕西|甘肃|青海|内蒙古|广西|西藏|宁夏|新疆|(?:中国)?(?:香港|澳门|台湾)"
    "|美国|日本|英国|加拿大|澳大利亚|新加坡|德国|法国|韩国|马来西亚|泰国"
)  # what stands behind the time without a word before it
_ASIDE = re.compile(r"\s*(?:#\s|!\[[^\]]*\]\()")  # a heading or a picture
_AFTER = re.compile(r"^[,，、·|\s]*")
_NO_NAME = re.compile(r"[:：。！？!?#；;]")
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Byline:
    """What the line says; `published_at` is UTC, `precision` as in records.PRECISIONS."""

    published_at: datetime
    precision: str
    original: bool | None = None
    author: str | None = None
    account: str | None = None
    place: str | None = None


def find_byline(text: str) -> Byline | None:
    """The first byline among a text's first lines; a time without a name beside it counts only
    above the text itself, where no event's date stands.
    """
    lines = [line for line in text[:20_000].splitlines() if line.strip() and not _ASIDE.match(line)]
    names: re.Match[str] | None = None
    for place, line in enumerate(lines[:_MOST_LINES]):
        byline = read_byline(line)
        if byline is not None and names is not None:
            original = {None: None, "转载": False}.get(names[1], True)
            author, account = clean_text(names[2]), clean_text(names[3])
            return replace(byline, original=original, author=author, account=account)
        if byline is not None and (byline.author or byline.account or place == 0):
            return byline
        names = names or _NAMES.match(line)
    return None


def read_byline(line: str) -> Byline | None:
    """The byline a line is; None where it is something else: nothing but names may stand before the
    time, nothing but a place behind it.
    """
    line = _TAG.sub("", line)
    date = _DATE.search(line)
    if date is None or len(line) > 4 * _LONGEST or HOST + "/s" in line:  # an entry of a link list
        return None
    linked = [clean_text(match[1]) for match in _LINK.finditer(line[: date.start()])]
    plain = _EMPHASIS.sub(" ", _LINK.sub(r" \1 ", line))
    date = _DATE.search(plain)
    if date is None or len(plain) > _LONGEST:
        return None
    at, precision = read_single_time(" ".join(filter(None, date.groups())))
    start, end = plain[: date.start()], plain[date.end() :]
    before, after = start.strip(" \t\u3000>·|,，"), _AFTER.sub("", end.strip())
    place = _PLACE.fullmatch(after)
    if after and (place is None or not (place[1] or _PLACES.fullmatch(place[2]))):
        return None
    if at is None or _NO_NAME.search(before) or (before and not start[-1:].isspace()):
        return None
    original = _ORIGINAL.search(before)
    names = _ORIGINAL.sub("", before).split()
    author, account = _split_names(names, linked[-1] if linked else None, original is not None)
    return Byline(
        at, precision, True if original else None, author, account, place[2] if place else None
    )


def _split_names(
    names: list[str], linked: str | None, original: bool
) -> tuple[str | None, str | None]:
    """Author and account: the account is what is linked, else what stands last; a single name is
    the author's where the article is original, as then the account's own is what got lost.
    """
    if linked:
        text, own = " ".join(names), " ".join(linked.split())
        return text.removesuffix(own).strip() or None, linked
    if len(names) < 2:
        name = names[0] if names else None
        return (name, None) if original else (None, name)
    if len(names) == 2 or _HAN.search(names[-1]):
        return " ".join(names[:-1]), names[-1]
    return names[0], " ".join(names[1:])
