"""Where a plan contradicts itself or the platform's rules, each by a rule with its figures. What
rivals do is no contradiction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from analysis.labels import WEEKDAYS
from analysis.layout.distance import shown_figure
from analysis.layout.measures import FEATURES
from analysis.prelaunch.answers.columns import ColumnsAnswer
from analysis.prelaunch.answers.layout import LayoutAnswer
from analysis.prelaunch.answers.pace import PaceAnswer
from analysis.prelaunch.launch import Launch
from analysis.prelaunch.plan import Plan
from analysis.report.findings import isolate_name

__all__ = ["Contradiction", "find_contradictions", "pick_dropped"]

_APART = 0.25  # of two figures that say the same thing, before they contradict each other


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One contradiction: by which rule, what collides, and what to change."""

    rule: str
    sentence: str
    advice: str


def pick_dropped(pace: PaceAnswer, columns: ColumnsAnswer) -> tuple[str, ...]:
    """The planned columns to leave out where all of them need more articles a week than are planned
    or can be written: those most rivals run first, the last of the plan of equals; one column
    stays.
    """
    room = min(
        (figure for figure in (pace.articles_per_week, pace.capacity) if figure is not None),
        default=None,
    )
    needs = {
        column.name: column.rhythm.per_week
        for column in columns.answers
        if column.rhythm and column.rhythm.times and not column.proposed
    }
    running = {
        answer.name: len({column.brand for column in answer.same if column.running})
        for answer in columns.answers
    }
    names = list(needs)
    dropped: list[str] = []
    while room is not None and len(needs) > 1 and sum(needs.values()) > room + 1e-9:
        weakest = max(needs, key=lambda name: (running[name], names.index(name)))
        dropped.append(weakest)
        del needs[weakest]
    return tuple(dropped)


@dataclass(frozen=True, slots=True)
class _Case:
    plan: Plan
    pace: PaceAnswer
    layout: LayoutAnswer
    launch: Launch
    as_of: date


def find_contradictions(
    plan: Plan, pace: PaceAnswer, layout: LayoutAnswer, launch: Launch, *, as_of: date
) -> tuple[Contradiction, ...]:
    """All that the plan contradicts itself in; () where it holds together."""
    case = _Case(plan, pace, layout, launch, as_of)
    return tuple(contradiction for rule in _RULES for contradiction in rule(case))


def _check_capacity(case: _Case) -> Iterable[Contradiction]:
    pace, planned = case.pace, case.pace.articles_per_week
    if planned is None or pace.capacity is None or planned <= pace.capacity + 1e-9:
        return
    assumed = "，按一人一周最多 5 篇的假定（计划里可以改）" if pace.capacity_assumed else ""
    each = planned / (pace.people or 1)
    sentence = (
        f"每周 {planned:g} 篇（{_describe_product(pace)}），{pace.people} 个人写，一人一周要写 "
        f"{each:g} 篇，写得出的是 {pace.capacity:g} 篇{assumed}。"
    )
    if pace.enough:
        most = pace.enough[0]
        keep = len(pace.at_least_planned(pace.enough))
        sentence += (
            f"同组 {len(pace.enough)} 个对手里{f'有 {keep} 个' if keep else '没有一个'}发"
            f"这么多，最多的{isolate_name(most.account)}每周 {most.articles_per_week:.1f} "
            "篇。"
        )
    yield Contradiction("capacity", sentence, f"减到每周 {pace.capacity:g} 篇以内，或加人")


def _describe_product(pace: PaceAnswer) -> str:
    return f"每周 {pace.pushes_per_week:g} 次，每次 {pace.articles_per_push:g} 篇"


def _check_columns(case: _Case) -> Iterable[Contradiction]:
    planned, needed = (
        case.pace.articles_per_week,
        sum(column.rhythm.per_week for column in case.plan.columns if column.rhythm),
    )
    if planned is not None and needed > planned + 1e-9:
        count = sum(
            column.rhythm is not None and column.rhythm.times > 0 for column in case.plan.columns
        )
        sentence = (
            f"{count} 个栏目照写的节奏每周要 {needed:.1f} 篇，每周只发 {planned:g} "
            f"篇（{_describe_product(case.pace)}）。"
        )
        able = case.pace.capacity is None or needed <= case.pace.capacity + 1e-9
        advice = "减一个栏目、放慢一个栏目" + ("，或多发" if able else "")
        yield Contradiction("columns", sentence, advice)


