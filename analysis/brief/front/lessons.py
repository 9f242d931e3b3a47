"""Whom to learn from, and the one thing each does best: content before form, direct rivals
first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from statistics import median

from analysis.brief.front.news_content import can_be_copied, newest_issues
from analysis.brief.front.records import Lesson, example_of, rivals_of
from analysis.brief.rules.base import name_of
from analysis.brief.sections.columns import Column
from analysis.brief.summary import AccountSummary, BriefSummary
from analysis.evidence import MIN_ACCOUNTS, MIN_TIMED
from analysis.labels import WEEKDAYS
from analysis.report.findings import isolate_name
from analysis.report.translation import translate, translate_name

__all__ = ["MOST_LESSONS", "draw_lessons", "held_columns"]

MOST_LESSONS = 3
_DUE, _CAME = 8, 0.8  # issues due, and the share of them that came, of a column that holds
_WELL_FOUNDED = 0.7
_ALIVE_DAYS = 60
_FIRSTS, _MOSTLY = 4, 0.6
_LONGER, _BODIES = 1.4, 20  # times the group's median length
_FOCUS = 0.3  # of the titles on one topic
_ON_TIME = 0.8
_SAME_LOOK, _LOOKS = 0.9, 20
_ROLES = {"direct": 0, "benchmark": 1, "adjacent": 2}


def draw_lessons(brief: BriefSummary) -> tuple[Lesson, ...]:
    """At most three lessons, no account and no kind of thing twice: what is read, who is first,
    which column holds, who goes deepest, who is on time, who looks the same every time.
    """
    rules: tuple[Callable[[BriefSummary], Iterable[Lesson]], ...] = (
        _most_read_columns,
        _columns_that_hold,
        _often_first,
        _longest,
        _focused,
        _on_time,
        _same_look,
    )
    chosen: list[Lesson] = []
    for rule in rules:
        lessons = sorted(rule(brief), key=_order)
        fresh = [
            lesson
            for lesson in lessons
            if all(lesson.account is not other.account for other in chosen)
        ]
        if len(chosen) < MOST_LESSONS and fresh:
            chosen.append(fresh[0])
    return tuple(chosen)


def _order(lesson: Lesson) -> tuple[int, float, str]:
    return _ROLES.get(lesson.account.role or "", 3), -lesson.strength, lesson.account.account_id


def held_columns(account: AccountSummary) -> list[Column]:
    """Its columns that come when they are due and still do, and that others could run too."""
    return [
        column
        for column in account.columns
        if column.status in ("active", "new")
        and column.adherence is not None
        and column.adherence >= _CAME
        and (column.due or 0) >= _DUE
        and column.strength >= _WELL_FOUNDED
        and can_be_copied(account, column)
    ]


def _columns_that_hold(brief: BriefSummary) -> Iterable[Lesson]:
    for account in rivals_of(brief):
        for column in held_columns(account):
            if not column.examples or column.due is None or column.adherence is None:
                continue
            came = round(column.adherence * column.due)
            template = (
                "{name}把「{column}」守住了：约 {days:.0f} 天一期，该出 {due} 期，实出 {came} 期。"
            )
            if (column.interval_days or 0) < 2:
                template = "{name}把「{column}」守住了：几乎天天有，该出 {due} 期，实出 {came} 期。"
            elif _is_weekly(column):
                template = (
                    "{name}把「{column}」守住了：每{weekday}出，该出 {due} 期，实出 {came} 期。"
                )
            yield Lesson(
                "column that holds",
                account,
                column.adherence * min(column.due, 52),
                translate("守栏目"),
                translate(
                    template,
                    name=name_of(account),
                    column=isolate_name(column.content_column),
                    weekday=translate_name(WEEKDAYS[column.weekday or 0]),
                    days=column.interval_days,
                    due=column.due,
                    came=came,
                ),
                translate(
                    "{first:%Y-%m-%d} 至 {last:%Y-%m-%d}，{n} 篇；该出几期按它通常的间隔"
                    "（{days:g} 天）算。",
                    first=column.first,
                    last=column.last,
                    n=column.n,
                    days=column.interval_days,
                ),
                newest_issues(account, column)[0],
            )


def _is_weekly(column: Column) -> bool:
    weekly = column.interval_days is not None and 6 <= column.interval_days <= 8
    return weekly and column.weekday is not None and (column.weekday_share or 0) >= _ON_TIME


def _most_read_columns(brief: BriefSummary) -> Iterable[Lesson]:
    counts = brief.engagement
    for account in rivals_of(brief) if counts else ():
        reads = counts.accounts.get(account.account_id) if counts else None
        columns = {column.content_column: column for column in account.columns}
        for group in reads.columns if reads else ():
            column = columns.get(group.name)
            if (
                group.ratio_low is None
                or group.ratio_low < 1.2
                or group.ratio is None
                or column is None
                or not column.examples
                or not can_be_copied(account, column)
            ):
                continue
            yield Lesson(
                "most read column",
                account,
                group.ratio_low,
                translate("选题"),
                translate(
                    "{name}的「{column}」有人看：阅读是它同位置文章的 {ratio:.1f} 倍。",
                    name=name_of(account),
                    column=isolate_name(group.name),
                    ratio=group.ratio,
                ),
                translate(
                    "{n} 篇有导入的阅读数，取中位数，同样天数的文章才放在一起比。", n=group.n
                ),
                newest_issues(account, column)[0],
            )


def _often_first(brief: BriefSummary) -> Iterable[Lesson]:
    for account in rivals_of(brief):
        firsts = brief.firsts.get(account.account_id)
        if (
            firsts is None
            or len(firsts.articles) < _FIRSTS
            or len(firsts.articles) < _MOSTLY * firsts.shared
        ):
            continue
        yield Lesson(
            "often first",
            account,
            len(firsts.articles),
            translate("抢先"),
            translate(
                "{name}常走在别家前面：和别人撞题 {shared} 次，{n} 次先发。",
                name=name_of(account),
                shared=firsts.shared,
                n=len(firsts.articles),
            ),
            translate("三天里题目相近算撞题，只算时间分得出先后的。"),
            firsts.articles[0].example,
        )


def _longest(brief: BriefSummary) -> Iterable[Lesson]:
    measured = [
        (account, layout)
        for account in rivals_of(brief)
        if (layout := account.layout) and layout.enough and layout.n_text >= _BODIES
    ]
    if len(measured) < MIN_ACCOUNTS:
        return
    for account, layout in measured:
        others = median(other.chars for _, other in measured if other is not layout)
        example = example_of(account.listed)
        if others <= 0 or layout.chars < _LONGER * others or example is None:
            continue
        yield Lesson(
            "longest",
            account,
            layout.chars / others,
            translate("写透"),
            translate(
                "{name}写得最长：一篇约 {chars:,.0f} 字，别家约 {others:,.0f} 字。",
                name=name_of(account),
                chars=layout.chars,
                others=others,
            ),
            translate("{n} 篇有正文的文章，取中位数。", n=layout.n_text),
            example,
        )


def _focused(brief: BriefSummary) -> Iterable[Lesson]:
    for account in rivals_of(brief):
        if not account.topics:
            continue
        topic = max(account.topics, key=lambda topic: (topic.share, topic.term))
        others = [
            other.share
            for rival in rivals_of(brief)
            if rival is not account
            for other in rival.topics
            if other.term == topic.term
        ]
        if topic.share < _FOCUS or topic.share < 2 * max(others, default=0.0):
            continue
        yield Lesson(
            "focused",
            account,
            topic.share,
            translate("认准一个题"),
            translate(
                "{name}认准一个题：{share:.0%} 的标题写「{topic}」。",
                name=name_of(account),
                share=topic.share,
                topic=isolate_name(topic.term),
            ),
            translate(
                "{n} 篇，{since:%Y-%m-%d} 至 {until:%Y-%m-%d}。",
                n=topic.n,
                since=brief.window.since if brief.window else brief.date,
                until=brief.window.until if brief.window else brief.date,
            ),
            topic.examples[0],
        )


def _on_time(brief: BriefSummary) -> Iterable[Lesson]:
    for account in rivals_of(brief):
        recent = account.recent
        example = example_of(account.listed)
        if (
            recent is None
            or example is None
            or recent.pushes_timed < MIN_TIMED
            or recent.hour is None
            or (recent.hour_share or 0) < _ON_TIME
        ):
            continue
        yield Lesson(
            "on time",
            account,
            recent.hour_share or 0,
            translate("守时"),
            translate(
                "{name}守时：{share:.0%} 的推送在 {hour} 点档，读者知道什么时候来看。",
                name=name_of(account),
                share=recent.hour_share,
                hour=recent.hour,
            ),
            translate("{n} 次知道钟点的推送。", n=recent.pushes_timed),
            example,
        )


def _same_look(brief: BriefSummary) -> Iterable[Lesson]:
    for account in rivals_of(brief):
        layout = account.layout
        example = example_of(account.listed)
        if (
            layout is None
            or example is None
            or layout.template_now is None
            or layout.template_now.share < _SAME_LOOK
            or layout.n < _LOOKS
        ):
            continue
        yield Lesson(
            "same look",
            account,
            layout.template_now.share,
            translate("统一"),
            translate(
                "{name}的排版一眼认得出：{share:.0%} 的文章用同一套样子。",
                name=name_of(account),
                share=layout.template_now.share,
            ),
            translate("{n} 篇有正文的文章，看字号、行高、小标题和颜色。", n=layout.n),
            example,
        )
