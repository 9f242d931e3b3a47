"""Conclusions about the whole: what was looked at, who sends how often, and whether the data are
old.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import inf
from statistics import median

from analysis.brief.rules.base import (
    call_account,
    check_on,
    day_of,
    join_list,
    join_sentences,
    name_of,
    newest_of,
    sample_of,
)
from analysis.brief.sections.cadence import MIN_DAYS
from analysis.brief.summary import AccountSummary, BriefSummary
from analysis.evidence import MIN_ARTICLES
from analysis.report.findings import Finding, isolate_name
from analysis.report.translation import translate

__all__ = ["describe_sample", "find_pace", "find_silence"]

# pushes a week: a 公众号 may send once a day (developers.weixin.qq.com, community doc
# 000c8c659b87a084cc799cccc51409); some may more often
_PER_WEEK_AT_MOST = 7
_QUIET_DAYS = 56  # this long without an article is worth a sentence
_FULL = 0.9  # below this share held, a rate is a lower bound worth saying so


def describe_sample(brief: BriefSummary) -> Iterable[Finding]:
    few = [account for account in brief.accounts if not account.enough]
    seen = "这次看了 {n} 个公众号。" if few else "这次看了 {n} 个公众号，样本都够下结论。"
    own = few != list(brief.accounts) and any(account.own for account in few)
    sentence = join_sentences(
        translate(seen, n=len(brief.accounts)),
        _tell_few(len(few), len(brief.accounts)),
        translate("自己的账号也在其中，暂时没法和对手比。") if own else "",
    )
    yield Finding(
        "sample", sentence, brief.articles, translate("篇"), day_of(brief.first), day_of(brief.last)
    )


def _tell_few(few: int, of: int) -> str:
    """How many accounts are too small for conclusions; nothing where none is."""
    if not few:
        return ""
    if few < of:
        template = (
            "其中 {few} 个样本不足（有日期的不到 {articles} 篇，或前后不到 {weeks} 周），"
            "只列数字，不参与结论。"
        )
        return translate(template, few=few, articles=MIN_ARTICLES, weeks=MIN_DAYS // 7)
    if of == 1:
        return translate(
            "样本不足：有日期的不到 {articles} 篇，或前后不到 {weeks} 周，先不下结论，"
            "把历史补全再看。",
            articles=MIN_ARTICLES,
            weeks=MIN_DAYS // 7,
        )
    return translate(
        "样本不足：没有一个账号够 {articles} 篇、跨 {weeks} 周，先不下结论，把历史补全再看。",
        articles=MIN_ARTICLES,
        weeks=MIN_DAYS // 7,
    )


def find_pace(brief: BriefSummary) -> Iterable[Finding]:
    """Pushes per week in the brief's window: what holds now, over the same days for all. Accounts
    that sent too little in it are left out; equal rates share a place.
    """
    enough = [account for account in brief.accounts if account.enough]
    if len(enough) == 1:
        yield _only_pace(enough[0], brief)
        return
    rates = {
        account.account_id: account.recent.pushes_per_week
        for account in enough
        if account.recent and account.recent.enough
    }
    compared = [account for account in enough if account.account_id in rates]
    if brief.window is None or len(compared) < 2:
        if len(enough) > 1:
            yield Finding(
                "pace",
                translate("同一段时间里够样本的不到两个号，发文频率不放在一起比。"),
                *sample_of(enough),
            )
        return
    ranked = sorted(compared, key=lambda account: (-rates[account.account_id], account.account))
    own = [account for account in compared if account.own]
    rivals = [account for account in ranked if not account.own]
    if own and len(rivals) >= 3:
        sentence, advised = _pace_among_rivals(own[0], rivals, rates, brief)
    elif len(ranked) <= 4:
        paces = translate("，").join(
            translate("{who}每周推送 {rate:.1f} 次", who=call_account(a), rate=rates[a.account_id])
            for a in ranked
        )
        sentence = translate("{paces}。", paces=paces)
        middle = median(rates[account.account_id] for account in (rivals if own else ranked))
        advised = (
            _advise_own(rates[own[0].account_id], middle, _mostly_more(rivals), brief)
            if own and rivals
            else _advise_start(middle, brief)
        )
    else:
        sentence = join_sentences(
            translate(
                "{n} 个账号每周推送的中位数是 {middle:.1f} 次。",
                n=len(ranked),
                middle=median(rates.values()),
            ),
            _tell_extreme("{names}最勤，{rate:.1f} 次；", ranked, max(rates.values()), rates),
            _tell_extreme("{names}最少，{rate:.1f} 次。", ranked, min(rates.values()), rates),
        )
        advised = _advise_start(median(rates.values()), brief)
    yield Finding(
        "pace",
        join_sentences(sentence, _lower_bound(compared)),
        sum(account.recent.pushes for account in compared if account.recent),
        translate("次推送"),
        brief.window.since,
        brief.window.until,
        newest_of(ranked),
        *advised,
    )


def _pace_among_rivals(
    own: AccountSummary,
    rivals: Sequence[AccountSummary],
    rates: Mapping[str, float],
    brief: BriefSummary,
) -> tuple[str, tuple[str, str]]:
    middle = median(rates[account.account_id] for account in rivals)
    mine = rates[own.account_id]
    ahead = sum(_shown(rates[account.account_id]) > _shown(mine) for account in rivals)
    level = sum(_shown(rates[account.account_id]) == _shown(mine) for account in rivals)
    place = "自己排 {of} 个里的第 {rank}。" if not level else "自己和 {level} 个并列第 {rank}。"
    most = rates[rivals[0].account_id]
    sentence = join_sentences(
        translate(
            "自己（{name}）每周推送 {mine:.1f} 次，{n} 个对手的中位数是 {middle:.1f} 次。",
            name=name_of(own),
            mine=mine,
            n=len(rivals),
            middle=middle,
        ),
        translate(place, of=len(rivals) + 1, rank=ahead + 1, level=level),
        _tell_extreme("最勤的对手是{names}，每周 {rate:.1f} 次。", rivals, most, rates),
        _describe_certain(rivals),
    )
    return sentence, _advise_own(mine, middle, _mostly_more(rivals), brief)


def _shown(rate: float) -> float:
    """A rate as it is written: what reads the same is the same place."""
    return round(rate, 1)


def _tell_extreme(
    template: str, accounts: Sequence[AccountSummary], rate: float, rates: Mapping[str, float]
) -> str:
    level = [a for a in accounts if _shown(rates[a.account_id]) == _shown(rate)]
    names = join_list([name_of(account) for account in level], most=3)
    return translate(template, names=names, rate=rate)


def _mostly_more(rivals: Sequence[AccountSummary]) -> bool:
    """Whether at least half of the rivals surely send more than the own account: the intervals of
    their rates are apart.
    """
    versus = [account.recent.versus if account.recent else None for account in rivals]
    more = sum(bool(pair and pair.differs and pair.ratio > 1) for pair in versus)
    return more * 2 >= len(rivals)


def _advise_own(mine: float, middle: float, certain: bool, brief: BriefSummary) -> tuple[str, str]:
    """What to do about the own rate: more only where it is `sure` that most rivals send more."""
    if mine < 0.8 * middle and certain:
        most = _most_times(brief)
        if round(mine) >= most:
            advice = translate(
                "次数到顶了：多数公众号一天只能群发一次。要跟上就加每次的篇数，先加 1 篇，守满 8 "
                "周再加。"
            )
            return advice, check_on(brief) + translate("自己每次有没有多发 1 篇，中间断没断。")
        middle = min(middle, most)
        advice = translate(
            "想跟上就先加到每周 {times} 次，加的放在固定的一天，守满 8 周再加。",
            times=_times(middle),
        )
        return advice, check_on(brief) + translate(
            "自己每周有没有发满 {times} 次，中间断没断。", times=_times(middle)
        )
    if mine > 1.25 * middle:
        return translate("次数已经比多数对手多，先不加，力气放在选题和固定栏目上。"), check_on(
            brief
        ) + translate("对手的中位数有没有追上来。")
    return translate("次数和对手差不多，先不动。"), check_on(brief) + translate(
        "对手的中位数有没有离开 {middle:.1f} 次。", middle=middle
    )


def _advise_start(middle: float, brief: BriefSummary) -> tuple[str, str]:
    """What to do where the own account can't be compared: start at the middle."""
    plans = [
        value
        for account in brief.accounts
        if account.own
        for name, value in account.facts
        if name in ("plan", "发文计划")
    ]
    check = check_on(brief) + translate("8 周里实发几次，有没有断更。")
    if plans:
        plan_text = (
            "自己的计划是{plan}（用户提供）。先照它守满 8 周，再看要不要靠近 {middle:.1f} 次。"
        )
        return translate(plan_text, plan=isolate_name(plans[0]), middle=middle), check
    times = _times(middle)
    if times >= _PER_WEEK_AT_MOST:  # what those who have sent for years keep up is no start
        return translate(
            "这些号多半天天推。自己的号先定一个守得住的次数，固定在几天，守满 8 周再加。"
        ), check
    return translate(
        "自己的号可以从每周 {times} 次起步，固定在几天，守满 8 周再加。", times=times
    ), check


