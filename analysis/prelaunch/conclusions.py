"""A verdict for each question of a plan, each by a rule: do it, change it, leave it, or too little
to say. Names stand between U+2068 and U+2069. Verdicts of columns are answers/verdicts.py's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from analysis.evidence import MIN_ACCOUNTS, MIN_ARTICLES, MIN_DAYS, MIN_TIMED
from analysis.labels import WEEKDAYS
from analysis.layout.distance import shown_figure
from analysis.layout.measures import FEATURES
from analysis.prelaunch.answers.nearness import plan_words
from analysis.prelaunch.answers.pace import STEADY_WEEKS, PaceAnswer
from analysis.prelaunch.answers.rivals import find_titles
from analysis.prelaunch.answers.times import HourSlot, TimeAnswer
from analysis.prelaunch.answers.topics import find_terms, launch_words
from analysis.prelaunch.answers.verdicts import NOBODY, Verdict, judge_columns
from analysis.prelaunch.benchmark import Benchmark
from analysis.report.findings import isolate_name

__all__ = ["Verdict", "draw_conclusions"]

# per cent of the group's articles as high or as low, below which a value is out of the ordinary
_ODD = 5.0
_SIZES = ("font_size_px", "heading_px", "line_height", "letter_spacing_px", "side_px")  # no counts
_FEW_ON_HOLIDAYS = 0.8  # of what rivals send on working days
_SHOWN = 3
_OF_THE_CALENDAR = ("launch", "launch_day", "count", "days", "type", "full")


def draw_conclusions(benchmark: Benchmark) -> tuple[Verdict, ...]:
    """One verdict for each question the plan raises, in the order of the page."""
    return tuple(verdict for rule in _RULES for verdict in rule(benchmark))


def _judge_position(b: Benchmark) -> Iterable[Verdict]:
    if not b.nearness:
        yield Verdict("rivals", "定位", "unknown", "库里还没有账号", advice="先收三个同类账号")
        return
    if not b.rivals:
        marked = len(b.group.accounts)
        basis = f"库里 {len(b.nearness)} 个账号写的都和定位说的不是一类事。"
        reason = f"你选的 {marked} 个对手写的都不是这类" if marked else NOBODY
        basis += "时间、频率、栏目仍拿你选的对手比。" if marked else ""
        yield Verdict(
            "rivals", "定位", "unknown", reason, basis=basis, advice="先收三个同类账号，再跑一次"
        )
        return
    near = [account for account in b.nearness if account.near]
    brands = {b.group.brands[account.account_id] for account in near}
    free = _unwritten(b)
    basis = f"最近的是{_join([account.account for account in near[:_SHOWN]])}。"
    if free:
        basis += f"定位里的{_join(free)}，他们近半年的标题没写过。"
    if len(brands) < MIN_ACCOUNTS:
        reason = f"同类只有 {len(brands)} 家，还不挤"
        yield Verdict("rivals", "定位", "do", reason, basis=basis, n=len(brands), unit="家")
        return
    advice = (
        f"把“{isolate_name(free[0])}”写到最前面" if free else "读者、场景、价格，挑一样先说清不同"
    )
    reason = f"{len(brands)} 家在写同样的事，先说清哪点不同"
    yield Verdict(
        "rivals", "定位", "change", reason, basis=basis, advice=advice, n=len(brands), unit="家"
    )


def _judge_columns(b: Benchmark) -> Iterable[Verdict]:
    return judge_columns(b.columns, b.dropped, nobody=b.group.accounts.empty)


def _unwritten(b: Benchmark) -> list[str]:
    """The nouns of the positioning that stand in no near rival's title of the window."""
    near = [account.account_id for account in b.nearness if account.near]
    recent = b.group.in_window(b.group.articles)
    recent = recent[recent["account_id"].isin(near)]
    words = set(plan_words(b.plan))
    nouns = [
        word
        for word in find_terms([b.plan.positioning], kinds="n")[0]
        if word in words and word not in launch_words("no_subject")
    ]
    return [word for word, hits in find_titles(recent, nouns).items() if not hits][:_SHOWN]


