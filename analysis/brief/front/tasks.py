"""What to do next week: three to five lines that can be done as they stand. Nothing the reader does
or plans already, nothing that contradicts another line, never more than can be kept up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import zip_longest
from statistics import median

from analysis.brief.front.lessons import held_columns
from analysis.brief.front.news_content import newest_issues, similar_own_column
from analysis.brief.front.records import Lesson, Task, any_own, articles_about, main_own, rivals_of
from analysis.brief.front.slots import Slot, next_monday, pick_slots
from analysis.brief.rules.base import name_of, translate_figure
from analysis.brief.rules.layout import TYPESET_NAMES
from analysis.brief.sections.columns import Column
from analysis.brief.sections.gaps import Gap
from analysis.brief.sections.topics import Topic
from analysis.brief.summary import AccountSummary, BriefSummary
from analysis.columns.reuse import classify_reuse
from analysis.evidence import MIN_TIMED
from analysis.labels import WEEKDAYS
from analysis.report.findings import isolate_name
from analysis.report.translation import translate, translate_name
from analysis.rows import Example

__all__ = ["MOST_TASKS", "draw_tasks"]

MOST_TASKS = 5
_LEAST_TASKS = 3
_EXTRA = 0.25  # of what is sent a week, that can come on top or instead
_PLANS = ("plan", "发文计划")
_KEPT, _DUE = 0.6, 6  # of an own column: that it kept its rhythm, over so many issues
_LATE, _LOST_DAYS = 1.5, 60
_CROWDED = 1.0  # pushes a week of all rivals in one hour
_RUNNING = 2  # rivals that run a kind of column or write about a topic now
_LEAST_TITLES, _OFTEN, _SELDOM = 5, 0.02, 0.25
_ON_TIME, _SCATTERED = 0.8, 0.4  # of the pushes in one hour


def draw_tasks(brief: BriefSummary, lessons: tuple[Lesson, ...]) -> tuple[Task, ...]:
    """At most five lines; none where there is nothing to compare."""
    if not rivals_of(brief):
        return ()
    own = main_own(brief)
    tasks = [*_overdue(brief, own), *_start(brief)]
    writing = _alternate([*_rising(brief), *_usual_topics(brief, own)], [*_columns(brief, own)])
    for draft, slot in zip(writing[: _room(own)], pick_slots(brief, own), strict=False):
        tasks.append(Task(draft.rule, draft.what, slot.tell(), draft.how, draft.why, draft.example))
    tasks += [*_moved(brief, own), *_fixed_hour(brief, own), *_looks(own)]
    if len(tasks) < _LEAST_TASKS:
        tasks += _study(lessons, _LEAST_TASKS - len(tasks))
    return tuple(tasks[:MOST_TASKS])


@dataclass(frozen=True, slots=True)
class _Draft:
    """Something to write, before it has a day."""

    rule: str
    what: str
    how: str
    why: str
    example: Example | None


def _alternate(topics: list[_Draft], columns: list[_Draft]) -> list[_Draft]:
    """A topic, a column, a topic…"""
    pairs = zip_longest(topics, columns)
    return [draft for pair in pairs for draft in pair if draft is not None]


def _room(own: AccountSummary | None) -> int:
    """How many articles of a new kind a week can bear."""
    if own is None or own.recent is None:
        return 2
    return min(max(round(own.recent.articles_per_week * _EXTRA), 1), 2)


def _overdue(brief: BriefSummary, own: AccountSummary | None) -> Iterator[Task]:
    """The own column that kept its rhythm and is late."""
    late = [
        column
        for column in (own.columns if own else ())
        if column.status in ("active", "paused", "new")
        and column.interval_days
        and (column.adherence or 0) >= _KEPT
        and (column.due or 0) >= _DUE
        and column.silent_days is not None
        and _LATE * column.interval_days < column.silent_days <= _LOST_DAYS
    ]
    for column in sorted(late, key=lambda column: (-column.share, column.column_id))[:1]:
        yield Task(
            "overdue",
            translate("补一期「{column}」", column=isolate_name(column.content_column)),
            _usual_day(column, brief),
            _size_of(column),
            translate(
                "平时约 {days:.0f} 天一期，已经 {silent} 天没出",
                days=column.interval_days,
                silent=column.silent_days,
            ),
            column.examples[0] if column.examples else None,
        )


def _usual_day(column: Column, brief: BriefSummary) -> str:
    if column.weekday is None:
        return translate("下周")
    day = next_monday(brief.date) + timedelta(days=column.weekday)
    return Slot(day, column.hour, None).tell()


def _size_of(column: Column) -> str:
    if not column.n_bodies or column.chars is None or column.images is None:
        return ""
    return translate(
        "约 {chars:,} 字、{images:.0f} 张图，照前几期",
        chars=_rounded(column.chars),
        images=column.images,
    )


def _rounded(chars: float) -> int:
    return max(round(chars / 100) * 100, 100)


def _group_size(brief: BriefSummary) -> str:
    """Length and pictures to aim at: the middle of the rivals'."""
    layouts = [account.layout for account in rivals_of(brief)]
    measured = [layout for layout in layouts if layout and layout.enough and layout.chars]
    if not measured:
        return ""
    return translate(
        "约 {chars:,} 字、{images:.0f} 张图，是对手的中间水平",
        chars=_rounded(median(layout.chars for layout in measured)),
        images=median(layout.images for layout in measured),
    )


