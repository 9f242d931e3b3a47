"""Whether a column or a topic is something another account could run too, by its name and its
titles: events, seasons, recruiting, notices, lotteries and one's own advertising are not.

Words are lexicons/reuse.txt's. A hint from titles only: what an article says, it does not read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from analysis.text.lexicon import Lexicon, shipped_rules
from analysis.text.normalize import normalize_title

__all__ = ["REASONS", "classify_reuse", "event_key", "is_conference"]

REASONS = ("活动", "节庆", "招聘", "通知", "抽奖", "自家推广", "自家新闻")
_MOST, _HALF = 0.6, 0.5  # of the titles, where the name says nothing, and where it hints
_LEAST = 3  # titles, before they speak without the name
_ABOUT_ONESELF = ("人", "人物", "新闻", "动态", "要闻", "故事", "之声", "风采", "快讯", "头条")
_LATIN = re.compile(r"[a-z][a-z&\- ]{1,20}")
_EVENT_YEAR = re.compile(r"^[a-z][a-z&\- ]{1,20}\s*['’]?\s*(20)?\d\d(?!\d)(?!期)")
_AT_EVENT = re.compile(r"\s*(oral|spotlight|poster|workshop|best paper|accepted)s?$")
_YEARS = re.compile(
    r"(20\d\d)\s*年?(度|季)?|['’]\s*\d\d|第\s*[\d一二三四五六七八九十百]+\s*(届|季|次)"
)
_OTHER_YEAR = re.compile(r"(?<=[a-z])\s*\d\d$")


def classify_reuse(name: str, titles: Sequence[str], *, owner: str = "") -> str | None:
    """Why something is not to be copied, one of REASONS; None where another account could run it.

    A name that ends with or consists of a word of the list decides (直播预告, 免疫读书会). A word
    elsewhere in it must be borne out by half of the titles (活动策划课 is a course); without any,
    three titles or more must speak for one reason, 60 % of them. The name itself is left out of the
    titles. A Latin name that most titles follow with a year or meet as a place is an event
    (ICML'26, in WAIC). `owner` is the account's name: its own people and news (甲厂人) are none
    either. Without a name, one title is judged by itself.
    """
    folded = normalize_title(name).strip()
    texts = [normalize_title(title).replace(folded, "") for title in titles if title]
    if folded and is_conference(folded, titles):
        return "活动"
    if owner and _is_about(folded, normalize_title(owner)):
        return "自家新闻"
    votes = Counter(reason for text in texts for reason in _reasons_of(text))
    hits = [hit for hit in _lexicon().find(folded, "标记") if folded]
    for hit in hits:
        ends = folded.endswith(hit.word) or _is_all(folded, [other.word for other in hits])
        if ends or hit.purpose == "自家新闻":
            return hit.purpose
        if texts and votes[hit.purpose] >= _HALF * len(texts):
            return hit.purpose
    enough = len(texts) >= (_LEAST if folded else 1)
    best = min(votes, key=lambda reason: (-votes[reason], REASONS.index(reason)), default=None)
    return best if best and enough and votes[best] >= _MOST * len(texts) else None


def event_key(name: str) -> str:
    """A name without its year or number, folded: ICLR 2025, ICLR'26 and 第十三届 ICLR are one."""
    folded = _YEARS.sub("", normalize_title(name))
    return re.sub(r"[\s·|丨｜'’\-]+", "", _OTHER_YEAR.sub("", folded.strip()))


def _reasons_of(text: str) -> set[str]:
    return {hit.purpose for hit in _lexicon().find(text, "标题")}


def _is_all(name: str, words: Sequence[str]) -> bool:
    """Whether nothing but words of the list is left of a name."""
    for word in sorted(words, key=len, reverse=True):
        name = name.replace(word, "")
    return len(name.strip(" ·|-：:")) <= 1


def is_conference(name: str, titles: Sequence[str]) -> bool:
    """Whether a Latin name is a place to go to: it has a year or what is shown there (ICML Oral),
    or most titles give it a year or meet there.
    """
    name = normalize_title(name).strip()
    if _EVENT_YEAR.match(name) or _AT_EVENT.search(name):
        return True
    if not _LATIN.fullmatch(name) or not titles:
        return False
    there = re.compile(
        rf"{re.escape(name)}\s*['’]?\s*(20)?\d\d(?!\d)|{re.escape(name)}\s*(现场|大会|峰会|论坛|开幕|"
        rf"闭幕|首日|展|上|中稿|接收|录用|投稿|oral|best)|(亮相|在|逛了趟|直击|参加|相约|投|中)\s*{re.escape(name)}"
    )
    return sum(bool(there.search(normalize_title(title))) for title in titles) >= _HALF * len(
        titles
    )


def _is_about(name: str, owner: str) -> bool:
    """Whether a name is the owner's own with a word for people or news after it."""
    brand = owner[:2]
    return len(brand) == 2 and name.startswith(brand) and name[len(brand) :] in _ABOUT_ONESELF


@cache
def _lexicon() -> Lexicon:
    return Lexicon(shipped_rules("reuse.txt", REASONS))
