"""Conclusions about the whole: what was looked at, who sends how often, and whether the data are
old.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from math import inf, sqrt
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
    """Pushes per week over the time all compared accounts are held for, since the last of them
    changed its rate: what holds now.

    Accounts that share no eight weeks with the first are left out.
    """
    enough = [account for account in brief.accounts if account.enough]
    if len(enough) == 1:
        yield _only_pace(enough[0], brief)
        return
    since, until, compared = _common_window(enough)
    if len(compared) < 2:
        if len(enough) > 1:
            yield Finding(
                "pace",
                translate("各账号收录的时间段没有 8 周以上重合，发文频率不放在一起比。"),
                *sample_of(enough),
            )
        return
    since, changed = _since_change(compared, since, until)
    rates = {account.account_id: _rate(account, since, until) for account in compared}
    pushes = sum(_count(account, since, until) for account in compared)
    ranked = sorted(compared, key=lambda account: (-rates[account.account_id], account.account))
    own = [account for account in compared if account.own]
    rivals = [account for account in ranked if not account.own]
    certain = bool(own) and sum(
        _sends_more(account, own[0], since, until, counted=bool(changed)) for account in rivals
    ) * 2 >= len(rivals)
    if own and len(rivals) >= 3:
        middle = median(rates[account.account_id] for account in rivals)
        mine = rates[own[0].account_id]
        place = (
            "自己（{name}）每周推送 {mine:.1f} 次，{n} 个对手的中位数是 {middle:.1f} 次，"
            "自己排 {of} 个里的第 {rank}。"
        )
        busiest = translate(
            "最勤的对手是{name}，每周 {rate:.1f} 次。",
            name=name_of(rivals[0]),
            rate=rates[rivals[0].account_id],
        )
        sentence = join_sentences(
            translate(
                place,
                name=name_of(own[0]),
                mine=mine,
                n=len(rivals),
                middle=middle,
                of=len(ranked),
                rank=ranked.index(own[0]) + 1,
            ),
            busiest,
            "" if changed else _describe_certain(rivals),
        )
        advised = _advise_own(mine, middle, certain, brief)
    elif len(ranked) <= 4:
        paces = translate("，").join(
            translate("{who}每周推送 {rate:.1f} 次", who=call_account(a), rate=rates[a.account_id])
            for a in ranked
        )
        sentence = translate("{paces}。", paces=paces)
        if own and rivals:
            advised = _advise_own(
                rates[own[0].account_id],
                median(rates[account.account_id] for account in rivals),
                certain,
                brief,
            )
        else:
            advised = _advise_start(median(rates.values()), brief)
    else:
        (first, most), (last, least) = (
            (name_of(account), rates[account.account_id]) for account in (ranked[0], ranked[-1])
        )
        template = (
            "{n} 个账号每周推送的中位数是 {middle:.1f} 次；{first}最勤，{most:.1f} 次；"
            "{last}最少，{least:.1f} 次。"
        )
        sentence = translate(
            template,
            n=len(ranked),
            middle=median(rates.values()),
            first=first,
            most=most,
            last=last,
            least=least,
        )
        advised = _advise_start(median(rates.values()), brief)
    yield Finding(
        "pace",
        join_sentences(sentence, _tell_change(changed, since), _lower_bound(compared)),
        pushes,
        translate("次推送"),
        since,
        until,
        newest_of(ranked),
        *advised,
    )


def _sends_more(
    rival: AccountSummary, own: AccountSummary, since: date, until: date, *, counted: bool
) -> bool:
    """Whether a rival surely sends more: by the intervals over all that is held of both; with
    `counted`, by their counts since the last change.

    Two counts over the same days are compared as Poisson's are (the difference over the root of the
    sum beyond 1.96), which is careful: pushes come more evenly than that.
    """
    if counted:
        theirs, mine = _count(rival, since, until), _count(own, since, until)
        return theirs - mine > 1.96 * sqrt(theirs + mine)
    versus = rival.cadence.versus if rival.cadence else None
    return bool(versus and versus.differs and versus.ratio > 1)


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
        if account.cadence and (versus := account.cadence.versus) and versus.differs is not None
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
    cadence = account.cadence
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


def _common_window(accounts: Sequence[AccountSummary]) -> tuple[date, date, list[AccountSummary]]:
    """The days all of `compared` are held for: accounts in order, each kept while eight weeks stay
    in common.
    """
    compared: list[AccountSummary] = []
    since, until = date.min, date.max
    for account in accounts:
        assert account.cadence is not None
        later, earlier = (
            max(since, account.cadence.first.date()),
            min(until, account.cadence.last.date()),
        )
        if later + timedelta(days=MIN_DAYS - 1) <= earlier:
            since, until = later, earlier
            compared.append(account)
    return since, until, compared


def _since_change(
    accounts: Sequence[AccountSummary], since: date, until: date
) -> tuple[date, list[AccountSummary]]:
    """The day of the last change of rate that leaves eight weeks to count, and whose it was;
    `since` and nobody where there was none.
    """
    latest = until - timedelta(days=MIN_DAYS - 1)
    dates = {
        a.account_id: [c.date.date() for c in a.cadence.changes if c.kind == "rate"]
        if a.cadence
        else []
        for a in accounts
    }
    last = max(
        (day for days in dates.values() for day in days if since < day <= latest), default=since
    )
    return last, [
        account for account in accounts if last != since and last in dates[account.account_id]
    ]


def _tell_change(changed: Sequence[AccountSummary], since: date) -> str:
    if not changed:
        return ""
    return translate(
        "从 {since:%Y-%m-%d} 那周算起：{names}那周换了频率。",
        since=since,
        names=join_list([name_of(account) for account in changed], most=3),
    )


def _count(account: AccountSummary, since: date, until: date) -> int:
    return sum(since <= day <= until for day in account.cadence.push_days) if account.cadence else 0


def _rate(account: AccountSummary, since: date, until: date) -> float:
    return _count(account, since, until) / ((until - since).days + 1) * 7


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