def _judge_times(b: Benchmark) -> Iterable[Verdict]:
    times, answers = b.times, b.times.answers
    if not times.enough:
        nobody = b.group.accounts.empty
        reason = NOBODY if nobody else "对手的钟点知道得太少"
        basis = f"知道钟点的推送 {times.pushes} 次，要 {MIN_TIMED} 次、两个对手。"
        yield Verdict("times", "时间", "unknown", reason, basis="" if nobody else basis)
        return
    if not answers:
        yield Verdict("times", "时间", "unknown", "计划没写时间，也排不出建议")
        return
    n, unit = times.pushes, "次推送"
    if answers[0].proposed:
        shown = "、".join(answer.time.text for answer in answers)
        basis = "在对手最常用的钟点附近，挑他们不发或发得最少的那一小时。"
        yield Verdict("times", "时间", "propose", shown, basis=basis, n=n, unit=unit)
        return
    crowded = [answer for answer in answers if answer.verdict == "crowded"]
    if not crowded:
        shared = [answer for answer in answers if answer.verdict == "shared"]
        reason = "有人发，还不挤" if shared else "对手这几个钟点都不发"
        basis = _list_clashes(shared) or "这几个钟点对手近三个月没有固定在发的。"
        yield Verdict("times", "时间", "do", reason, basis=basis, n=n, unit=unit)
        return
    reason = (
        f"{crowded[0].time.text} 和{_join(crowded[0].rivals)}撞"
        if len(crowded) == 1
        else f"{len(answers)} 个时间里 {len(crowded)} 个和对手撞"
    )
    moves = [
        f"{answer.time.text} 挪到{_name_slot(answer.free[0])}" for answer in crowded if answer.free
    ]
    yield Verdict(
        "times",
        "时间",
        "change",
        reason,
        basis=_list_clashes(crowded),
        advice="；".join(moves[:_SHOWN]),
        n=n,
        unit=unit,
    )


def _list_clashes(answers: Sequence[TimeAnswer]) -> str:
    lines = [
        f"{answer.time.text}，{_join(answer.rivals)}在这一小时合计每周 "
        f"{answer.slot.pushes_per_week:.1f} 次"
        for answer in answers[:_SHOWN]
        if answer.slot and answer.rivals
    ]
    return "；".join(lines) + "。" if lines else ""


def _name_slot(slot: HourSlot) -> str:
    return f"{WEEKDAYS[slot.weekday]} {slot.hour} 点档"


def _judge_pace(b: Benchmark) -> Iterable[Verdict]:
    pace = b.pace
    planned = pace.articles_per_week
    over = next((case for case in b.contradictions if case.rule == "capacity"), None)
    if over is not None:
        reason = f"写不出：计划每周 {planned:g} 篇，写得出 {pace.capacity:g} 篇"
        yield Verdict(
            "pace", "频率", "change", reason, basis=over.sentence, advice=over.advice, unit="次推送"
        )
        return
    if pace.articles is None or planned is None:
        nobody = b.group.accounts.empty
        reason = NOBODY if nobody else f"够样本的对手只有 {len(pace.enough)} 个"
        basis = f"要 {MIN_ACCOUNTS} 个，各有 {MIN_ARTICLES} 篇、跨 {MIN_DAYS // 7} 周。"
        yield Verdict("pace", "频率", "unknown", reason, basis="" if nobody else basis)
        return
    n = sum(rival.pushes for rival in pace.enough)
    if pace.pushes_proposed:
        reason = f"每周 {pace.pushes_per_week:g} 次、每次 {pace.articles_per_push:g} 篇"
        basis = "计划没写频率；这是稳定更新的对手里偏少的那个量，也不超过写得出的。"
        yield Verdict("pace", "频率", "propose", reason, basis=basis, n=n, unit="次推送")
        return
    yield _place_pace(pace, pace.articles.median, planned, n)


def _place_pace(pace: PaceAnswer, median: float, planned: float, n: int) -> Verdict:
    assert pace.articles is not None
    few = f"{len(pace.enough)} 家里 {pace.fewer_articles} 家比这少"
    basis = f"计划每周 {planned:g} 篇，{few}，居中的一家每周 {median:.1f} 篇。"
    if pace.steady:
        basis += (
            f"半年里几乎不断更的 {len(pace.steady)} 家，"
            f"{_count(len(pace.at_least_planned(pace.steady)), len(pace.steady))}发到这个量。"
        )
    elif all(rival.weeks < STEADY_WEEKS for rival in pace.enough):
        basis += f"没有对手收录满 {STEADY_WEEKS} 周，谁守得住看不出来。"
    if pace.small:
        basis += (
            f"署名不多于 {pace.people} 个的 {len(pace.small)} 家，"
            f"{_count(len(pace.at_least_planned(pace.small)), len(pace.small))}发到。"
        )
    if planned > pace.articles.high:
        start = min(median, pace.capacity or median)
        verdict, reason = "change", "没有一家发到这个量"
        advice = f"先按每周 {start:.0f} 篇起步，守住四周再加" if start >= 1 else "先少发"
    elif planned > pace.articles.q3:
        verdict, reason = "do", "比大多数对手多，先备两周存稿"
        advice = "上线前写好头两周的"
    elif planned < pace.articles.q1:
        verdict, reason = "do", "比大多数对手少，守住更要紧"
        advice = "日子和栏目固定，先别加量"
    else:
        verdict, reason, advice = "do", f"{few}，在常见范围里", ""
    return Verdict("pace", "频率", verdict, reason, basis=basis, advice=advice, n=n, unit="次推送")


def _count(n: int, of: int) -> str:
    return "没有一家" if not n else "都" if n == of else f"{n} 家"


