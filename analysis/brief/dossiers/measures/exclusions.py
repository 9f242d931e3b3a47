"""Which columns and articles are no example to learn from: events, seasons, recruiting, notices,
lotteries, an account's own advertising. By their names and titles alone.
"""

from __future__ import annotations

import re

from analysis.columns.name_words import describe_name
from analysis.text.normalize import normalize_title

__all__ = ["SURE_SIGNALS", "is_example", "is_lasting_column", "is_passing", "is_sure"]

# what content.purpose writes where a word of the lists decided or agreed, and not the sum of small
# hints or the account's habit
SURE_SIGNALS = ("标记：", "标题：")
_HABIT = "本号习惯"
_NOTICES = (
    r"通知|公告|公示|通告|声明|启事|温馨提示|放假|停电|停水|讣告|招聘|诚聘|招生|招募|内推|校招|社招|招贤|"
    r"抽奖|开奖|中奖|获奖名单|报名|预告|预约|邀请函|议程|日程|征稿|征文|征集|缴费|换届"
)
_EVENTS = (
    r"直播|会议|会讯|大会|年会|峰会|论坛|研讨|研修班|讲座|沙龙|培训班|展会|参展|路演|公开课|赛事|大赛|转载|"
    r"会员日|上新|新品|福利|优惠|促销|大促|特惠|团购|拼团|秒杀|双十?[一二1]{1,2}|618|年货|"
    r"春季|夏季|秋季|冬季|春节|新年|元旦|元宵|清明|五一|端午|七夕|中秋|国庆|圣诞|情人节|母亲节|父亲节|"
    r"儿童节|开学季|毕业季|店庆|周年"
)
_OFFERS = (
    r"优惠|秒杀|满减|包邮|大促|特惠|团购|拼团|折扣|半价|抢购|开抢|开售|预售|到手价|福利|618|双十[一二]|"
    r"双1[12]|\d元起|[\d.]+折|上新|新品|限时|下单|领券|好礼"
)
_NOTICE = re.compile(f"{_NOTICES}|{_OFFERS}")
_PASSING = re.compile(f"{_NOTICES}|{_EVENTS}")
_YEAR = re.compile(r"(?:19|20)\d\d|[’'`]\d\d(?!\d)")
_HAN = re.compile(r"[\u3400-\u9fff]")
_NO_EXAMPLES = frozenset({"招聘", "通知公告", "活动预告", "推广营销"})  # purposes
_GONE = frozenset(
    {"deleted", "violation", "complaint", "unavailable", "expired", "migrated", "closed"}
)


def is_lasting_column(name: str, account: str = "") -> bool:
    """Whether a column is editorial and goes on whatever the season, so that it can be learnt from.

    No: an event (a conference, a year, a sale, a live session), a notice, recruiting, a lottery,
    and a name without a Chinese character, which is a conference's or a journal's.
    """
    folded = normalize_title(name)
    if is_passing(name) or _YEAR.search(folded) or not _HAN.search(folded):
        return False
    return not describe_name(folded, normalize_title(account))["venue"]


def is_passing(name: str) -> bool:
    """Whether a column's name is an event's, a season's, a notice's, an offer's."""
    return bool(_PASSING.search(normalize_title(name)))


def is_sure(signal: str | None) -> bool:
    """Whether words of the lists decided what an article is for, as content.purpose says it."""
    return bool(signal) and str(signal).startswith(SURE_SIGNALS) and _HABIT not in str(signal)


def is_example(
    title: str, *, status: str | None = None, purpose: str | None = None, signal: str | None = None
) -> bool:
    """Whether an article can be shown as one of its account's best: it is still there, no notice,
    no lottery, no recruiting, no announcement, no advertisement or offer.
    """
    if status in _GONE or _NOTICE.search(normalize_title(title)):
        return False
    return not (purpose in _NO_EXAMPLES and is_sure(signal))
