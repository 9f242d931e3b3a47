"""Conclusions about what rivals run and we don't, what only we run, who was first, and how the
steady ones began.
"""

from __future__ import annotations

from collections.abc import Iterable

from analysis.brief.rules.base import check_on, day_of, join_list, join_sentences
from analysis.brief.sections.gaps import Gap
from analysis.brief.summary import BriefSummary
from analysis.report.findings import Finding, isolate_name
from analysis.report.translation import translate, translate_name

__all__ = ["find_behind", "find_gaps", "find_good_starts", "find_own_only"]

_GAP_RIVALS = 3
_MOST_SHOWN = 2
_LEAST_TOPICS = 5  # of which the times tell who was first
_MOSTLY = 0.7
_LEAST_RIVALS = 3
_LEAST_OWN = 10


def find_gaps(brief: BriefSummary) -> Iterable[Finding]:
    """Kinds of columns, then themes, that three rivals run and the own account doesn't, and that
    could be copied; those most rivals run first.
    """
    section = brief.rivals
    missing = (
        [
            gap
            for gap in section.missing
            if gap.accounts >= _GAP_RIVALS and gap.running and gap.reuse is None
        ]
        if section and section.own_enough
        else []
    )
    for gap in sorted(missing, key=lambda gap: (gap.level, -gap.accounts, -gap.n, gap.name))[
        :_MOST_SHOWN
    ]:
        names = join_list([isolate_name(name) for name in gap.names], most=4)
        others = [name for name in gap.columns if name != gap.name]
        kinds = (
            translate(
                "（{columns}）",
                columns=join_list([isolate_name(name, longest=12) for name in gap.columns], most=3),
            )
            if others
            else ""
        )
        template = "{n} 个对手都有这类选题：{name}，自己没有：{names}。"
        if gap.level == "column":
            template = "{n} 个对手都有「{name}」一类的栏目{kinds}，自己没有：{names}。"
        sentence = translate(
            template, n=gap.accounts, name=isolate_name(gap.name), kinds=kinds, names=names
        )
        yield Finding(
            "gap",
            sentence,
            gap.n,
            translate("篇"),
            day_of(gap.first),
            day_of(gap.last),
            gap.examples,
            *_advise(gap, brief),
        )


def _advise(gap: Gap, brief: BriefSummary) -> tuple[str, str]:
    """A trial at the rivals' own interval."""
    what = (
        translate("试做「{name}」一类", name=isolate_name(gap.name))
        if gap.level == "column"
        else translate("把这类题排进选题")
    )
    drafts = (
        translate("手上已有 {n} 篇像的，先编进去，", n=gap.own_articles) if gap.own_articles else ""
    )
    template = "{what}：{drafts}先出 4 期，够不够写再定。"
    if gap.interval_days:
        template = "{what}：{drafts}按对手的间隔（中位 {days:g} 天）先出 4 期，够不够写再定。"
    expected = check_on(brief) + translate("4 期出齐没有；有自己的阅读数，再和自己的中位数比。")
    return translate(template, what=what, drafts=drafts, days=gap.interval_days), expected


def find_own_only(brief: BriefSummary) -> Iterable[Finding]:
    """The own account's largest column that none of at least three rivals runs."""
    section = brief.rivals
    rivals = [account for account in brief.accounts if account.enough and not account.own]
    if section is None or not section.own_enough or len(rivals) < _LEAST_RIVALS:
        return
    columns = [gap for gap in section.own_only if gap.level == "column" and gap.n >= _LEAST_OWN]
    for gap in sorted(columns, key=lambda gap: (-gap.n, gap.name))[:1]:
        more = translate("这样的还有 {n} 个。", n=len(columns) - 1) if len(columns) > 1 else ""
        template = "「{name}」只有自己在做：{n} 篇，{rivals} 个对手都没有。"
        sentence = join_sentences(
            translate(template, name=isolate_name(gap.name), n=gap.n, rivals=len(rivals)), more
        )
        advice = translate("留住它，写进公众号介绍和关注后的自动回复，让人一眼看出和别家不同。")
        expected = check_on(brief) + translate("是否仍只有自己在做、还按时出。")
        yield Finding(
            "own only",
            sentence,
            gap.n,
            translate("篇"),
            day_of(gap.first),
            day_of(gap.last),
            gap.examples,
            advice,
            expected,
        )


def find_behind(brief: BriefSummary) -> Iterable[Finding]:
    """One rival whom the own account mostly follows, or mostly leads, on the same topics: at least
    five of which the times tell who was first.
    """
    section = brief.rivals
    late = (
        [
            rival
            for rival in section.versus
            if rival.own
            and rival.kind == "same_topic"
            and rival.first + rival.other_first >= _LEAST_TOPICS
        ]
        if section
        else []
    )
    for rival in sorted(late, key=lambda pair: (-(pair.first + pair.other_first), pair.other))[:1]:
        decided = rival.first + rival.other_first
        if rival.other_first >= _MOSTLY * decided:
            sentence = translate(
                "和{name}撞题 {n} 次，能分先后的 {sure} 次里自己有 {behind} 次在后。",
                name=isolate_name(rival.other),
                n=rival.n,
                sure=decided,
                behind=rival.other_first,
            )
            advice = translate("这些题要么抢在前面发，要么换个角度写，别再跟着发同一个题。")
        elif rival.first >= _MOSTLY * decided:
            sentence = translate(
                "和{name}撞题 {n} 次，能分先后的 {sure} 次里自己有 {ahead} 次在前。",
                name=isolate_name(rival.other),
                n=rival.n,
                sure=decided,
                ahead=rival.first,
            )
            advice = translate("选题上是自己领先，把首发写在标题或开头，转载要求注明来源。")
        else:
            return
        expected = check_on(brief) + translate("同题里谁在前。")
        yield Finding(
            "behind",
            sentence,
            rival.n,
            translate("组"),
            day_of(rival.since),
            day_of(rival.until),
            rival.examples,
            advice,
            expected,
        )


def find_good_starts(brief: BriefSummary) -> Iterable[Finding]:
    """What the accounts that grew steady did differently in their first 90 days, where three of
    each kind are held from their beginning.
    """
    section = brief.rivals
    if section is None or not section.shared:
        return
    template = "{figure} {steady:.2g} 对 {others:.2g}"
    figures = translate("；").join(
        translate(
            template,
            figure=translate_name(one.figure),
            steady=one.steady_median,
            others=one.others_median,
        )
        for one in section.shared[:3]
    )
    counts = {"steady": section.shared[0].n_steady, "others": section.shared[0].n_others}
    certain = [beginning for beginning in section.beginnings if beginning.held]
    pushes = sum(beginning.phases[0].pushes for beginning in certain)
    first, last = (
        min(beginning.phases[0].since for beginning in certain),
        max(beginning.phases[0].until for beginning in certain),
    )
    sentence = translate(
        "头 90 天就分得出来，{steady} 个发得稳的对 {others} 个没稳住的（中位数）：{figures}。",
        figures=figures,
        **counts,
    )
    advice, expected = (
        translate("新号头三个月照发得稳的那组来排。"),
        translate("满 90 天时用同样的数字对一遍。"),
    )
    yield Finding(
        "start",
        sentence,
        pushes,
        translate("次推送"),
        day_of(first),
        day_of(last),
        (),
        advice,
        expected,
    )