def _most_times(brief: BriefSummary) -> float:
    """The most pushes a week that can be advised: one a day, unless the own account sends more on a
    tenth of its days; a correction now and then is no quota.
    """
    days = [
        Counter(account.cadence.push_days).values()
        for account in brief.accounts
        if account.own and account.cadence
    ]
    return (
        inf
        if any(sum(n > 1 for n in sent) >= 0.1 * len(sent) for sent in days)
        else _PER_WEEK_AT_MOST
    )


def _times(rate: float) -> int:
    return max(round(rate), 1)


def _describe_certain(rivals: Sequence[AccountSummary]) -> str:
    """How many rivals differ from the own account by more than chance; nothing where none can be
    judged.
    """
    comparisons = [
        versus
        for account in rivals
        if account.recent and (versus := account.recent.versus) and versus.differs is not None
    ]
    more, less = (
        sum(bool(v.differs) and v.ratio > 1 for v in comparisons),
        sum(bool(v.differs) and v.ratio < 1 for v in comparisons),
    )
    counts = {
        "{n} 个确实更勤": more,
        "{n} 个确实更少": less,
        "{n} 个看不出差别": len(comparisons) - more - less,
    }
    parts = translate("，").join(translate(words, n=n) for words, n in counts.items() if n)
    return translate("算上偶然起伏：{parts}。", parts=parts) if parts else ""


