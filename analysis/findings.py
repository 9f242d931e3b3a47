"""The conclusions a brief opens with: rules over its figures, one function per rule. A rule that lacks the data says nothing.

Each sentence carries its n and window. Names stand between U+2068 and U+2069 (isolates), so that the page can set them apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from analysis.marks import fold_text
from analysis.summary import MIN_ARTICLES, MIN_DAYS, AccountSummary, BriefSummary, Column, Example

__all__ = ["WEEKDAYS", "Finding", "draw_findings", "isolate_name"]

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_MIN_TIMED = 20  # pushes with a known hour before an hour is called usual
_STEADY = 0.8  # four in five is fixed; below that it is a habit
_MIN_RECENT = 8  # pushes in the last twelve weeks before they can speak against the whole
_FIXED = 0.5  # half of the pushes in one hour is a fixed hour
_QUIET_DAYS = 56  # this long without an article is worth a sentence
_FULL = 0.9  # below this share held, a rate is a lower bound worth saying so
_GAP_RIVALS = 3
_MAX_NAME = 24
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])


@dataclass(frozen=True, slots=True)
class Finding:
    """One conclusion: which rule drew it, the sentence, and what it rests on."""

    rule: str
    sentence: str
    n: int
    unit: str
    first: date | None
    last: date | None
    examples: tuple[Example, ...] = ()


def draw_findings(brief: BriefSummary) -> tuple[Finding, ...]:
    """All conclusions the figures carry, most general first; () for a brief without articles."""
    if not brief.articles:
        return ()
    rules: tuple[Callable[[BriefSummary], Iterable[Finding]], ...] = (_sample, _pace, _hours, _columns, _fixed_days, _gaps, _type_size, _silence)
    return tuple(finding for rule in rules for finding in rule(brief))


def isolate_name(name: str, *, longest: int = _MAX_NAME) -> str:
    """An outside name for a sentence: bidi controls dropped, clamped, between isolates."""
    clean = name.translate(_BIDI)
    return f"\u2068{clean if len(clean) <= longest else clean[: longest - 1] + '…'}\u2069"


def _sample(brief: BriefSummary) -> Iterable[Finding]:
    few = [account for account in brief.accounts if not account.enough]
    sentence = f"这次看了 {len(brief.accounts)} 个公众号。" if few else f"这次看了 {len(brief.accounts)} 个公众号，样本都够下结论。"
    if len(few) == 1 == len(brief.accounts):
        sentence += f"样本不足：有日期的不到 {MIN_ARTICLES} 篇，或前后不到 {MIN_DAYS // 7} 周，先不下结论，把历史补全再看。"
    elif len(few) == len(brief.accounts):
        sentence += f"样本不足：没有一个账号够 {MIN_ARTICLES} 篇、跨 {MIN_DAYS // 7} 周，先不下结论，把历史补全再看。"
    elif few:
        sentence += f"其中 {len(few)} 个样本不足（有日期的不到 {MIN_ARTICLES} 篇，或前后不到 {MIN_DAYS // 7} 周），只列数字，不参与结论。"
    if few != list(brief.accounts) and any(account.own for account in few):
        sentence += "自己的账号也在其中，暂时没法和对手比。"
    yield Finding("sample", sentence, brief.articles, "篇", _day_of(brief.first), _day_of(brief.last))


def _pace(brief: BriefSummary) -> Iterable[Finding]:
    """Pushes per week over the time all compared accounts are held for; accounts that share no eight weeks with the first are left out."""
    enough = [account for account in brief.accounts if account.enough]
    if len(enough) == 1:
        yield _only_pace(enough[0])
        return
    since, until, compared = _common_window(enough)
    if len(compared) < 2:
        if len(enough) > 1:
            yield Finding("pace", "各账号收录的时间段没有 8 周以上重合，发文频率不放在一起比。", *_rests_on(enough))
        return
    rates = {account.account_id: _rate(account, since, until) for account in compared}
    pushes = sum(_count(account, since, until) for account in compared)
    ranked = sorted(compared, key=lambda account: (-rates[account.account_id], account.account))
    sentence = f"同一时段比推送（{since} 至 {until}，按已收录的算）："
    own = [account for account in compared if account.own]
    rivals = [account for account in compared if not account.own]
    if own and len(rivals) >= 3:
        middle = median(rates[account.account_id] for account in rivals)
        busiest = next(account for account in ranked if not account.own)
        sentence += f"自己（{_name(own[0])}）每周 {rates[own[0].account_id]:.1f} 次，{len(rivals)} 个对手的中位数是 {middle:.1f} 次；"
        sentence += f"从多到少，自己排 {len(ranked)} 个里的第 {ranked.index(own[0]) + 1}。"
        sentence += f"对手里最勤的是{_name(busiest)}，每周 {rates[busiest.account_id]:.1f} 次。"
    elif len(ranked) <= 4:
        sentence += "，".join(f"{'自己（' + _name(a) + '）' if a.own else _name(a)}每周 {rates[a.account_id]:.1f} 次" for a in ranked) + "。"
    else:
        sentence += f"{_name(ranked[0])}最勤，每周 {rates[ranked[0].account_id]:.1f} 次；{_name(ranked[-1])}最少，{rates[ranked[-1].account_id]:.1f} 次；"
        sentence += f"{len(ranked)} 个账号的中位数是 {median(rates.values()):.1f} 次。"
    yield Finding("pace", sentence + _lower_bound(compared), pushes, "次推送", since, until)


def _only_pace(account: AccountSummary) -> Finding:
    cadence = account.cadence
    assert cadence is not None
    sentence = f"{_name(account)}每周推送 {cadence.pushes_per_week:.1f} 次、发 {cadence.articles_per_week:.1f} 篇，"
    sentence += f"一次推送平均 {cadence.articles_per_push:.1f} 篇。"
    return Finding("pace", sentence + _lower_bound([account]), cadence.pushes, "次推送", cadence.first.date(), cadence.last.date())


def _common_window(accounts: Sequence[AccountSummary]) -> tuple[date, date, list[AccountSummary]]:
    """The days all of `compared` are held for: accounts in order, each kept while eight weeks stay in common."""
    compared: list[AccountSummary] = []
    since, until = date.min, date.max
    for account in accounts:
        assert account.cadence is not None
        later, earlier = max(since, account.cadence.first.date()), min(until, account.cadence.last.date())
        if later + timedelta(days=MIN_DAYS - 1) <= earlier:
            since, until = later, earlier
            compared.append(account)
    return since, until, compared


def _count(account: AccountSummary, since: date, until: date) -> int:
    return sum(since <= day <= until for day in account.push_days)


def _rate(account: AccountSummary, since: date, until: date) -> float:
    return _count(account, since, until) / ((until - since).days + 1) * 7


def _lower_bound(accounts: Sequence[AccountSummary]) -> str:
    partly = [account for account in accounts if account.coverage is not None and account.coverage < _FULL]
    named = "、".join(f"{_name(account)}最多只收到 {int((account.coverage or 0) * 100)}%" for account in partly[:3])
    return f"{named}{'，另有几个也没收全' if len(partly) > 3 else ''}，实际可能更勤。" if partly else ""


def _hours(brief: BriefSummary) -> Iterable[Finding]:
    """A fixed hour is one that half of all pushes keep to and the last twelve weeks too; one that has moved is told as such."""
    timed = [a for a in brief.accounts if a.enough and a.cadence and a.cadence.pushes_timed >= _MIN_TIMED and a.cadence.hour_share is not None]
    moved = [a for a in timed if _hour_moved(a)]
    fixed = sorted((a for a in timed if _hour_share(a) >= _FIXED and a not in moved), key=lambda a: (-_hour_share(a), a.account))
    if fixed:
        named = "；".join(f"{_name(a)} {_hour_share(a):.0%} 的推送在 {_hour(a)} 点档" for a in fixed[:4])
        more = f"；另有 {len(fixed) - 4} 个也是" if len(fixed) > 4 else ""
        yield Finding("hours", f"发文钟点{'固定' if _hour_share(fixed[-1]) >= _STEADY else '集中'}：{named}{more}。", *_rests_on(fixed))
    for account in moved:
        c = account.cadence
        assert c is not None
        now = f"最近 12 周改在 {c.recent_hour} 点档（{c.recent_timed} 次里 {(c.recent_hour_share or 0) * c.recent_timed:.0f} 次）"
        yield Finding(
            "hour moved", f"{_name(account)}换了发文钟点：{now}，整段时间里最多的是 {c.hour} 点档（{c.hour_share or 0:.0%}）。", *_rests_on([account])
        )
    timed = [a for a in timed if a not in moved]
    hours = Counter(_hour(a) for a in timed)
    hour, count = min(hours.items(), key=lambda item: (-item[1], item[0]), default=(0, 0))
    if count >= 3 and count * 2 >= len(timed):
        crowd = [a for a in timed if _hour(a) == hour]
        yield Finding("crowding", f"{len(timed)} 个账号里有 {count} 个最常在 {hour} 点档推送，这个点最挤。", *_rests_on(crowd))


def _hour_moved(account: AccountSummary) -> bool:
    """Whether the last twelve weeks keep to another hour than the whole: at least eight pushes, half of them in it."""
    c = account.cadence
    return bool(c and c.recent_timed >= _MIN_RECENT and c.recent_hour is not None and c.hour is not None and c.recent_hour_share is not None
                and abs(c.recent_hour - c.hour) > 1 and c.recent_hour_share >= _FIXED)  # fmt: skip


def _columns(brief: BriefSummary) -> Iterable[Finding]:
    measured = [account for account in brief.accounts if account.enough and account.n_columns]
    if not measured:
        return
    top = max(measured, key=lambda a: (a.share_in_columns, a.articles))
    largest = top.columns[0]
    sentence = "栏目化程度最高的是" if len(measured) > 1 else ""
    sentence += f"{_name(top)}，{top.share_in_columns:.0%} 的文章归在栏目里，最大的是「{isolate_name(largest.content_column)}」，{largest.n:,} 篇"
    own = [account for account in brief.accounts if account.own and account.enough]
    if own and own[0] is not top:
        sentence += f"；自己是 {own[0].share_in_columns:.0%}"
    yield Finding("columns", sentence + "。", top.n_titled, "篇", _day_of(top.first), _day_of(top.last), largest.examples)


def _fixed_days(brief: BriefSummary) -> Iterable[Finding]:
    """Weekly columns that keep their day: at least ten issues, four in five on one weekday, a week apart."""
    kept = [(a, c) for a in brief.accounts if a.enough for c in a.columns if _keeps_its_day(c)]
    kept.sort(key=lambda pair: (-pair[1].n, pair[1].content_column, pair[0].account))  # the longest kept of each account is told
    firsts = {account.account_id: (account, column) for account, column in reversed(kept)}
    for account, column in [pair for pair in kept if pair == firsts[pair[0].account_id]][:3]:
        assert column.weekday is not None
        assert column.weekday_share is not None
        there = round(column.weekday_share * column.n)
        kept_to = f"{column.n} 篇全在这一天" if there == column.n else f"{column.n} 篇里有 {there} 篇在这一天"
        sentence = f"{_name(account)}的「{isolate_name(column.content_column)}」每周一期，固定{WEEKDAYS[column.weekday]}：{kept_to}。"
        yield Finding("fixed day", sentence, column.n, "篇", _day_of(column.first), _day_of(column.last), column.examples)


def _keeps_its_day(column: Column) -> bool:
    weekly = column.interval_days is not None and 6 <= column.interval_days <= 8
    return weekly and column.n >= MIN_ARTICLES and column.weekday_share is not None and column.weekday_share >= 0.8


def _gaps(brief: BriefSummary) -> Iterable[Finding]:
    """Column names that three rivals use and the own account doesn't."""
    own = [account for account in brief.accounts if account.own]
    mine = {fold_text(column.content_column) for account in own for column in account.columns}
    users: defaultdict[str, list[tuple[AccountSummary, Column]]] = defaultdict(list)
    for account in brief.accounts:
        for column in account.columns if account.enough and not account.own else ():
            users[fold_text(column.content_column)].append((account, column))
    if not any(account.enough for account in own):
        return
    shared = sorted((pairs for key, pairs in users.items() if len(pairs) >= _GAP_RIVALS and key not in mine), key=lambda p: (-len(p), p[0][1].content_column))
    for pairs in shared[:2]:
        named = "、".join(_name(account) for account, _ in pairs[:4])
        sentence = f"{len(pairs)} 个对手都有「{isolate_name(pairs[0][1].content_column)}」，自己没有：{named}{'等' if len(pairs) > 4 else ''}。"
        days = [at.date() for _, column in pairs for at in (column.first, column.last) if at is not None]
        examples = tuple(example for _, column in pairs[:3] for example in column.examples[:1])
        yield Finding("gap", sentence, sum(column.n for _, column in pairs), "篇", min(days), max(days), examples)


