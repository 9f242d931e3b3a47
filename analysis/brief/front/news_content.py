"""News about what is written: topics that rise, columns that begin or stop, articles read far more
than usual.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from analysis.brief.front.records import (
    News,
    age_in_days,
    articles_about,
    main_own,
    names_of,
    rivals_of,
)
from analysis.brief.rules.base import examples_of, join_list, name_of
from analysis.brief.sections.columns import Column
from analysis.brief.sections.topics import RisingTopic
from analysis.brief.summary import AccountSummary, BriefSummary
from analysis.columns.reuse import classify_reuse
from analysis.evidence import MIN_ARTICLES, MIN_ISSUES
from analysis.report.findings import isolate_name
from analysis.report.translation import translate
from analysis.rows import Example

__all__ = [
    "can_be_copied",
    "find_new_columns",
    "find_read_far_more",
    "find_rising_topics",
    "find_shifted_topics",
    "find_stopped_columns",
    "newest_issues",
    "renamed_to",
    "similar_own_column",
]

_WELL_FOUNDED = 0.7  # how well founded a column must be before its beginning or end is news
_MAINSTAY = 0.05  # of an account's articles, from which the end of a column is news
_NEWS_DAYS = 90
_NOTABLE = 0.05  # of an account's titles, from which what it has taken up is worth a sentence
_RENAMED_DAYS = 30  # between the last issue under one name and the first under another
_MORE_TOPICS = 4


def find_rising_topics(brief: BriefSummary) -> Iterable[News]:
    """Topics that two accounts or more have taken up."""
    own = main_own(brief)
    topics = [topic for topic in brief.rising if _is_topic(topic)]
    for topic in topics:
        names = names_of(brief, topic.accounts)
        template = "{names}都在写「{topic}」：{counts}"
        if len(names) > 3:
            template = "{names} {n} 家都在写「{topic}」：{counts}"
        sentence = translate(
            template,
            names=join_list(names, most=3),
            n=len(names),
            topic=isolate_name(topic.term),
            counts=_count_topic(topic),
        )
        others = [isolate_name(other.term) for other in topics if other is not topic]
        if others:
            sentence += translate(
                "一起热起来的还有{topics}。", topics=join_list(others, most=_MORE_TOPICS)
            )
        meaning, action = _advise_topic(own, topic, brief)
        yield News(
            "rising",
            brief.window.until - timedelta(days=topic.days // 2) if brief.window else topic.since,
            True,
            topic.n / topic.days * 7,
            topic.accounts,
            sentence,
            meaning,
            action,
            _basis_of(topic),
            topic.examples,
        )


def find_shifted_topics(brief: BriefSummary) -> Iterable[News]:
    """Topics that one rival has taken up by itself; its own name and advertising are none."""
    own = main_own(brief)
    shared = {topic.term for topic in brief.rising}
    for account in rivals_of(brief):
        for topic in account.rising:
            if topic.term in shared or not _is_topic(topic, owner=account):
                continue
            share = topic.n / max(topic.titles, 1)
            if share < _NOTABLE:
                continue
            sentence = translate(
                "{name}在「{topic}」上加了力气：{counts}",
                name=name_of(account),
                topic=isolate_name(topic.term),
                counts=_count_topic(topic),
            )
            mine = _count_own(own, topic, brief)
            meaning = translate("占它同期文章的 {share:.0%}。", share=share)
            if own is not None:
                meaning += (
                    translate("我们同期写过 {n} 篇。", n=mine)
                    if mine
                    else translate("我们同期一篇没写。")
                )
            yield News(
                "shifted",
                brief.window.until - timedelta(days=topic.days // 2)
                if brief.window
                else topic.since,
                True,
                topic.n / topic.days * 7,
                (account.account_id,),
                sentence,
                meaning,
                translate("看它写的是消息还是方法；要写，就写它没写到的那一面。"),
                _basis_of(topic),
                topic.examples,
            )


def _is_topic(topic: RisingTopic, *, owner: AccountSummary | None = None) -> bool:
    """Whether a rising topic is something to write about: no event, season, notice or one's own
    advertising.
    """
    titles = [example.title or "" for example in topic.examples]
    return classify_reuse(topic.term, titles, owner=owner.account if owner else "") is None


def _count_topic(topic: RisingTopic) -> str:
    if topic.n_before:
        return translate(
            "近 {days} 天 {n} 篇，此前九个月一共 {before} 篇。",
            days=topic.days,
            n=topic.n,
            before=topic.n_before,
        )
    return translate("近 {days} 天 {n} 篇，此前九个月一篇没有。", days=topic.days, n=topic.n)


def _count_own(own: AccountSummary | None, topic: RisingTopic, brief: BriefSummary) -> int:
    return 0 if own is None else len(articles_about(own, topic.term, since=topic.since))


def _advise_topic(
    own: AccountSummary | None, topic: RisingTopic, brief: BriefSummary
) -> tuple[str, str]:
    if own is None:
        return (
            translate("新号开张，头一批题里该有它。"),
            translate("先看这几篇写到了哪一步，再定自己的角度。"),
        )
    mine = _count_own(own, topic, brief)
    if not mine:
        return (
            translate("我们还一篇没写。"),
            translate("下周写一篇；先看这几篇写到了哪一步，换一个角度。"),
        )
    return (
        translate("我们同期写了 {n} 篇。", n=mine),
        translate("接着写，但别再写大家写过的角度。"),
    )


def _basis_of(topic: RisingTopic) -> str:
    return translate(
        "数的是标题：近 {days} 天（{since:%Y-%m-%d} 起）{titles:,} 篇里有 {n} 篇，此前 270 天 "
        "{titles_before:,} 篇里有 {before} 篇；按偶然算，碰上的机会不到十万分之一。",
        days=topic.days,
        since=topic.since,
        titles=topic.titles,
        n=topic.n,
        titles_before=topic.titles_before,
        before=topic.n_before,
    )


def can_be_copied(account: AccountSummary, column: Column) -> bool:
    """Whether a column is something another account could run too."""
    titles = [example.title or "" for example in column.examples]
    return classify_reuse(column.content_column, titles, owner=account.account) is None


def similar_own_column(brief: BriefSummary, account: AccountSummary, column: Column) -> str | None:
    """The reader's own column of the same kind as a rival's, by name."""
    own = {owned.account_id for owned in brief.accounts if owned.own}
    for kind in brief.column_types:
        names = {(member.account_id, member.content_column) for member in kind.members}
        if (account.account_id, column.content_column) in names:
            mine = [member for member in kind.members if member.account_id in own]
            return mine[0].content_column if mine else None
    return None


def find_new_columns(brief: BriefSummary) -> Iterable[News]:
    """Rivals' columns that began in the last 90 days: four issues, well founded."""
    for account in rivals_of(brief):
        for column in account.columned.every:
            if (
                column.status != "new"
                or column.first is None
                or column.last is None
                or column.n < MIN_ISSUES
                or column.strength < _WELL_FOUNDED
                or not can_be_copied(account, column)
                or any(renamed_to(account, old) is column for old in account.columned.every)
            ):
                continue
            template = "{name}新开了「{column}」：{first.month} 月 {first.day} 日起 {n} 期。"
            if column.interval_days and column.interval_days >= 2:
                template = (
                    "{name}新开了「{column}」：{first.month} 月 {first.day} 日起 {n} 期，"
                    "约 {days:.0f} 天一期。"
                )
            sentence = translate(
                template,
                name=name_of(account),
                column=isolate_name(column.content_column),
                first=column.first,
                n=column.n,
                days=column.interval_days,
            )
            mine = similar_own_column(brief, account, column)
            own = main_own(brief)
            meaning = (
                translate("和我们的「{column}」是一类。", column=isolate_name(mine))
                if mine
                else translate("我们没有这类栏目。")
                if own
                else ""
            )
            days = max((column.last - column.first).days, 7)
            yield News(
                "new column",
                column.first.date(),
                True,
                column.n / days * 7,
                (account.account_id,),
                sentence,
                meaning,
                translate("先不跟：等它出满 {n} 期还在更，再看值不值得做。", n=MIN_ARTICLES),
                translate(
                    "栏目看标题标记和发文规律认出，{n} 篇，{first:%Y-%m-%d} 至 {last:%Y-%m-%d}。",
                    n=column.n,
                    first=column.first,
                    last=column.last,
                ),
                column.examples,
            )


