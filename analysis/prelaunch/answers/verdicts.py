"""What a verdict is, and those of a plan's columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.evidence import MIN_ACCOUNTS
from analysis.prelaunch.answers.columns import ColumnAnswer, ColumnsAnswer
from analysis.report.findings import isolate_name
from analysis.rows import Example

__all__ = ["NOBODY", "VERDICTS", "Verdict", "judge_columns"]

VERDICTS = {
    "do": "做",
    "change": "改",
    "drop": "放",
    "propose": "建议",  # the plan says nothing, so there is nothing to judge
    "unknown": "样本不足",
}
NOBODY = "附近没有同类账号"
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """One verdict: `rule` is which drew it, `question` what it is about, `verdict` a key of
    VERDICTS, `reason` one short sentence without its full stop, `basis` the figures behind it in
    words, `advice` what to do; `n` of `unit` it rests on, 0 where it rests on the plan alone.
    `column` is the planned column it is about.
    """

    rule: str
    question: str
    verdict: str
    reason: str
    basis: str = ""
    advice: str = ""
    n: int = 0
    unit: str = ""
    examples: tuple[Example, ...] = ()
    column: str | None = None

    @property
    def section(self) -> str:
        """The id of the part of the page with its figures."""
        return "norms" if self.rule == "target" else self.rule

    @property
    def sentence(self) -> str:
        """The question, the verdict and the reason as one sentence."""
        return f"{self.question}：{VERDICTS[self.verdict]}。{self.reason}。"


def judge_columns(
    columns: ColumnsAnswer, dropped: Sequence[str], *, nobody: bool
) -> Iterable[Verdict]:
    """One verdict a planned column; one for all where the plan has none. `dropped` are those there
    is no room for; `nobody` is near.
    """
    planned = [answer for answer in columns.answers if not answer.proposed]
    for answer in planned:
        yield _judge_column(answer, columns, full=answer.name in dropped, nobody=nobody)
    if planned or not columns.answers:
        return
    named = "、".join(
        f"{isolate_name(answer.same[0].account)}的“{isolate_name(answer.name)}”"
        for answer in columns.answers
    )
    yield Verdict(
        "columns",
        "栏目",
        "propose",
        "先定一两个栏目，名字和角度自己起",
        basis=f"计划没写栏目；对手在更的里，离定位最近的是{named}。",
        n=columns.columns,
        unit="个对手栏目",
    )


def _judge_column(
    answer: ColumnAnswer, columns: ColumnsAnswer, *, full: bool, nobody: bool
) -> Verdict:
    running = [column for column in answer.same if column.running]
    ended = {column.brand for column in answer.same if not column.running}
    brands = list(dict.fromkeys(column.account for column in running))
    verdict, reason, advice = _decide(answer, ended, brands, nobody=nobody)
    if full:
        verdict, advice = "drop", "四周后有余力再上"
        reason = "几个栏目加起来写不过来，先放这个"
    return Verdict(
        "columns",
        f"栏目“{isolate_name(answer.name)}”",
        verdict,
        reason,
        basis="" if nobody else _describe(answer, columns),
        advice=advice,
        n=columns.columns,
        unit="个对手栏目",
        examples=running[0].examples[:1] if running else (),
        column=answer.name,
    )


def _decide(
    answer: ColumnAnswer, ended: set[str], accounts: Sequence[str], *, nobody: bool
) -> tuple[str, str, str]:
    """The verdict, its reason and what to do."""
    if nobody:
        return "unknown", NOBODY, ""
    if answer.verdict == "crowded":
        brands = len({column.brand for column in answer.same if column.running})
        return "change", f"{brands} 家在做同类，换读者或换形式", "同样的题材，换一个读者或一种形式"
    if answer.verdict == "shared":
        return "do", f"只有{_join(accounts)}在做", "看它怎么写，别撞角度"
    if len(ended) >= 2:
        return "drop", f"{len(ended)} 家做过，都停了", "先当自由选题写两期，有人看再立栏目"
    if answer.verdict == "free" and answer.topic_accounts >= MIN_ACCOUNTS:
        return "do", f"没人做成栏目，题材有 {answer.topic_accounts} 家写过", ""
    if answer.verdict == "free":
        return "unknown", "没人做，题材也少有人写", "先写两期看看，再定栏目"
    return "unknown", "对手的栏目太少，看不出有没有人做", ""


def _describe(answer: ColumnAnswer, columns: ColumnsAnswer) -> str:
    if answer.same:
        listed = "、".join(
            f"{isolate_name(column.account)}的“{isolate_name(column.content_column)}”"
            f"（{column.n} 期{'' if column.running else '，已停'}）"
            for column in answer.same[:_SHOWN]
        )
        basis = (
            f"同类：{listed}{f'等 {len(answer.same)} 个' if len(answer.same) > _SHOWN else ''}。"
        )
    else:
        basis = f"{columns.accounts} 个对手的 {columns.columns} 个栏目里没有同类。"
    word = max(answer.words, key=lambda word: (word.accounts, word.n), default=None)
    if word is not None:
        basis += f"标题里写到“{isolate_name(word.word)}”的有 {word.accounts} 家 {word.n} 篇。"
    return basis


def _join(names: Sequence[str]) -> str:
    return "、".join(isolate_name(name) for name in names[:_SHOWN])
