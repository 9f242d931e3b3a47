"""News about how and when accounts send: pace, silence, hours, looks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from analysis.brief.front.records import News, main_own, rivals_of
from analysis.brief.rules.base import examples_of, name_of, newest_of, translate_figure
from analysis.brief.sections.cadence import Cadence, Change
from analysis.brief.summary import AccountSummary, BriefSummary
from analysis.labels import format_clock
from analysis.report.findings import isolate_name
from analysis.report.translation import translate

__all__ = ["find_new_hours", "find_new_looks", "find_new_paces", "find_silences"]

_SILENT_DAYS, _SILENT_TIMES = 21, 3.0  # three weeks, and three times its usual gap
_LOOKS_SHOWN = 3
_PART = 0.5  # of a change of pace, that one column must make up to be named for it


def find_new_paces(brief: BriefSummary) -> Iterable[News]:
    """Changes of a rival's rate, and the column that makes up most of it."""
    own = main_own(brief)
    for account in rivals_of(brief):
        for change in _changes(account, "rate", brief):
            sentence = translate(
                "{name}从 {at.month} 月 {at.day} 日那周起，每周由 {before:.1f} 次变成 "
                "{after:.1f} 次。",
                name=name_of(account),
                at=change.date,
                before=change.before,
                after=change.after,
            )
            more = change.after > change.before
            column = _column_behind(account, change)
            if column:
                template = "多出来的主要是「{column}」。" if more else "少掉的主要是「{column}」。"
                sentence += translate(template, column=isolate_name(column))
            meaning = (
                translate("我们每周 {rate:.1f} 次。", rate=own.recent.pushes_per_week)
                if own and own.recent
                else ""
            )
            action = (
                translate("先别跟着加，看它撑不撑得住。")
                if more
                else translate("先别跟着减，自己的日子照守。")
            )
            yield News(
                "pace",
                change.date.date(),
                bool(column),
                abs(change.after - change.before),
                (account.account_id,),
                sentence,
                meaning,
                action,
                translate(
                    "前 {before} 次、后 {after} 次推送，前后都满 8 周，差别超出偶然起伏。",
                    before=change.pushes_before,
                    after=change.pushes_after,
                ),
                newest_of([account]),
            )


def _changes(account: AccountSummary, kind: str, brief: BriefSummary) -> list[Change]:
    """Its changes of a kind that are its own."""
    return [
        change
        for change in (account.cadence.changes if account.cadence else ())
        if change.kind == kind
        and not brief.is_of_source(account.account_id, kind, change.date.date())
    ]


def _column_behind(account: AccountSummary, change: Change) -> str | None:
    """The column whose own change of rate is at least half of the account's and in its direction,
    eight weeks before against eight weeks after.
    """
    issues = account.columned.issues.dropna(subset=["published_at"])
    at = change.date.date()
    days = issues["published_at"].dt.date
    weeks = timedelta(weeks=8)
    before = issues[(days < at) & (days >= at - weeks)]["content_column"].value_counts() / 8
    after = issues[(days >= at) & (days < at + weeks)]["content_column"].value_counts() / 8
    moved = after.sub(before, fill_value=0.0)
    if moved.empty:
        return None
    way = 1.0 if change.after > change.before else -1.0
    name = min(moved.index, key=lambda column: (-way * moved[column], column))
    enough = way * moved[name] >= _PART * abs(change.after - change.before)
    return str(name) if enough else None


def find_silences(brief: BriefSummary) -> Iterable[News]:
    """Rivals that have sent nothing for three weeks and three times their usual gap, while others
    went on.
    """
    for account in rivals_of(brief):
        cadence = account.cadence
        if brief.window is None or cadence is None:
            continue
        silent = (brief.window.until - cadence.push_days[-1]).days
        if silent < max(_SILENT_DAYS, _SILENT_TIMES * _usual_gap(cadence)) or brief.is_of_source(
            account.account_id, "end", cadence.push_days[-1]
        ):
            continue
        yield News(
            "silence",
            cadence.push_days[-1],
            False,
            cadence.pushes_per_week,
            (account.account_id,),
            translate(
                "{name}{last.month} 月 {last.day} 日以后没有新文章，已经 {days} 天；"
                "它平时每周 {rate:.1f} 次。",
                name=name_of(account),
                last=cadence.push_days[-1],
                days=silent,
                rate=cadence.pushes_per_week,
            ),
            translate("可能停更，也可能只是没收到。"),
            translate("打开它的主页看一眼：真停了，就换一个对手来盯。"),
            translate(
                "{first:%Y-%m-%d} 至 {last:%Y-%m-%d} 共 {n} 次推送。",
                first=cadence.first,
                last=cadence.last,
                n=cadence.pushes,
            ),
            newest_of([account]),
        )


def _usual_gap(cadence: Cadence) -> float:
    return 7 / cadence.pushes_per_week if cadence.pushes_per_week else float("inf")


def find_new_hours(brief: BriefSummary) -> Iterable[News]:
    """Changes of a rival's usual hour."""
    for account in rivals_of(brief):
        for change in _changes(account, "hour", brief):
            before, after = format_clock(change.before), format_clock(change.after)
            yield News(
                "hour",
                change.date.date(),
                False,
                account.recent.pushes_per_week if account.recent else 0.0,
                (account.account_id,),
                translate(
                    "{name}从 {at.month} 月 {at.day} 日那周起，常发的钟点由 {before} 前后改到 "
                    "{after} 前后。",
                    name=name_of(account),
                    at=change.date,
                    before=before,
                    after=after,
                ),
                translate(
                    "{before} 前后少了一个对手，{after} 前后多了一个。", before=before, after=after
                ),
                translate("自己要是也在 {after} 前后，看看要不要错开。", after=after),
                translate(
                    "前 {before} 次、后 {after} 次推送，差别超出偶然起伏。",
                    before=change.pushes_before,
                    after=change.pushes_after,
                ),
                newest_of([account]),
            )


def find_new_looks(brief: BriefSummary) -> Iterable[News]:
    """Changes of a rival's template."""
    for account in rivals_of(brief):
        layout = account.layout
        for redesign in layout.redesigns if layout and layout.enough else ():
            if not redesign.changed or brief.is_of_source(
                account.account_id, "layout", redesign.at.date()
            ):
                continue
            what = translate("，").join(
                translate(
                    "{what}由 {before} 改成 {after}",
                    what=translate_figure(part.what),
                    before=translate_figure(part.before or "无"),
                    after=translate_figure(part.after or "无"),
                )
                for part in redesign.changed[:_LOOKS_SHOWN]
            )
            since = account.listed[account.listed["published_at"] >= redesign.at]
            until = account.listed[account.listed["published_at"] < redesign.at]
            yield News(
                "look",
                redesign.at.date(),
                False,
                account.recent.articles_per_week if account.recent else 0.0,
                (account.account_id,),
                translate(
                    "{name}{at.month} 月 {at.day} 日起换了排版：{what}。",
                    name=name_of(account),
                    at=redesign.at,
                    what=what,
                ),
                translate("它在改读者第一眼看到的样子。"),
                translate("改前改后各看一篇，在手机上和自己的并排比，好的那点再学。"),
                translate(
                    "改前 {before} 篇、改后 {after} 篇有正文的文章。",
                    before=redesign.n_before,
                    after=redesign.n_after,
                ),
                (*examples_of(until.tail(1)), *examples_of(since.head(1))),
            )