def _rising(brief: BriefSummary) -> Iterator[_Draft]:
    """Rising topics the reader hasn't written on."""
    own = any_own(brief)
    for topic in brief.rising:
        titles = [example.title or "" for example in topic.examples]
        if classify_reuse(topic.term, titles) is not None or _is_planned(brief, topic.term):
            continue
        if own is not None and not articles_about(own, topic.term, since=topic.since).empty:
            continue
        yield _Draft(
            "rising topic",
            translate("写一篇「{topic}」", topic=isolate_name(topic.term)),
            _group_size(brief),
            translate(
                "近 {days} 天 {accounts} 家写了 {n} 篇，我们还没有",
                days=topic.days,
                accounts=len(topic.accounts),
                n=topic.n,
            )
            if own
            else translate(
                "近 {days} 天 {accounts} 家写了 {n} 篇",
                days=topic.days,
                accounts=len(topic.accounts),
                n=topic.n,
            ),
            topic.examples[0] if topic.examples else None,
        )


def _usual_topics(brief: BriefSummary, own: AccountSummary | None) -> Iterator[_Draft]:
    """Topics that several rivals write about all the time, and the reader hardly ever."""
    if own is None or own.recent is None or brief.window is None:
        return
    rivals = rivals_of(brief)
    shared: dict[str, list[tuple[AccountSummary, Topic]]] = {}
    for account in rivals:
        for topic in account.topics:
            if topic.n >= _LEAST_TITLES and topic.share >= _OFTEN:
                shared.setdefault(topic.term, []).append((account, topic))
    for term, users in sorted(
        shared.items(), key=lambda item: (-len(item[1]), -sum(t.n for _, t in item[1]), item[0])
    ):
        titles = [example.title or "" for _, topic in users for example in topic.examples]
        mine = len(articles_about(own, term, since=brief.window.since))
        usual = median(topic.share for _, topic in users)
        if (
            len(users) < _RUNNING
            or mine > _SELDOM * usual * own.recent.articles
            or classify_reuse(term, titles) is not None
            or _is_planned(brief, term)
        ):
            continue
        template = "近 {days} 天 {n} 个对手写了 {titles} 篇，我们一篇没有"
        if mine:
            template = "近 {days} 天 {n} 个对手写了 {titles} 篇，我们只有 {mine} 篇"
        yield _Draft(
            "usual topic",
            translate("写一篇「{topic}」", topic=isolate_name(term)),
            _group_size(brief),
            translate(
                template,
                days=brief.window.days,
                n=len(users),
                titles=sum(topic.n for _, topic in users),
                mine=mine,
            ),
            users[0][1].examples[0],
        )


def _columns(brief: BriefSummary, own: AccountSummary | None) -> Iterator[_Draft]:
    """Kinds of columns that rivals run and the reader doesn't."""
    if own is None:
        yield from _common_columns(brief)
        return
    actions = brief.rivals.actions if brief.rivals else ()
    for action in actions:
        gap = action.gap
        if gap.level != "column" or gap.running < _RUNNING or _is_planned(brief, gap.name):
            continue
        if classify_reuse(gap.name, [example.title or "" for example in gap.examples]) is not None:
            continue
        yield _Draft(
            "column",
            translate("试一期「{name}」这类栏目", name=isolate_name(gap.name)),
            _interval_of(gap) or _group_size(brief),
            translate("{n} 个对手都在做，我们没有", n=gap.accounts),
            gap.examples[0] if gap.examples else None,
        )
    yield from _single_columns(brief)


def _interval_of(gap: Gap) -> str:
    if not gap.interval_days:
        return ""
    if gap.interval_days < 2:
        return translate("先连出 4 天，够不够写再定")
    return translate("先出 4 期，约 {days:.0f} 天一期，够不够写再定", days=gap.interval_days)


def _single_columns(brief: BriefSummary) -> Iterator[_Draft]:
    """The columns that rivals hold and that are like none of the reader's."""
    for account in rivals_of(brief):
        for column in held_columns(account):
            if similar_own_column(brief, account, column) or _is_planned(
                brief, column.content_column
            ):
                continue
            yield _Draft(
                "rival's column",
                translate(
                    "试一期像{name}「{column}」那样的栏目",
                    name=name_of(account),
                    column=isolate_name(column.content_column),
                ),
                _size_of(column) or _group_size(brief),
                translate("它出了 {n} 期还在更，我们没有这一类", n=column.n),
                newest_issues(account, column)[0],
            )