def find_stopped_columns(brief: BriefSummary) -> Iterable[News]:
    """Rivals' columns that stopped: ten issues at least and one article in twenty, silent for
    longer than ever, while the account went on.
    """
    for account in rivals_of(brief):
        for column in account.columned.every:
            if (
                column.status not in ("paused", "ended")
                or column.first is None
                or column.last is None
                or column.n < MIN_ARTICLES
                or column.share < _MAINSTAY
                or column.strength < _WELL_FOUNDED
                or not column.interval_days
                or not can_be_copied(account, column)
            ):
                continue
            sentence = translate(
                "{name}的「{column}」停了：出过 {n} 期，原来约 {days:.0f} 天一期，{last.month} 月 "
                "{last.day} 日以后没再出。",
                name=name_of(account),
                column=isolate_name(column.content_column),
                n=column.n,
                days=max(column.interval_days, 1),
                last=column.last,
            )
            new = renamed_to(account, column)
            if new is not None:
                yield _tell_renamed(account, column, new)
                continue
            mine = similar_own_column(brief, account, column)
            meaning = (
                translate("我们的「{column}」少了一个对手。", column=isolate_name(mine))
                if mine
                else translate("这个位置现在空着。")
            )
            action = (
                translate("照出不误，别跟着停。")
                if mine
                else translate("看它最后几期是题写完了还是没人写了，再想要不要补这个空。")
            )
            yield News(
                "stopped column",
                column.last.date(),
                True,
                7 / max(column.interval_days, 1),
                (account.account_id,),
                sentence,
                meaning,
                action,
                translate(
                    "{first:%Y-%m-%d} 至 {last:%Y-%m-%d} 共 {n} 篇；此后 {silent} 天，"
                    "这个号别的文章照发。",
                    n=column.n,
                    first=column.first,
                    last=column.last,
                    silent=column.silent_days,
                ),
                newest_issues(account, column),
            )


