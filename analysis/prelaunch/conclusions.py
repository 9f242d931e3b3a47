"""What a benchmark opens with: what it rests on, then one conclusion a question, each by a rule.
Names stand between U+2068 and U+2069.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime

from analysis.evidence import MIN_ACCOUNTS
from analysis.labels import WEEKDAYS
from analysis.layout.distance import shown_figure
from analysis.layout.measures import FEATURES
from analysis.prelaunch.answers.columns import ColumnAnswer
from analysis.prelaunch.answers.pace import STEADY_WEEKS, PaceAnswer
from analysis.prelaunch.answers.times import HourSlot, TimeAnswer
from analysis.prelaunch.benchmark import Benchmark
from analysis.report.findings import Finding, isolate_name

__all__ = ["draw_conclusions"]

# per cent of the group's articles as high or as low, below which a value is out of the ordinary
_ODD = 5.0
_CLEAR = 1.2  # times the next account's similarity before one is called the nearest


def draw_conclusions(benchmark: Benchmark) -> tuple[Finding, ...]:
    """What was looked at (rule "sample"), then contradictions, rivals, columns, times, pace, layout
    and the target, where the figures say something.
    """
    if benchmark.group.articles.empty:
        return ()
    return tuple(finding for rule in _RULES for finding in rule(benchmark))


def _describe_sample(b: Benchmark) -> Iterable[Finding]:
    n_accounts, enough = len(b.group.accounts), len(b.pace.enough)
    sentence = f"拿计划和 {n_accounts} 个对手账号比"
    sentence += (
        "，样本都够下结论。"
        if enough == n_accounts
        else f"，其中 {enough} 个够样本（近半年至少 10 篇、跨 8 周）。"
    )
    if enough < MIN_ACCOUNTS:
        sentence += (
            f"样本不足：不到 {MIN_ACCOUNTS} 个，不给分位数，只列看得见的；先多收几个对手再定。"
        )
    yield Finding(
        "sample", sentence, len(b.group.articles), "篇", _day(b.group.first), _day(b.group.last)
    )


def _count_contradictions(b: Benchmark) -> Iterable[Finding]:
    if b.contradictions:
        sentence = f"计划里有 {len(b.contradictions)} 处对不上：{b.contradictions[0].sentence}"
        yield Finding(
            "contradictions",
            sentence,
            len(b.contradictions),
            "处",
            None,
            None,
            advice=f"{b.contradictions[0].advice}；其余见下一节",
        )


def _find_nearest(b: Benchmark) -> Iterable[Finding]:
    shown = b.rivals[:3]
    if not shown:
        return
    words = "；".join(
        f"{isolate_name(rival.account)}{_describe_words([word.word for word in rival.words[:3]])}"
        for rival in shown
    )
    alone = len(b.rivals) > 1 and b.rivals[0].likeness >= b.rivals[1].likeness * _CLEAR
    sentence = f"按定位看，最近的{'是' if len(shown) == 1 or alone else '几个是'}{words}。"
    n, first, last = (
        sum(rival.articles for rival in shown),
        [rival.first for rival in shown if rival.first],
        [rival.last for rival in shown if rival.last],
    )
    advice = "定位里写出他们没写的那一点：读者、场景或价格，任选一样说透"
    yield Finding(
        "rivals",
        sentence,
        n,
        "篇",
        _day(min(first, default=None)),
        _day(max(last, default=None)),
        shown[0].examples[:2],
        advice,
    )


def _describe_words(words: Sequence[str]) -> str:
    return f"（也写{'、'.join(words)}）" if words else "（标题里没有共同的词，只是用字相近）"


def _assess_columns(b: Benchmark) -> Iterable[Finding]:
    answers = [answer for answer in b.columns.answers if not answer.proposed]
    parts = [
        _describe_columns(answers, verdict) for verdict in ("crowded", "shared", "free", "unknown")
    ]
    if answers:
        covered = [answer for answer in answers if answer.verdict in ("crowded", "shared")]
        examples = covered[0].same[0].examples[:2] if covered else ()
        free = any(answer.verdict == "free" for answer in answers)
        advice = (
            "先把没人做的那个做成招牌，同类的换一个角度再上"
            if free and covered
            else "换角度：同题材，不同读者或不同形式"
            if covered
            else ""
        )
        sentence = f"{len(answers)} 个栏目：{'；'.join(part for part in parts if part)}。"
        yield Finding(
            "columns",
            sentence,
            b.columns.columns,
            "个对手栏目",
            _day(b.columns.first),
            _day(b.columns.last),
            examples,
            advice,
        )
    elif b.columns.answers:
        named = "、".join(
            f"{isolate_name(answer.same[0].account)}的“{isolate_name(answer.name)}”"
            for answer in b.columns.answers
        )
        sentence = f"计划没写栏目。对手在更的栏目里，离定位最近的是{named}，列作参照。"
        yield Finding(
            "columns",
            sentence,
            b.columns.columns,
            "个对手栏目",
            _day(b.columns.first),
            _day(b.columns.last),
            advice="头四周先做一两个栏目，名字和角度自己定",
        )


def _describe_columns(answers: Sequence[ColumnAnswer], verdict: str) -> str:
    matching = [answer for answer in answers if answer.verdict == verdict]
    if not matching:
        return ""
    if verdict in ("crowded", "shared"):
        word = "拥挤" if verdict == "crowded" else "有人在做"
        return "，".join(
            f"“{isolate_name(answer.name)}”{word}（{_describe_rival_columns(answer)}）"
            for answer in matching
        )
    names = "、".join(
        f"“{isolate_name(answer.name)}”{_describe_topic(answer)}" for answer in matching
    )
    return f"{names}没看到同类栏目" if verdict == "free" else f"{names}样本不足，看不出有没有人做"


def _describe_topic(answer: ColumnAnswer) -> str:
    """The word of a free column that most rivals write about all the same."""
    word = max(answer.words, key=lambda word: (word.accounts, word.n), default=None)
    widespread = word is not None and word.accounts >= MIN_ACCOUNTS
    return (
        f"（题材不空：“{isolate_name(word.word)}” {word.accounts} 个对手写过 {word.n} 篇）"
        if word and widespread
        else ""
    )


def _describe_rival_columns(answer: ColumnAnswer) -> str:
    running_columns = [column for column in answer.same if column.running]
    named = "、".join(
        f"{isolate_name(column.account)}的“{isolate_name(column.content_column)}” {column.n} 期"
        for column in running_columns[:3]
    )
    return named + (f"等 {len(running_columns)} 个" if len(running_columns) > 3 else "")


def _assess_times(b: Benchmark) -> Iterable[Finding]:
    answers = b.times.answers
    if not answers or not b.times.enough:
        return
    first, last = _day(b.times.first), _day(b.times.last)
    if answers[0].proposed:
        times = "、".join(answer.time.text for answer in answers)
        yield Finding(
            "times",
            f"计划没写时间，建议{times}：在对手最常用的钟点附近，那一小时他们合计最少。",
            b.times.pushes,
            "次推送",
            first,
            last,
        )
        return
    taken = [answer for answer in answers if answer.verdict != "free"]
    if not taken:
        yield Finding(
            "times",
            f"{len(answers)} 个时间都避开了对手：那一小时对手合计不到四周一次。",
            b.times.pushes,
            "次推送",
            first,
            last,
        )
        return
    clashes = "；".join(_describe_time(answer) for answer in taken[:3])
    advice = "；".join(
        f"{answer.time.text} 附近的空档：{'、'.join(_describe_slot(slot) for slot in answer.free)}"
        for answer in taken[:3]
        if answer.free
    )
    yield Finding(
        "times",
        f"{len(answers)} 个时间里 {len(taken)} 个和对手撞：{clashes}。",
        b.times.pushes,
        "次推送",
        first,
        last,
        advice=advice,
    )


def _describe_time(answer: TimeAnswer) -> str:
    weekly = answer.slot.pushes_per_week if answer.slot else 0.0
    more = (
        f"等 {answer.slot.accounts} 个"
        if answer.slot and answer.slot.accounts > len(answer.rivals)
        else ""
    )
    named = "、".join(isolate_name(name) for name in answer.rivals) + more
    return f"{answer.time.text}，{named}在这一小时合计每周 {weekly:.1f} 次"


def _describe_slot(slot: HourSlot) -> str:
    return f"{WEEKDAYS[slot.weekday]} {slot.hour} 点档"


def _assess_pace(b: Benchmark) -> Iterable[Finding]:
    pace = b.pace
    planned = pace.articles_per_week
    if planned is None or pace.articles is None or pace.pushes is None:
        return
    n, first, last = (
        sum(pace_row.pushes for pace_row in pace.enough),
        _day(pace.first),
        _day(pace.last),
    )
    if pace.pushes_proposed:
        sentence = (
            f"计划没写频率，建议每周 {pace.pushes_per_week:g} 次、每次 "
            f"{pace.articles_per_push:g} 篇：{len(pace.steady)} "
            "个稳定更新的对手里最少的四分之一是这个量。"
        )
        yield Finding(
            "pace",
            sentence,
            n,
            "次推送",
            first,
            last,
            advice="先守住四周不断更，再加量",
            expected="四周后看断更了几次",
        )
        return
    sentence = (
        f"每周 {planned:g} 篇，{len(pace.enough)} 个对手里 {pace.fewer_articles} 个比这少，"
        f"中位数是 {pace.articles.median:.1f} 篇；"
    )
    sentence += _describe_steady(pace)
    if pace.small:
        sentence += (
            f"署名不多于 {pace.people} 个名字的 {len(pace.small)} 个里，"
            f"{_count(len(pace.at_least_planned(pace.small)))}发到。"
        )
    low = planned < pace.articles.q1
    advice = "比四分之三的对手少：靠固定的日子和栏目让人记住，先别加量" if low else ""
    advice = "比四分之三的对手多：先备好两周的存稿再上线" if planned > pace.articles.q3 else advice
    advice = (
        f"没有对手发到这个量：先按中位数（每周 {pace.articles.median:.0f} 篇）起步，守住了再加"
        if planned > pace.articles.high
        else advice
    )
    yield Finding("pace", sentence, n, "次推送", first, last, advice=advice)


def _describe_steady(pace: PaceAnswer) -> str:
    """Who keeps such a pace: only histories of half a year can tell."""
    long = [rival for rival in pace.enough if rival.weeks >= STEADY_WEEKS]
    if not long:
        return f"没有对手收录满 {STEADY_WEEKS} 周，谁守得住看不出来。"
    if not pace.steady:
        return f"收录满 {STEADY_WEEKS} 周的 {len(long)} 个里，没有一个稳定更新。"
    return (
        f"近半年稳定更新的 {len(pace.steady)} 个里，"
        f"{_count(len(pace.at_least_planned(pace.steady)))}发到这个量。"
    )


def _count(n: int) -> str:
    return f"{n} 个" if n else "没有一个"


def _assess_layout(b: Benchmark) -> Iterable[Finding]:
    layout = b.layout
    stated = [
        value
        for value in layout.values
        if value.source != "proposed" and value.percentile is not None
    ]
    odd = [
        value
        for value in stated
        if value.percentile is not None and not _ODD <= value.percentile <= 100 - _ODD
    ]
    if not layout.enough or not stated:
        return
    n, first, last = layout.articles, _day(layout.first), _day(layout.last)
    if not odd:
        yield Finding("layout", f"{len(stated)} 项排版都在同组常见的范围里。", n, "篇", first, last)
        return
    descriptions = "；".join(
        f"{FEATURES[value.feature].name} {shown_figure(FEATURES[value.feature], value.value)}，"
        f"{'高' if (value.percentile or 0) > 50 else '低'}于同组九成五的文章"
        f"（同组中位 {shown_figure(FEATURES[value.feature], value.median or 0)}）"
        for value in odd[:3]
    )
    yield Finding(
        "layout",
        f"{len(stated)} 项排版里 {len(odd)} 项少见：{descriptions}。",
        n,
        "篇",
        first,
        last,
        advice="是有意和别人不一样就留着，不是就改到同组的范围里",
    )


def _assess_holidays(b: Benchmark) -> Iterable[Finding]:
    """Pushes of the first four weeks on holidays, and how much rivals send then."""
    falling = [push for push in b.launch.pushes if push.day_kind == "holiday"]
    habit = b.holidays
    if not falling or habit is None:
        return
    days = "、".join(dict.fromkeys(push.festival for push in falling if push.festival))
    sentence = (
        f"头四周有 {len(falling)} 次推送落在假期{f'（{days}）' if days else ''}；"
        f"对手在节假日的推送是自己工作日频率的 {habit.ratio:.0%}。"
    )
    advice = "假期那几次换成轻的内容，或提前排好定时" if habit.ratio < 1 else ""
    yield Finding(
        "holidays",
        sentence,
        habit.pushes,
        "次节假日推送",
        _day(b.group.first),
        _day(b.group.last),
        advice=advice,
    )


def _assess_target(b: Benchmark) -> Iterable[Finding]:
    reads = next((norm for norm in b.norms if norm.key == "reads"), None)
    if b.plan.reads is None or reads is None or reads.quartiles is None:
        return
    quartiles = reads.quartiles
    where = (
        "高于所有对手"
        if b.plan.reads > quartiles.high
        else "高于四分之三的对手"
        if b.plan.reads > quartiles.q3
        else "在对手的范围里"
        if b.plan.reads >= quartiles.q1
        else "低于四分之三的对手"
    )
    sentence = (
        f"目标 {b.plan.reads:,.0f} 阅读{where}：{quartiles.accounts} 个有观测的对手，"
        f"各自的中位数从 {quartiles.low:,.0f} 到 {quartiles.high:,.0f}。"
    )
    yield Finding(
        "target", sentence, reads.articles, "篇有观测", _day(b.group.first), _day(b.group.last)
    )


def _day(time: datetime | None) -> date | None:
    return time.date() if time is not None else None


_Rule = Callable[[Benchmark], Iterable[Finding]]
_RULES: tuple[_Rule, ...] = (
    _describe_sample,
    _count_contradictions,
    _find_nearest,
    _assess_columns,
    _assess_times,
    _assess_pace,
    _assess_layout,
    _assess_holidays,
    _assess_target,
)
