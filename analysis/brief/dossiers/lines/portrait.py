"""Who an account is, in few words: the line beside its name, what is known about it, two or three
sentences. Only from what it says of itself and what it wrote; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.brief.dossiers.lines.wording import (
    column_name,
    describe_every,
    describe_rate,
    describe_size,
    describe_when,
    list_isolated,
)
from analysis.brief.dossiers.measures.exclusions import is_lasting_column
from analysis.brief.dossiers.measures.figures import AccountFigures
from analysis.brief.sections.columns import Column
from analysis.brief.sections.topics import Topic
from analysis.brief.summary import AccountSummary
from analysis.report.rich_text import Content, isolated, join, rich
from analysis.report.safe_text import clamp
from analysis.report.translation import translate, translate_phrase
from analysis.report.value_formats import format_day, format_percent, format_px, name_fact

__all__ = ["Fact", "describe_account", "describe_line", "list_facts", "list_unknown", "running"]

_RUNNING = ("new", "active")
_LONGEST = 120
_AUDIENCES = (  # whom an intro names as its readers, in the words of intros
    re.compile(r"面向([^，。；、,.!！?？:：（）()\s]{2,14}?)(?:的|提供|$|[，。；,.!！\s])"),
    re.compile(r"写给([^，。；、,.!！?？:：（）()\s]{2,14}?)(?:的公众号|看|$|[，。；,.!！\s])"),
    re.compile(r"为([^，。；、,.!！?？:：（）()\s了]{2,14}?)(?:提供|解读|打造|准备|服务)"),
    re.compile(r"给([^，。；、,.!！?？:：（）()\s]{2,14}?)(?:做|看|写|讲|用的)"),
)
_EVERYBODY = re.compile(r"^(?:您|你|大家|我们|读者|用户|粉丝|自己|客户)")
_UNSEEN = ("菜单", "自动回复", "粉丝")  # of what reports of this kind ask
_IMPORTED = ("简介", "主体", "认证类型", "IP属地")  # of the page about an account


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known about an account; `provided` by the user rather than read."""

    name: str
    value: Content
    provided: bool = False


def running(figures: AccountFigures) -> list[Column]:
    """The columns that run now, those with most issues in the window first: active or new ones, and
    young ones of the window that are too few for a status.
    """
    now = [
        column
        for column in figures.columns
        if column.status in _RUNNING
        or (column.status is None and column.column_id in figures.recent)
    ]
    return sorted(now, key=lambda column: -figures.recent.get(column.column_id, 0))


def describe_line(account: AccountSummary, figures: AccountFigures) -> Content:
    """What stands beside its name: how often, what most, how long."""
    lately = figures.lately
    if not account.enough or lately is None:
        return rich("文章还少（{n} 篇），先不下结论", n=account.articles)
    if not lately.pushes:
        return rich("停在 {last}，之后没有新文章", last=format_day(account.last or lately.until))
    main = _main_columns(account, figures)[:1]
    parts = (
        describe_rate(lately) or rich("近期只有 {n} 次推送", n=lately.pushes),
        rich("主打{column}", column=column_name(main[0])) if main else "",
        describe_size(lately),
    )
    return join([part for part in parts if part], " · ")


def _main_columns(account: AccountSummary, figures: AccountFigures) -> list[Column]:
    """The running columns that go on, with at least two issues in the window."""
    return [
        column
        for column in running(figures)
        if is_lasting_column(column.content_column, account.account)
        and figures.recent.get(column.column_id, 0) >= 2
    ]


def list_facts(account: AccountSummary, figures: AccountFigures) -> tuple[Fact, ...]:
    """Who runs it and what it says of itself, then what the user added."""
    about = dict(account.about)
    known = {"主体": figures.subject, "微信号": figures.alias} | about
    stated = {"简介": account.signature, **known}
    facts = [
        Fact(translate_phrase(name), isolated(value, _LONGEST))
        for name, value in stated.items()
        if value
    ]
    if figures.names and "名称记录" not in about:
        facts.append(Fact(translate("曾用名"), list_isolated(figures.names, most=4)))
    facts += [
        Fact(clamp(name_fact(name), 20), isolated(value, _LONGEST), provided=True)
        for name, value in account.facts
    ]
    return tuple(facts)


def list_unknown(facts: Sequence[Fact]) -> Content:
    """What is not known about it, named once."""
    known = {fact.name for fact in facts}
    unseen = [word for word in map(translate_phrase, _UNSEEN) if word not in known]
    lacking = [word for word in map(translate_phrase, _IMPORTED) if word not in known]
    sentences = [
        rich(words, names=translate("、").join(names))
        for words, names in (
            ("{names}从文章里看不到。", unseen),
            ("{names}还没导入。", lacking),
        )
        if names
    ]
    return join(sentences, " ")


def describe_account(
    account: AccountSummary, figures: AccountFigures, topics: Sequence[Topic]
) -> tuple[Content, ...]:
    """Two or three sentences: for whom where its intro says so, what it writes most, how often and
    how it looks.
    """
    sentences = (
        _describe_readers(account),
        _describe_content(account, figures, topics),
        _describe_habit(account, figures),
    )
    return tuple(sentence for sentence in sentences if sentence)


def _describe_readers(account: AccountSummary) -> Content:
    """Whom its intro names as its readers; "" where it names nobody."""
    for pattern in _AUDIENCES:
        match = pattern.search(account.signature or "")
        if match and not _EVERYBODY.match(match[1]):
            return rich("按简介，写给{readers}。", readers=isolated(match[1], 14))
    return ""


def _describe_content(
    account: AccountSummary, figures: AccountFigures, topics: Sequence[Topic]
) -> Content:
    columns = _main_columns(account, figures)[:2]
    if columns:
        named = join(
            (
                rich("{column}（{every}）", column=column_name(c), every=describe_every(c))
                for c in columns
            ),
            rich("和"),
        )
        about: Content = rich("写得最多的栏目是{columns}", columns=named)
        share = rich("，栏目文章占 {share}", share=format_percent(account.columned.share))
        subject = (
            rich("；常写的话题：{topics}", topics=list_isolated(topic.term for topic in topics[:3]))
            if topics
            else ""
        )
        return (about, share, subject, translate("。"))
    if topics:
        return rich(
            "没有固定栏目；常写的话题：{topics}。",
            topics=list_isolated(topic.term for topic in topics[:3]),
        )
    words = account.titles.words if account.titles else ()
    if words:
        return rich(
            "没有固定栏目；标题里比别家常见的词：{words}。",
            words=list_isolated((word.word for word in words[:4]), most=4),
        )
    return ""


def _describe_habit(account: AccountSummary, figures: AccountFigures) -> Content:
    lately = figures.lately
    if lately is None or not lately.pushes:
        return ""
    rate, when, size = describe_rate(lately), describe_when(lately), describe_size(lately)
    font = (
        rich("，正文 {size} px", size=format_px(lately.font_size_px))
        if size and lately.font_size_px is not None
        else ""
    )
    if not rate:
        return ""
    sending = rich("{rate}，多在{when}", rate=rate, when=when) if when else rate
    if not size:
        return (sending, translate("。"))
    return rich("{sending}；每篇{size}{font}。", sending=sending, size=size, font=font)