def _type_size(brief: BriefSummary) -> Iterable[Finding]:
    sized = [(a, a.layout.font_size_px, a.layout.n_text) for a in brief.accounts if a.layout and a.layout.n_text >= MIN_ARTICLES and a.layout.font_size_px]
    if len(sized) < 2:
        return
    own = [size for account, size, _ in sized if account.own]
    rivals = [size for account, size, _ in sized if not account.own]
    n = sum(count for _, _, count in sized)
    if own and len(rivals) >= 3:
        middle = median(rivals)
        sentence = f"正文字号：自己 {own[0]:g} px，{len(rivals)} 个对手的中位数{'也是' if middle == own[0] else '是'} {middle:g} px。"
    elif len(sized) <= 4:
        sentence = "正文字号：" + "，".join(f"{'自己' if a.own else _name(a)} {size:g} px" for a, size, _ in sized) + "。"
    else:
        low, high = min(sized, key=lambda item: item[1]), max(sized, key=lambda item: item[1])
        sentence = f"正文字号从 {low[1]:g} px（{_name(low[0])}）到 {high[1]:g} px（{_name(high[0])}），"
        sentence += f"{len(sized)} 个账号的中位数 {median(rivals + own):g} px。"
    yield Finding("type size", sentence, n, "篇", _day_of(brief.first), _day_of(brief.last))


