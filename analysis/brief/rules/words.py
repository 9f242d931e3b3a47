"""Conclusions about what articles are for and how titles are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import median

from analysis.brief.rules.base import check_on, day_of, join_sentences, name_of, newest_of
from analysis.brief.sections.words import Titles
from analysis.brief.summary import AccountSummary, BriefSummary
from analysis.evidence import MIN_ARTICLES
from analysis.report.findings import Finding
from analysis.report.translation import translate, translate_name

__all__ = ["find_self_talk", "find_title_apart", "find_unmet_need"]

_SELF = 0.1  # of an account's articles about itself, from which it is a fault worth naming
_MORE = 0.05
_RIVALS = 3
_LEAST_TITLES = 30
_APART = 0.15
_LONGER = 3  # characters of title
_NOT_FOR_READERS = ("企业动态", "推广营销", "招聘", "通知公告")
_HABITS = {  # a share of titles -> what they do, what to do more of it, what to do less
    "with_digits_share": (
        "带数字",
        "接下来每 10 个标题里，带数字的加到 {n} 个：把几件、几步、几天、多少钱写进去。",
        "接下来每 10 个标题里，带数字的减到 {n} 个。",
    ),
    "question_share": (
        "是提问",
        "接下来每 10 个标题里，是提问的加到 {n} 个：把读者会问的话原样当题目。",
        "接下来每 10 个标题里，是提问的减到 {n} 个。",
    ),
    "how_to_share": (
        "在教方法",
        "接下来每 10 个标题里，在教方法的加到 {n} 个：直接写“怎么做”。",
        "接下来每 10 个标题里，在教方法的减到 {n} 个。",
    ),
    "list_share": (
        "是清单",
        "接下来每 10 个标题里，是清单的加到 {n} 个：写成“几种、几个”。",
        "接下来每 10 个标题里，是清单的减到 {n} 个。",
    ),
}


def find_self_talk(brief: BriefSummary) -> Iterable[Finding]:
    """Who talks about itself (企业自说自话): the own account where it does so clearly more than
    rivals; without an own one, the rival that does most.

    Counted are anniversaries, awards and meetings only: whether a product without an offer serves
    readers, its title does not tell surely.
    """
    measured = [
        account
        for account in brief.accounts
        if account.enough and account.purposes and account.purposes.articles >= MIN_ARTICLES
    ]
    rivals = sorted(
        (account for account in measured if not account.own),
        key=lambda account: (-_news(account), account.account),
    )
    own = [account for account in measured if account.own]
    if len(rivals) < 2:
        return
    middle = median(_news(account) for account in rivals)
    talkative = own[0] if own else rivals[0]
    share, purposes = _news(talkative), talkative.purposes
    if purposes is None or share < _SELF or share < middle + _MORE:
        return
    if own:
        sentence = translate(
            "自己有 {share:.0%} 的文章是周年、获奖、会议这类自家新闻；{n} 个对手的中位数是 "
            "{middle:.0%}。",
            share=share,
            n=len(rivals),
            middle=middle,
        )
        advice = _advise_less_news(rivals)
        expected = check_on(brief) + translate(
            "这段时间自家新闻的占比有没有降到 {half:.0%} 以下。", half=share / 2
        )
    else:
        template = (
            "{name}最爱说自己，{share:.0%} 的文章是周年、获奖、会议这类自家新闻；{n} "
            "个账号的中位数是 {middle:.0%}。"
        )
        sentence = translate(
            template, name=name_of(talkative), share=share, n=len(rivals), middle=middle
        )
        advice = translate("自己的号别照搬这类选题，自家新闻攒成每月一篇就够。")
        expected = translate("自己发满 20 篇再看：自家新闻有没有超过 {share:.0%}。", share=_SELF)
    yield Finding(
        "self talk",
        sentence,
        purposes.articles,
        translate("篇"),
        day_of(talkative.first),
        day_of(talkative.last),
        purposes.news_examples,
        advice,
        expected,
    )


def _advise_less_news(rivals: Sequence[AccountSummary]) -> str:
    usual = _usual_service(rivals)
    if not usual:
        return translate("自家新闻攒成每月一篇，占比先减到一半。")
    return translate(
        "自家新闻攒成每月一篇，占比先减到一半，腾出来的写{purpose}（对手给读者最多的一种）。",
        purpose=translate_name(usual),
    )


def _news(account: AccountSummary) -> float:
    return account.purposes.news_n / account.purposes.articles if account.purposes else 0.0


def _usual_service(rivals: Sequence[AccountSummary]) -> str | None:
    """The purpose most rivals serve readers with."""
    mixes = [account.purposes.mix for account in rivals if account.purposes]
    tops = [
        next((share.purpose for share in mix if share.purpose not in _NOT_FOR_READERS), None)
        for mix in mixes
    ]
    return min(
        Counter(top for top in tops if top).items(),
        key=lambda item: (-item[1], item[0]),
        default=(None, 0),
    )[0]


def find_unmet_need(brief: BriefSummary) -> Iterable[Finding]:
    """A need readers name (a published survey) that the own account serves less than every one of
    three or more rivals, by 15 points of their median.

    The survey counts readers, not articles: it says which of several needs is told, and stands
    beside the figures with its year.
    """
    measured = [
        account
        for account in brief.accounts
        if account.enough and account.purposes and account.purposes.articles >= MIN_ARTICLES
    ]
    rivals = [account for account in measured if not account.own]
    own = [account for account in measured if account.own]
    if not own or len(rivals) < _RIVALS:
        return
    asked = (
        own[0]
        .purposes.needs.set_index("need")["demand"]
        .dropna()
        .sort_values(ascending=False, kind="stable")
        if own[0].purposes
        else None
    )
    for need, demand in () if asked is None else asked.items():
        mine, theirs = _given(own[0], need), sorted(_given(account, need) for account in rivals)
        if mine < theirs[0] and median(theirs) - mine >= _APART:
            template = "{need}：自己 {mine:.0%} 的文章，{n} 个对手的中位数是 {middle:.0%}。"
            survey = translate(
                "旧调查里 {demand:.0%} 的读者为此关注公众号（艾媒，约 2014 年，只作对照）。",
                demand=demand,
            )
            sentence = join_sentences(
                translate(
                    template,
                    need=translate_name(str(need)),
                    mine=mine,
                    n=len(theirs),
                    middle=median(theirs),
                ),
                survey,
            )
            top = sorted(rivals, key=lambda account: (-_given(account, need), account.account))
            advice = translate(
                "每 10 篇里先排 {n} 篇这一类，放进固定栏目。", n=max(round(median(theirs) * 10), 1)
            )
            n = sum(account.purposes.articles for account in (*own, *rivals) if account.purposes)
            expected = check_on(brief) + translate(
                "自己这一类的占比有没有过 {least:.0%}。", least=theirs[0]
            )
            yield Finding(
                "need",
                sentence,
                n,
                translate("篇"),
                day_of(brief.first),
                day_of(brief.last),
                newest_of(top),
                advice,
                expected,
            )
            return


def _given(account: AccountSummary, need: object) -> float:
    needs = account.purposes.needs if account.purposes else None
    return 0.0 if needs is None else float(needs.loc[needs["need"] == need, "share"].sum())


def find_title_apart(brief: BriefSummary) -> Iterable[Finding]:
    """The habit of the own titles that lies furthest beyond all rivals': 15 points from their
    median, thirty titles each, three rivals.
    """
    measured = [
        (account, titles)
        for account in brief.accounts
        if account.enough and (titles := account.titles) and titles.titles >= _LEAST_TITLES
    ]
    own = [(account, titles) for account, titles in measured if account.own]
    rivals = [titles for account, titles in measured if not account.own]
    if not own or len(rivals) < _RIVALS:
        return
    account, titles = own[0]
    sentence = _tell_habit(titles, rivals) or _tell_length(titles, rivals)
    if sentence:
        n = titles.titles + sum(account.titles for account in rivals)
        yield Finding(
            "titles",
            sentence[0],
            n,
            translate("个标题"),
            day_of(brief.first),
            day_of(brief.last),
            account.latest,
            *sentence[1:],
        )


def _tell_habit(titles: Titles, rivals: Sequence[Titles]) -> tuple[str, str, str] | None:
    gaps = []
    for name in _HABITS:
        mine, theirs = (
            float(getattr(titles, name)),
            sorted(float(getattr(rival, name)) for rival in rivals),
        )
        if (mine < theirs[0] or mine > theirs[-1]) and abs(mine - median(theirs)) >= _APART:
            gaps.append((-abs(mine - median(theirs)), name, mine, theirs))
    if not gaps:
        return None
    _, name, mine, theirs = min(gaps)
    what, more, less = _HABITS[name]
    template = (
        "自己 {mine:.0%} 的标题{what}，{n} 个对手在 {low:.0%} 到 {high:.0%} 之间，中位数 "
        "{middle:.0%}。"
    )
    sentence = translate(
        template,
        mine=mine,
        what=translate_name(what),
        n=len(theirs),
        low=theirs[0],
        high=theirs[-1],
        middle=median(theirs),
    )
    advice = translate(more if mine < theirs[0] else less, n=max(round(median(theirs) * 10), 1))
    return (
        sentence,
        advice,
        translate("发满 20 篇再看：占比进没进对手的范围；有自己的阅读数，两种标题分开比。"),
    )


def _tell_length(titles: Titles, rivals: Sequence[Titles]) -> tuple[str, str, str] | None:
    lengths = sorted(rival.length_median or 0.0 for rival in rivals)
    mine = titles.length_median or 0.0
    if (
        mine <= lengths[-1] + _LONGER
    ):  # longer ones are cut in the feed; shorter ones lose nothing that can be seen
        return None
    template = "自己的标题中位 {mine:.0f} 字，{n} 个对手在 {low:.0f} 到 {high:.0f} 字之间。"
    sentence = translate(template, mine=mine, n=len(lengths), low=lengths[0], high=lengths[-1])
    return (
        sentence,
        translate("先压到 {high:.0f} 字以内，要紧的词放最前。", high=lengths[-1]),
        translate("发满 20 篇再看：标题中位数进没进对手的范围。"),
    )
