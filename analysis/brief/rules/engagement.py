"""Conclusions about imported counts and about where readers are led."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt

from analysis.brief.rules.base import (
    call_account,
    day_of,
    join_list,
    join_sentences,
    list_names,
    name_of,
)
from analysis.brief.sections.engagement import AccountReads, ReadsGroup
from analysis.brief.sections.leads import Leading
from analysis.brief.summary import AccountSummary, BriefSummary
from analysis.engagement.counts import UNKNOWN_AGE
from analysis.engagement.reads import SHARE_LINE
from analysis.report.findings import Finding, isolate_name
from analysis.report.translation import translate, translate_name

__all__ = ["find_later_slots", "find_other_leads", "find_read_columns", "find_shared"]

_CLEARLY = 1.2  # times the usual reads, at the lower end of the interval
_FAR_LESS = 0.5  # of the headline's reads, from which a later slot is another thing
_BODIES = 20
_OFTEN = 0.3  # of a rival's articles that lead somewhere
_SELDOM = 0.05  # of the own
_RIVALS = 2
_ADVICE = {  # what leads somewhere -> what to try, what to look at again
    "source": (
        "挑 10 篇讲产品或活动的文章，文末放上阅读原文，落到对应的页面",
        "看后台的“阅读原文”点击数",
    ),
    "articles": ("在文末固定放 2 到 3 篇自己的旧文", "看旧文在之后一周里的阅读有没有多出来"),
    "follow": ("在文首或文末固定放关注引导", "看后台“文章内关注”每周多少人"),
    "qr": ("在文末固定放一个二维码，旁边一句话写清楚扫了得到什么", "看这个码每篇带来多少人扫"),
    "mini_program": ("在讲产品的文章里放小程序卡片", "看小程序后台“公众号文章”来源的访问数"),
    "product": ("在讲产品的文章里放商品卡片", "看卡片的点击和成交数"),
    "buy": ("在讲产品的文章末尾写清楚怎么买", "看从文章来的订单数"),
    "group": ("开一个读者群，在文末写清楚进群有什么", "看每篇带来多少人进群"),
    "reply": ("准备一份读者用得上的资料，用关键词回复领取", "看后台这个关键词每周触发多少次"),
    "claim": ("准备一份读者用得上的资料，写清楚怎么领", "看每周多少人领取"),
    "draw": ("每月办一次留言抽奖", "看当篇的留言数和新增关注"),
    "add_person": ("在文末放客服的微信", "看每周多少人加"),
    "signup": ("给活动文章加报名入口", "看每篇带来多少人报名"),
}


def find_read_columns(brief: BriefSummary) -> Iterable[Finding]:
    """Content columns read clearly more than their account's other articles of the same slot: ten
    articles, the interval above 1.2 times.
    """
    best = [
        (a, reads, group)
        for a, reads in _counted(brief)
        for group in reads.columns
        if group.ratio_low is not None and group.ratio_low >= _CLEARLY
    ]
    best.sort(key=lambda item: (item[0].own, -(item[2].ratio or 0), item[0].account, item[2].name))
    for account, reads, group in best[:2]:
        words = (
            "{who}的「{column}」读的人明显更多：{aged}阅读中位数{median}，是同位置文章的 "
            "{ratio:.1f} 倍{interval}（用户提供）。"
        )
        values = {
            "aged": _aged(brief),
            "median": _counted_reads(group),
            "ratio": group.ratio,
            "interval": _interval(group),
        }
        sentence = join_sentences(
            translate(words, who=call_account(account), column=isolate_name(group.name), **values)
        )
        if account.own:
            advice, expected = (
                translate("先保住这个栏目的期数，再试着多出一期"),
                translate("看多出以后它的阅读中位数有没有掉"),
            )
        else:
            advice = translate("看它最近几期的选题和写法，用自己的题目试 4 期同类栏目")
            expected = translate("看它{aged}阅读中位数比自己同位置的文章高多少", aged=_aged(brief))
        examples = next(
            (column.examples for column in account.columns if column.content_column == group.name),
            (),
        )
        yield Finding(
            "read column",
            sentence,
            group.n,
            translate("篇"),
            day_of(reads.first),
            day_of(reads.last),
            examples[:2],
            advice,
            expected,
        )


def find_later_slots(brief: BriefSummary) -> Iterable[Finding]:
    """The own account's later slots where they are read clearly less than half as much as the
    headline, intervals apart.
    """
    for account, reads in _counted(brief):
        headline = next(
            (slot for slot in reads.slots if slot.name == "头条" and slot.median is not None), None
        )
        if not account.own or headline is None or headline.median is None or headline.low is None:
            continue
        weak = [
            s
            for s in reads.slots
            if s.name != "头条"
            and s.median is not None
            and s.high is not None
            and s.high < headline.low
            and s.median < _FAR_LESS * headline.median
        ]
        if weak:
            named = join_list([_tell_slot(slot, headline.median) for slot in weak[:3]])
            template = (
                "自己（{name}）头条{aged}阅读中位数{median}，后面的位置差得多："
                "{named}（用户提供）。"
            )
            sentence = translate(
                template,
                name=name_of(account),
                aged=_aged(brief),
                median=_counted_reads(headline),
                named=named,
            )
            n = headline.n + sum(slot.n for slot in weak)
            advice = translate(
                "最要紧的内容只放头条；后面的位置少发几篇，或改成固定栏目让读者有个盼头"
            )
            yield Finding(
                "later slots",
                sentence,
                n,
                translate("篇"),
                day_of(reads.first),
                day_of(reads.last),
                (),
                advice,
                translate("看四周后一次推送的总阅读有没有降"),
            )


def _tell_slot(slot: ReadsGroup, headline: float) -> str:
    """A later slot's median and what it is of the headline's."""
    place = translate(
        "第 {position} 条", position=slot.name.removeprefix("第 ").removesuffix(" 条")
    )
    return translate(
        "{place} {median:,.0f}（{share:.0%}）",
        place=place,
        median=slot.median or 0,
        share=(slot.median or 0) / headline,
    )


def _counted_reads(group: ReadsGroup) -> str:
    """A median of reads, a lower bound where counts are censored."""
    return translate(
        "至少 {median:,.0f}" if group.median_at_least else " {median:,.0f}", median=group.median
    )


def find_shared(brief: BriefSummary) -> Iterable[Finding]:
    """Accounts whose usual article is shared by more than one reader in twenty; the whole interval
    of the median above the line.
    """
    shared = []
    for account, reads in _counted(brief):
        rate = next(
            (
                rate
                for rate in reads.rates
                if rate.metric == "share" and rate.low is not None and rate.low > SHARE_LINE
            ),
            None,
        )
        if rate is not None and rate.median is not None:
            shared.append((rate.median, account, reads, rate))
    for median, account, reads, rate in sorted(
        shared, key=lambda item: (-item[0], item[1].account)
    )[:1]:
        words = (
            "{who}的文章爱被转发：每百次阅读转发 {rate:.1f} 次（中位数，95% 区间 "
            "{low}–{high}），{n} 篇里 {above} 篇过了常说的 5% 好文线（用户提供）。"
        )
        values = {
            "rate": median * 100,
            "low": _hundred(rate.low),
            "high": _hundred(rate.high),
            "n": rate.n,
            "above": rate.above,
        }
        sentence = join_sentences(translate(words, who=call_account(account), **values))
        advice, expected = (
            translate("挑转发最多的 5 篇，看是什么让人想转：清单、提醒还是表态，下个月照着写 2 篇"),
            translate("看这 2 篇的转发率过不过 5%"),
        )
        yield Finding(
            "shared",
            sentence,
            rate.n,
            translate("篇"),
            day_of(reads.first),
            day_of(reads.last),
            reads.most_shared,
            advice,
            expected,
        )


def find_other_leads(brief: BriefSummary) -> Iterable[Finding]:
    """Where at least half of the rivals lead readers in 30 % of their articles or more, and the own
    account in 5 % at most; intervals apart.
    """
    own = next(
        (account for account in brief.accounts if account.own and _read(brief, account)), None
    )
    rivals = [account for account in brief.accounts if not account.own and _read(brief, account)]
    if own is None or len(rivals) < _RIVALS:
        return
    mine = brief.leading[own.account_id]
    destinations: list[tuple[int, int, str, list[AccountSummary], int, str, str]] = []
    for kind, (advice, expected) in _ADVICE.items():
        n = _n(mine, kind)
        often = [
            a
            for a in rivals
            if (
                _share(brief.leading[a.account_id], kind) >= _OFTEN
                and _apart(brief.leading[a.account_id], mine, kind)
            )
        ]
        if n / mine.bodies <= _SELDOM and len(often) >= max(_RIVALS, len(rivals) / 2):
            destinations.append((-len(often), len(destinations), kind, often, n, advice, expected))
    for _, _, kind, often, n, advice, expected in sorted(destinations)[:1]:
        yield _tell_leads(brief, own, kind, often, len(rivals), n, advice, expected)


def _tell_leads(
    brief: BriefSummary,
    own: AccountSummary,
    kind: str,
    often: Sequence[AccountSummary],
    rivals: int,
    n: int,
    advice: str,
    expected: str,
) -> Finding:
    mine, leads = (
        brief.leading[own.account_id],
        [lead for a in often if (lead := brief.leading[a.account_id].of(kind))],
    )
    shares = [_share(brief.leading[a.account_id], kind) for a in often]
    spread = (
        translate("{low:.0%} 到 {high:.0%}", low=min(shares), high=max(shares))
        if min(shares) < max(shares)
        else f"{shares[0]:.0%}"
    )
    template = (
        "{rivals} 个对手里有 {often} 个常把读者带去「{where}」（{names}，各占 {spread} 的文章）"
        "；自己 {bodies} 篇里一篇也没有。"
    )
    if n:
        template = (
            "{rivals} 个对手里有 {often} 个常把读者带去「{where}」（{names}，各占 {spread} "
            "的文章）；自己 {bodies} 篇里只有 {n} 篇。"
        )
    values = {
        "where": translate_name(leads[0].name),
        "names": list_names(often),
        "spread": spread,
        "bodies": mine.bodies,
        "n": n,
    }
    sentence = translate(template, rivals=rivals, often=len(often), **values)
    bodies = mine.bodies + sum(brief.leading[a.account_id].bodies for a in often)
    examples = tuple(lead.examples[0] for lead in leads[:2] if lead.examples)
    days = [day.date() for a in (own, *often) for day in (a.first, a.last) if day is not None]
    since, until = min(days, default=None), max(days, default=None)
    return Finding(
        "leads",
        sentence,
        bodies,
        translate("篇有正文的文章"),
        since,
        until,
        examples,
        translate(advice),
        translate(expected),
    )


def _counted(brief: BriefSummary) -> list[tuple[AccountSummary, AccountReads]]:
    counts = brief.engagement
    return (
        [
            (account, counts.accounts[account.account_id])
            for account in brief.accounts
            if account.account_id in counts.accounts
        ]
        if counts
        else []
    )


def _aged(brief: BriefSummary) -> str:
    age = brief.engagement.age if brief.engagement else UNKNOWN_AGE
    return "" if age == UNKNOWN_AGE else translate("{age}的", age=translate_name(age))


def _interval(group: ReadsGroup) -> str:
    if group.ratio_high is None:
        return translate("（95% 区间 {low:.1f}以上）", low=group.ratio_low)
    return translate(
        "（95% 区间 {low:.1f}–{high:.1f}）", low=group.ratio_low, high=group.ratio_high
    )


def _hundred(rate: float | None) -> str:
    return "" if rate is None else f"{rate * 100:.1f}"


def _read(brief: BriefSummary, account: AccountSummary) -> bool:
    """Whether enough of an account's bodies are held."""
    return (
        account.account_id in brief.leading and brief.leading[account.account_id].bodies >= _BODIES
    )


def _n(leading: Leading, kind: str) -> int:
    lead = leading.of(kind)
    return lead.n if lead else 0


def _share(leading: Leading, kind: str) -> float:
    return _n(leading, kind) / leading.bodies


def _apart(more: Leading, less: Leading, kind: str) -> bool:
    """Whether the 95 % intervals of two shares (Wilson 1927) are apart."""
    return _wilson(_n(more, kind), more.bodies)[0] > _wilson(_n(less, kind), less.bodies)[1]


def _wilson(n: int, of: int) -> tuple[float, float]:
    z = 1.96
    middle, spread = (
        (n + z * z / 2) / (of + z * z),
        z * sqrt(n * (of - n) / of + z * z / 4) / (of + z * z),
    )
    return middle - spread, middle + spread