def _silence(brief: BriefSummary) -> Iterable[Finding]:
    limit = brief.date - timedelta(days=_QUIET_DAYS)
    enough = [account for account in brief.accounts if account.enough and account.last is not None]
    quiet = sorted((a for a in enough if a.last and a.last.date() < limit), key=lambda a: (a.last or datetime.max, a.account))
    if quiet and len(quiet) == len(enough):
        last = max(a.last for a in quiet if a.last)
        yield Finding("silence", f"收录停在 {last.date()}，距今已超过 8 周：先更新数据，再拿来定选题。", *_rests_on(quiet))
    elif quiet:
        named = "、".join(f"{_name(a)}（停在 {a.last.date()}）" for a in quiet[:3] if a.last)
        yield Finding("silence", f"超过 8 周没有新收录：{named}{'等' if len(quiet) > 3 else ''}。可能停更，也可能没收到。", *_rests_on(quiet))


def _rests_on(accounts: Sequence[AccountSummary]) -> tuple[int, str, date | None, date | None]:
    cadences = [account.cadence for account in accounts if account.cadence]
    first, last = min((c.first for c in cadences), default=None), max((c.last for c in cadences), default=None)
    return sum(c.pushes for c in cadences), "次推送", _day_of(first), _day_of(last)


def _hour(account: AccountSummary) -> int:
    return account.cadence.hour if account.cadence and account.cadence.hour is not None else -1


def _hour_share(account: AccountSummary) -> float:
    return (account.cadence.hour_share if account.cadence else None) or 0.0


def _day_of(at: datetime | None) -> date | None:
    return at.date() if at is not None else None


def _name(account: AccountSummary) -> str:
    return isolate_name(account.account)