def renamed_to(account: AccountSummary, column: Column) -> Column | None:
    """The column under which a stopped one goes on: it began within a month of the last issue, and
    their names share two characters.
    """
    last = column.last
    if last is None or column.status not in ("paused", "ended"):
        return None
    for other in account.columned.every:
        if (
            other is not column
            and other.first is not None
            and abs((other.first - last).days) <= _RENAMED_DAYS
            and _pairs(other.content_column) & _pairs(column.content_column)
        ):
            return other
    return None


def _pairs(name: str) -> set[str]:
    return {name[at : at + 2].casefold() for at in range(len(name) - 1)}


def _tell_renamed(account: AccountSummary, column: Column, new: Column) -> News:
    assert column.last is not None
    assert new.first is not None
    return News(
        "renamed column",
        new.first.date(),
        True,
        new.n / max((new.last - new.first).days, 7) * 7 if new.last else 0.0,
        (account.account_id,),
        translate(
            "{name}的「{old}」换了名字：{at.month} 月 {at.day} 日起叫「{new}」，已出 {n} 期。",
            name=name_of(account),
            old=isolate_name(column.content_column),
            new=isolate_name(new.content_column),
            at=new.first,
            n=new.n,
        ),
        translate("内容没停，是换了包装。"),
        translate("新旧各看一期，看它改了什么、留了什么。"),
        translate(
            "旧名 {first:%Y-%m-%d} 至 {last:%Y-%m-%d} 共 {n} 篇；新名从 {begin:%Y-%m-%d} 起 "
            "{m} 篇。",
            first=column.first,
            last=column.last,
            n=column.n,
            begin=new.first,
            m=new.n,
        ),
        (*newest_issues(account, column)[:1], *newest_issues(account, new)[:1]),
    )


def newest_issues(account: AccountSummary, column: Column) -> tuple[Example, ...]:
    """The newest articles of a column; those it is shown by where its issues are not listed."""
    issues = account.columned.issues
    own = issues[issues["column_id"] == column.column_id]
    return examples_of(own.iloc[::-1]) or column.examples


def find_read_far_more(brief: BriefSummary) -> Iterable[News]:
    """Articles of rivals that were read three times as much as their account's median, from counts
    that were imported.
    """
    counts = brief.engagement
    for account in rivals_of(brief) if counts else ():
        reads = counts.accounts.get(account.account_id) if counts else None
        for outlier in reads.outliers if reads else ():
            dated = account.listed[account.listed["url"] == outlier.example.url]
            if dated.empty or outlier.example.url is None or dated["published_at"].isna().all():
                continue
            day = dated["published_at"].max().date()
            if age_in_days(brief, day) > _NEWS_DAYS:
                continue
            template = "{name}的《{title}》读到 {read:,.0f}，是它平时的 {ratio:.1f} 倍。"
            if outlier.at_least:
                template = "{name}的《{title}》读到 {read:,.0f} 以上，是它平时的 {ratio:.1f} 倍多。"
            yield News(
                "read far more",
                day,
                True,
                outlier.ratio / 3,
                (account.account_id,),
                translate(
                    template,
                    name=name_of(account),
                    title=isolate_name(outlier.example.title or "", longest=40),
                    read=outlier.read,
                    ratio=outlier.ratio,
                ),
                translate("读者在这个题上投了票。"),
                translate("看清它赢在题、标题还是时机，挑一样用在自己的题上。"),
                translate("阅读数是导入的，只和它自己同样天数的文章比。"),
                (outlier.example,),
            )