def _judge_layout(b: Benchmark) -> Iterable[Verdict]:
    layout = b.layout
    if not layout.enough:
        if layout.values or layout.text_align:
            reason = NOBODY if b.group.accounts.empty else "收了正文的对手不到三家"
            basis = (
                f"有 {MIN_ARTICLES} 篇以上正文的对手 {layout.accounts} 个，要 {MIN_ACCOUNTS} 个。"
            )
            yield Verdict("layout", "排版", "unknown", reason, basis=basis)
        return
    n, unit = layout.articles, "篇"
    stated = [
        (value, value.percentile)
        for value in layout.values
        if value.source != "proposed" and value.percentile is not None
    ]
    if not stated:
        basis = "计划没写排版；建议值是各对手的居中值。"
        yield Verdict("layout", "排版", "propose", "照同类的居中值", basis=basis, n=n, unit=unit)
        return
    odd = [(value, at) for value, at in stated if not _ODD <= at <= 100 - _ODD]
    if not odd:
        reason = f"{len(stated)} 项都在同类常见的范围里"
        basis = "每一项都落在同类文章的中间九成里。"
        yield Verdict("layout", "排版", "do", reason, basis=basis, n=n, unit=unit)
        return
    odd.sort(key=lambda pair: -abs(pair[1] - 50))
    first, at = odd[0]
    more, less = ("偏大", "偏小") if first.feature in _SIZES else ("偏多", "偏少")
    reason = f"{FEATURES[first.feature].name}{more if at > 50 else less}"
    reason += f"，共 {len(odd)} 项少见" if len(odd) > 1 else ""
    basis = "；".join(
        f"{FEATURES[value.feature].name} {shown_figure(FEATURES[value.feature], value.value)}，"
        f"同类居中 {shown_figure(FEATURES[value.feature], value.median or 0)}"
        for value, _ in odd[:_SHOWN]
    )
    yield Verdict(
        "layout",
        "排版",
        "change",
        reason,
        basis=basis + "。",
        advice="有意不一样就留着，不是就改回来",
        n=n,
        unit=unit,
    )


def _judge_calendar(b: Benchmark) -> Iterable[Verdict]:
    """The first four weeks: what collides in the plan itself, then pushes on holidays."""
    wrong = [case for case in b.contradictions if case.rule in _OF_THE_CALENDAR]
    pushes = b.launch.pushes
    if wrong:
        reason = f"日历有 {len(wrong)} 处对不上"
        yield Verdict(
            "calendar", "头四周", "change", reason, basis=wrong[0].sentence, advice=wrong[0].advice
        )
        return
    if not pushes:
        yield Verdict("calendar", "头四周", "unknown", "没有时间，排不出日历")
        return
    falling = [push for push in pushes if push.day_kind == "holiday"]
    habit = b.holidays
    planned = f"{len(pushes)} 次推送，{b.launch.articles} 篇"
    if falling and habit is not None and habit.ratio < _FEW_ON_HOLIDAYS:
        days = "、".join(dict.fromkeys(push.festival for push in falling if push.festival))
        reason = f"{len(falling)} 次落在{days or '假期'}，对手那几天发得少"
        basis = f"对手在节假日发的是工作日的 {habit.ratio:.0%}。"
        yield Verdict(
            "calendar",
            "头四周",
            "change",
            reason,
            basis=basis,
            advice="假期那几次换轻的内容，提前定时",
            n=habit.pushes,
            unit="次节假日推送",
        )
        return
    yield Verdict("calendar", "头四周", "do", f"{planned}，都排得下", basis=f"头四周 {planned}。")


def _judge_target(b: Benchmark) -> Iterable[Verdict]:
    if b.plan.reads is None:
        return
    reads = next((norm for norm in b.norms if norm.key == "reads"), None)
    if reads is None or reads.quartiles is None:
        basis = "阅读数不公开，导入了自己看到的才有的比。"
        yield Verdict("target", "阅读目标", "unknown", "没有对手的阅读数", basis=basis)
        return
    quartiles = reads.quartiles
    basis = (
        f"目标 {b.plan.reads:,.0f}；{quartiles.accounts} 家各自的居中值从 {quartiles.low:,.0f} 到 "
        f"{quartiles.high:,.0f}。"
    )
    verdict, reason = (
        ("change", "高于所有对手")
        if b.plan.reads > quartiles.high
        else ("change", "高于大多数对手，新号先定低些")
        if b.plan.reads > quartiles.q3
        else ("do", "在对手的范围里")
        if b.plan.reads >= quartiles.q1
        else ("do", "低于大多数对手，够得着")
    )
    n = reads.articles
    yield Verdict("target", "阅读目标", verdict, reason, basis=basis, n=n, unit="篇有阅读数")


def _join(names: Sequence[str]) -> str:
    shown = "、".join(isolate_name(name) for name in names[:_SHOWN])
    return shown + (f"等 {len(names)} 家" if len(names) > _SHOWN else "")


_Rule = Callable[[Benchmark], Iterable[Verdict]]
_RULES: tuple[_Rule, ...] = (
    _judge_position,
    _judge_columns,
    _judge_times,
    _judge_pace,
    _judge_layout,
    _judge_calendar,
    _judge_target,
)