def _only_pace(account: AccountSummary, brief: BriefSummary) -> Finding:
    cadence = account.recent if account.recent and account.recent.enough else account.cadence
    assert cadence is not None
    template = (
        "{name}每周推送 {pushes:.1f} 次、发 {articles:.1f} 篇，一次推送平均 {per_push:.1f} 篇。"
    )
    values = {
        "pushes": cadence.pushes_per_week,
        "articles": cadence.articles_per_week,
        "per_push": cadence.articles_per_push,
    }
    sentence = join_sentences(
        translate(template, name=name_of(account), **values), _lower_bound([account])
    )
    if account.own:
        advised = (
            translate("只有一个账号，看不出多还是少：再补 3–5 个对手。"),
            translate("补齐以后再看：它在对手里排第几。"),
        )
    else:
        advice = translate(
            "要跟上它，每周得备 {n} 篇稿；备不齐就少发，但日子固定。",
            n=max(round(cadence.articles_per_week), 1),
        )
        advised = advice, check_on(brief) + translate("自己每周实发几篇。")
    return Finding(
        "pace",
        sentence,
        cadence.pushes,
        translate("次推送"),
        cadence.first.date(),
        cadence.last.date(),
        account.latest,
        *advised,
    )


def _lower_bound(accounts: Sequence[AccountSummary]) -> str:
    partly = [
        account for account in accounts if account.coverage is not None and account.coverage < _FULL
    ]
    if not partly:
        return ""
    named = join_list(
        [
            translate(
                "{name}最多只收到 {percent}%",
                name=name_of(account),
                percent=int((account.coverage or 0) * 100),
            )
            for account in partly[:3]
        ]
    )
    return translate(
        "{named}，另有几个也没收全，实际可能更勤。"
        if len(partly) > 3
        else "{named}，实际可能更勤。",
        named=named,
    )


def find_silence(brief: BriefSummary) -> Iterable[Finding]:
    limit = brief.date - timedelta(days=_QUIET_DAYS)
    enough = [account for account in brief.accounts if account.enough and account.last is not None]
    quiet = sorted(
        (a for a in enough if a.last and a.last.date() < limit),
        key=lambda a: (a.last or datetime.max, a.account),
    )
    if quiet and len(quiet) == len(enough):
        last = max(a.last for a in quiet if a.last)
        yield Finding(
            "silence",
            translate(
                "收录停在 {last}，距今已超过 8 周：先更新数据，再照下面的建议做。", last=last.date()
            ),
            *sample_of(quiet),
        )
    elif quiet:
        named = join_list(
            [
                translate("{name}（停在 {last}）", name=name_of(a), last=a.last.date())
                for a in quiet
                if a.last
            ],
            most=3,
        )
        yield Finding(
            "silence",
            translate("超过 8 周没有新收录：{named}。可能停更，也可能没收到。", named=named),
            *sample_of(quiet),
        )