def _check_days(case: _Case) -> Iterable[Contradiction]:
    days = {send_time.weekday for send_time in case.plan.send_times}
    for column in case.plan.columns if days else ():
        missing = [
            day for day in (column.rhythm.weekdays if column.rhythm else ()) if day not in days
        ]
        if missing:
            sent = "、".join(WEEKDAYS[day] for day in sorted(days))
            sentence = (
                f"栏目“{isolate_name(column.name)}”"
                f"定在{'、'.join(WEEKDAYS[day] for day in missing)}，可推送只排在{sent}。"
            )
            yield Contradiction("days", sentence, "改栏目的星期，或在那天加一次推送")


def _check_count(case: _Case) -> Iterable[Contradiction]:
    stated, times = case.plan.pushes_per_week, case.plan.send_times
    if stated is not None and stated >= 1 and times and round(stated, 6) != len(times):
        sentence = f"频率写的是每周 {stated:g} 次，推送时间却有 {len(times)} 个；日历按推送时间排。"
        yield Contradiction("count", sentence, "把两处改成一样")


def _check_account_type(case: _Case) -> Iterable[Contradiction]:
    pushes = max(case.plan.pushes_per_week or 0.0, float(len(case.plan.send_times)))
    twice = sorted(
        {
            send_time.weekday
            for send_time in case.plan.send_times
            if sum(other.weekday == send_time.weekday for other in case.plan.send_times) > 1
        }
    )
    if case.plan.type == "服务号" and pushes > 1:
        yield Contradiction(
            "type",
            f"服务号一个月只能群发 4 次，计划是每周 {pushes:g} 次。",
            "改成每周 1 次，或改用订阅号；其余用“发布”，不进通知",
        )
    elif case.plan.type != "服务号" and (pushes > 7 or twice):
        where = (
            f"{'、'.join(WEEKDAYS[day] for day in twice)}排了不止一次"
            if twice
            else f"计划是每周 {pushes:g} 次"
        )
        yield Contradiction(
            "type",
            f"订阅号一天只能群发 1 次，{where}。",
            "合成一次推送（一次最多 8 篇），或确认账号有更多群发次数",
        )


def _check_launch(case: _Case) -> Iterable[Contradiction]:
    if case.plan.launch is not None and case.plan.launch < case.as_of:
        yield Contradiction(
            "launch",
            f"上线日 {case.plan.launch} 已经过去（本次基准日 {case.as_of}）。",
            "改上线日，或写明是哪天做的计划",
        )


def _check_launch_day(case: _Case) -> Iterable[Contradiction]:
    first, pushes = case.plan.launch, case.launch.pushes
    if first is not None and case.plan.send_times and pushes and pushes[0].at.date() != first:
        sentence = (
            f"上线日 {first} 是{WEEKDAYS[first.weekday()]}，那天没有排推送，第一次推送是 "
            f"{pushes[0].at:%Y-%m-%d %H:%M}。"
        )
        yield Contradiction("launch_day", sentence, "把上线日改到推送日，或给首发单加一次")


def _check_unplaced(case: _Case) -> Iterable[Contradiction]:
    full = [issue.column for issue in case.launch.unplaced if issue.why == "full"]
    for name in dict.fromkeys(full):
        sentence = (
            f"栏目“{isolate_name(name)}”在头四周有 {full.count(name)} 期排不下："
            "推送里没有空位（同一次不排它两期）。"
        )
        yield Contradiction("full", sentence, "错开栏目的日子，或每次多发一篇")


def _check_layout(case: _Case) -> Iterable[Contradiction]:
    for value in case.layout.values:
        if value.draft is not None:
            feature = FEATURES[value.feature]
            sentence = (
                f"{feature.name}写的是 {shown_figure(feature, value.value)}，草稿量出来是 "
                f"{shown_figure(feature, value.draft)}；下面按写的比。"
            )
            yield Contradiction("layout", sentence, "改草稿，或改计划里的数")
    stated = case.plan.layout
    if {"images", "images_per_1000", "chars"} <= set(stated):
        implied = stated["images_per_1000"] * stated["chars"] / 1000
        if abs(implied - stated["images"]) > max(stated["images"], implied) * _APART:
            sentence = (
                f"{stated['chars']:g} 字、每千字 {stated['images_per_1000']:g} 张是 "
                f"{implied:.1f} 张图，另一处却写 {stated['images']:g} 张。"
            )
            yield Contradiction("layout", sentence, "留一个就行")


_Rule = Callable[[_Case], Iterable[Contradiction]]
_RULES: tuple[_Rule, ...] = (
    _check_capacity,
    _check_account_type,
    _check_count,
    _check_columns,
    _check_days,
    _check_unplaced,
    _check_launch,
    _check_launch_day,
    _check_layout,
)