def _common_columns(brief: BriefSummary) -> Iterator[_Draft]:
    """Without an own account: the kinds of columns most accounts run."""
    for kind in brief.column_types:
        examples = [
            example
            for account in rivals_of(brief)
            for column in account.columns
            if (account.account_id, column.content_column)
            in {(member.account_id, member.content_column) for member in kind.members}
            for example in column.examples[:1]
        ]
        titles = [example.title or "" for example in examples]
        if len(kind.accounts) < _RUNNING or classify_reuse(kind.name, titles) is not None:
            continue
        yield _Draft(
            "column",
            translate("备一个「{name}」这类栏目", name=isolate_name(kind.name)),
            _group_size(brief),
            translate("{n} 个号都有，读者认这一类", n=len(kind.accounts)),
            examples[0] if examples else None,
        )


def _start(brief: BriefSummary) -> Iterator[Task]:
    """Where the own account is new or none is known: a pace that can be kept, unless one is
    planned.
    """
    rates = [account.recent.pushes_per_week for account in rivals_of(brief) if account.recent]
    own = any_own(brief)
    if main_own(brief) or not rates or any(key in _PLANS for key, _ in (own.facts if own else ())):
        return
    times = min(max(round(median(rates)), 1), 3)
    yield Task(
        "start",
        translate("先定每周 {times} 次，守满 8 周再加", times=times),
        translate("从 {at.month} 月 {at.day} 日那周开始", at=next_monday(brief.date)),
        "",
        translate("这些号现在每周发 {rate:.1f} 次（中位数）", rate=median(rates)),
        None,
    )


def _is_planned(brief: BriefSummary, name: str) -> bool:
    """Whether the reader's own plan has it already."""
    own = any_own(brief)
    plans = [text for key, text in (own.facts if own else ()) if key in _PLANS]
    return any(name.casefold() in plan.casefold() for plan in plans)


def _moved(brief: BriefSummary, own: AccountSummary | None) -> Iterator[Task]:
    """The own usual hour, where rivals crowd it and a free one is near."""
    crowding = brief.crowding
    slot = crowding.own_slot if crowding and own else None
    if crowding is None or slot is None or slot.pushes_per_week < _CROWDED or not crowding.free:
        return
    free = crowding.free[0]
    yield Task(
        "move",
        translate(
            "把{weekday} {hour} 点那次挪到{free} {free_hour} 点",
            weekday=translate_name(WEEKDAYS[slot.weekday]),
            hour=slot.hour,
            free=translate_name(WEEKDAYS[free.weekday]),
            free_hour=free.hour,
        ),
        translate("下周起，试 8 周"),
        "",
        translate(
            "原来这个点 {n} 个对手也发，合计每周 {rate:.1f} 次",
            n=slot.accounts,
            rate=slot.pushes_per_week,
        ),
        None,
    )


def _fixed_hour(brief: BriefSummary, own: AccountSummary | None) -> Iterator[Task]:
    """An hour to keep, where the own account has none and a rival has."""
    recent = own.recent if own else None
    if recent is None or recent.hour is None or recent.pushes_timed < MIN_TIMED:
        return
    kept = [
        account
        for account in rivals_of(brief)
        if account.recent
        and account.recent.pushes_timed >= MIN_TIMED
        and (account.recent.hour_share or 0) >= _ON_TIME
    ]
    if (recent.hour_share or 0) >= _SCATTERED or not kept:
        return
    yield Task(
        "fixed hour",
        translate("发文固定在一个钟点：先定 {hour} 点", hour=recent.hour),
        translate("下周起，守满 8 周"),
        "",
        translate(
            "我们最常用的 {hour} 点也只占 {mine:.0%}，{name} {share:.0%} 的推送在同一个钟点",
            hour=recent.hour,
            mine=recent.hour_share,
            name=name_of(kept[0]),
            share=kept[0].recent.hour_share if kept[0].recent else 0,
        ),
        None,
    )


def _looks(own: AccountSummary | None) -> Iterator[Task]:
    """The one thing of the own typography that lies furthest outside the group."""
    layout = own.layout if own else None
    outside = [
        distance
        for distance in (layout.distances if layout and layout.enough else ())
        if distance.outside and distance.feature in TYPESET_NAMES
    ]
    for distance in outside[:1]:
        yield Task(
            "look",
            translate(
                "排版改一处：{feature}从 {mine} 改到 {aim}",
                feature=translate_name(distance.feature),
                mine=translate_figure(distance.median),
                aim=translate_figure(distance.peer_median),
            ),
            translate("下周第一篇起"),
            "",
            translate(
                "同组都在 {low} 至 {high}",
                low=translate_figure(distance.peer_low),
                high=translate_figure(distance.peer_high),
            ),
            None,
        )


def _study(lessons: tuple[Lesson, ...], most: int) -> Iterator[Task]:
    for lesson in lessons[:most]:
        yield Task(
            "study",
            translate("拆一篇：花半小时看它怎么{thing}", thing=lesson.thing),
            translate("选题会之前"),
            "",
            lesson.sentence.rstrip("。."),
            lesson.example,
        )
