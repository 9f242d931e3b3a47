"""What the data can't answer, and how to find out: only the questions this plan and this group
leave open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.evidence import MIN_ACCOUNTS
from analysis.prelaunch.answers.columns import ColumnsAnswer
from analysis.prelaunch.answers.norms import Norm
from analysis.prelaunch.answers.pace import PaceAnswer
from analysis.prelaunch.answers.times import TimesAnswer
from analysis.prelaunch.group import Group
from analysis.prelaunch.plan import Plan
from analysis.report.findings import isolate_name

__all__ = ["Question", "ask_questions"]

_WHOLE = 0.9


@dataclass(frozen=True, slots=True)
class Question:
    """A question, why the data can't say, and how to find out."""

    question: str
    why: str
    how: str


def ask_questions(
    plan: Plan,
    group: Group,
    pace: PaceAnswer,
    columns: ColumnsAnswer,
    times: TimesAnswer,
    norms: tuple[Norm, ...],
) -> tuple[Question, ...]:
    """The open questions, those about the group's data first."""
    return (
        *_about_data(group, pace),
        *_about_reads(plan, norms),
        *_about_plan(plan, pace, columns, times),
    )


def _about_data(group: Group, pace: PaceAnswer) -> Iterable[Question]:
    if len(pace.enough) < MIN_ACCOUNTS:
        yield Question(
            "这个赛道通常怎么做？",
            f"够样本（10 篇、8 周以上）的对手只有 {len(pace.enough)} 个，少于 {MIN_ACCOUNTS} "
            "个不说谁多谁少。",
            "再收几个同类账号（对手文章里提到的先看），再跑一次",
        )
    short = [
        group.names[key]
        for key, share in sorted(group.coverage.items())
        if share is not None and share < _WHOLE and key in group.names
    ]
    if short:
        named = "、".join(isolate_name(name) for name in short[:3]) + (
            "等" if len(short) > 3 else ""
        )
        yield Question(
            f"没收录到的那部分，{named}发了什么？",
            f"{len(short)} 个对手至多收录了九成以下，频率和栏目可能偏少。",
            "看缺哪一段，补上合集或历史列表",
        )


def _about_reads(plan: Plan, norms: tuple[Norm, ...]) -> Iterable[Question]:
    if not any(norm.key == "reads" for norm in norms):
        target = f"目标 {plan.reads:,.0f} 阅读高不高？" if plan.reads else "什么样的文章有人看？"
        yield Question(
            target,
            "阅读数不公开，这里没有导入过。",
            "把自己看到的阅读数存成表格导入，同龄的文章才比得了",
        )
    if plan.followers:
        yield Question(
            f"{plan.followers:,.0f} 粉丝要多久？",
            "粉丝数和涨粉不公开，发文频率和涨粉的关系这里看不出来。",
            "问同行，或上线四周后看自己后台的新增关注和取关",
        )
    for target in plan.other_targets:
        yield Question(
            f"{isolate_name(target, longest=60)}做得到吗？",
            "公开的文章里看不到这个结果。",
            "先定好怎么数、从哪天数，上线四周后回看",
        )


def _about_plan(
    plan: Plan, pace: PaceAnswer, columns: ColumnsAnswer, times: TimesAnswer
) -> Iterable[Question]:
    if plan.audience is None:
        yield Question(
            "读者是谁？",
            "计划没写读者，只按定位找了对手。",
            "写下一个具体的读者：什么时候看、想解决什么，再跑一次看对手变不变",
        )
    yield Question(
        "对手有几个人在写？",
        "团队大小不公开；署名只说明用了几个名字，一个“编辑部”可能是五个人。"
        if pace.people
        else "计划没写几个人写，对手的团队大小也不公开。",
        "看招聘启事和文末编辑名单，或直接问",
    )
    free = [
        answer
        for answer in columns.answers
        if answer.verdict == "free" and answer.topic_accounts < MIN_ACCOUNTS
    ]
    if free:
        named = "、".join(f"“{isolate_name(answer.name)}”" for answer in free[:3])
        yield Question(
            f"{named}没人做，是机会还是没人要？",
            "没有同类栏目只说明收录的对手没做，说明不了读者要不要。",
            "先各写两期，看留言和收藏，再定栏目",
        )
    ended = [column for answer in columns.answers for column in answer.same if not column.running]
    if ended:
        yield Question(
            f"{isolate_name(ended[0].account)}为什么停了“{isolate_name(ended[0].content_column)}”"
            "？",
            "停更看得见，原因看不见。",
            "翻最后几期的留言和文末，或问做过的人",
        )
    if times.enough:
        yield Question(
            "这个钟点发，读者真的在看吗？",
            "看得见的只是对手的习惯；2020 年起信息流不按时间排，钟点不再决定排在谁前面。",
            "头四周定好钟点就不动，第五周换一次，比打开率",
        )
