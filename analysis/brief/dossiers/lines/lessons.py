"""What to learn from an account and what to avoid (学 / 避): at most two of each, each a figure of
its own beside the median of the others. Where figures don't carry it, nothing is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from analysis.brief.dossiers.lines.wording import column_name, format_time
from analysis.brief.dossiers.measures.exclusions import is_lasting_column
from analysis.brief.dossiers.measures.figures import AccountFigures, DossierFigures
from analysis.brief.sections.columns import Column
from analysis.brief.sections.engagement import AccountReads
from analysis.brief.summary import AccountSummary, BriefSummary
from analysis.evidence import MIN_ACCOUNTS, MIN_ARTICLES, MIN_HABIT_ARTICLES, MIN_TIMED
from analysis.report.rich_text import Content, rich
from analysis.report.value_formats import format_count, format_day, format_decimal, format_percent

__all__ = ["Lesson", "Lessons", "draw_lessons"]

_MOST = 2
_YEAR = timedelta(days=365)
_LEAST_DUE = 8  # issues of a column, before it can be called reliable
_RELIABLE, _RELIABLE_AHEAD = 0.9, 0.05
_FIXED_HOUR, _FIXED_HOUR_AHEAD = 0.8, 0.2
_LITTLE_NEWS, _MUCH_NEWS, _NEWS_APART = 0.1, 0.3, 0.1
_ALIKE, _ALIKE_AHEAD, _UNLIKE = 0.95, 0.15, 0.5
_SHORT_BREAK, _LONG_BREAK = 10, 28  # days
_SHOUTING, _SHOUTING_AHEAD = 0.4, 0.2
_FIRST_SHARED, _FIRST_SHARE = 5, 0.6
_REDESIGNS = 3  # in a year
_DROPPED = 3  # columns in a year
_SAME_TIME = timedelta(days=7)
_READ_MORE = 1.2  # times the reads of the same place, by the low end of the interval


@dataclass(frozen=True, slots=True)
class Lesson:
    """One thing to learn or to avoid: the rule it comes from and the sentence."""

    rule: str
    sentence: Content


@dataclass(frozen=True, slots=True)
class Lessons:
    """At most two to learn, at most two to avoid; `compared` is how many others stand beside it."""

    learn: tuple[Lesson, ...]
    avoid: tuple[Lesson, ...]
    compared: int


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """One account and the others it is held against."""

    account: AccountSummary
    figures: AccountFigures
    others: Sequence[tuple[AccountSummary, AccountFigures]]
    reads: AccountReads | None

    def middle(
        self, figure: Callable[[AccountSummary, AccountFigures], float | None]
    ) -> float | None:
        """The others' median of a figure; None below three that have it."""
        values = [value for other in self.others if (value := figure(*other)) is not None]
        return median(values) if len(values) >= MIN_ACCOUNTS else None


def draw_lessons(account: AccountSummary, brief: BriefSummary, dossiers: DossierFigures) -> Lessons:
    """What the figures of one account carry, the first of each rule, in the order of the rules; an
    account that carries no conclusions has none.
    """
    others = [
        (other, dossiers.of(other.account_id))
        for other in brief.accounts
        if other.enough and other.account_id != account.account_id
    ]
    if not account.enough:
        return Lessons((), (), len(others))
    reads = brief.engagement.accounts.get(account.account_id) if brief.engagement else None
    case = _Case(account, dossiers.of(account.account_id), others, reads)
    return Lessons(_first(_LEARN, case), _first(_AVOID, case), len(others))


_Rule = Callable[[_Case], Iterator[Content]]


def _first(rules: Mapping[str, _Rule], case: _Case) -> tuple[Lesson, ...]:
    drawn = (
        Lesson(name, sentence)
        for name, rule in rules.items()
        if (sentence := next(rule(case), None)) is not None
    )
    return tuple(lesson for _, lesson in zip(range(_MOST), drawn, strict=False))


# to learn


def _reliable_column(case: _Case) -> Iterator[Content]:
    """A lasting column that came when it was due, more than the others' best do."""
    mine = [column for column in case.figures.columns if _is_reliable(column, case.account)]
    middle = case.middle(_best_adherence)
    if not mine or middle is None:
        return
    best = max(mine, key=lambda column: (column.adherence or 0, column.n))
    if (best.adherence or 0) < middle + _RELIABLE_AHEAD:
        return
    yield rich(
        "{column}该出 {due} 期，出了 {issues} 期；别家最准的栏目，准点率中位是 {middle}。",
        column=column_name(best),
        due=best.due or 0,
        issues=round((best.adherence or 0) * (best.due or 0)),
        middle=format_percent(middle),
    )


def _is_reliable(column: Column, account: AccountSummary) -> bool:
    return (
        column.status in ("new", "active")
        and (column.due or 0) >= _LEAST_DUE
        and (column.adherence or 0) >= _RELIABLE
        and is_lasting_column(column.content_column, account.account)
    )


def _best_adherence(account: AccountSummary, figures: AccountFigures) -> float | None:
    """The adherence of the most reliable running column that is long enough to tell."""
    known = [
        column.adherence
        for column in figures.columns
        if column.adherence is not None
        and (column.due or 0) >= _LEAST_DUE
        and column.status in ("new", "active")
        and is_lasting_column(column.content_column, account.account)
    ]
    return max(known, default=None)


def _read_column(case: _Case) -> Iterator[Content]:
    """A running column read surely more than others in the same place, where counts are known."""
    running = {
        column.content_column
        for column in case.figures.columns
        if column.status in ("new", "active")
        and is_lasting_column(column.content_column, case.account.account)
    }
    groups = [
        group
        for group in (case.reads.columns if case.reads else ())
        if group.name in running
        and (group.ratio_low or 0) >= _READ_MORE
        and group.n >= MIN_ARTICLES
    ]
    for group in sorted(groups, key=lambda group: -(group.ratio or 0)):
        yield rich(
            "{column}的阅读是自己同位置文章的 {ratio} 倍（{n} 篇有数）。",
            column=column_name(group.name),
            ratio=format_decimal(group.ratio or 0),
            n=group.n,
        )


def _fixed_time(case: _Case) -> Iterator[Content]:
    """Nearly all its pushes in one hour, where the others' are not."""
    lately, middle = case.figures.lately, case.middle(_hour_share)
    share = _hour_share(case.account, case.figures)
    if lately is None or share is None or middle is None:
        return
    if share >= max(_FIXED_HOUR, middle + _FIXED_HOUR_AHEAD) and lately.usual_time is not None:
        yield rich(
            "守时：{share} 的推送在 {time} 前后，别家的中位是 {middle}。",
            share=format_percent(share),
            time=format_time(lately.usual_time),
            middle=format_percent(middle),
        )


def _hour_share(account: AccountSummary, figures: AccountFigures) -> float | None:
    """The share of its pushes in its usual hour in the window; None below twenty that are timed."""
    lately = figures.lately
    if lately is None or lately.timed < MIN_TIMED:
        return None
    return lately.hour_share


def _short_breaks(case: _Case) -> Iterator[Content]:
    """No break worth the name, where the others had one."""
    days, middle = _longest_break(case.account, case.figures), case.middle(_longest_break)
    if days is None or middle is None or not _sends_weekly(case.account):
        return
    if days <= _SHORT_BREAK and middle >= 2 * days:
        yield rich(
            "不断更：最长只隔 {days} 天，别家的中位是 {middle} 天。",
            days=format_count(max(days, 1)),
            middle=format_count(middle),
        )


def _longest_break(account: AccountSummary, figures: AccountFigures) -> float | None:
    return account.cadence.longest_silence_days if account.cadence else None


def _sends_weekly(account: AccountSummary) -> bool:
    return account.cadence is not None and account.cadence.pushes_per_week >= 1


def _little_news(case: _Case) -> Iterator[Content]:
    """Hardly ever about its own anniversaries, awards and meetings, where the others are."""
    share, middle = _news_share(case.account, case.figures), case.middle(_news_share)
    if share is None or middle is None:
        return
    if share <= _LITTLE_NEWS and middle >= share + _NEWS_APART:
        yield rich(
            "少谈自己：讲自家周年、获奖、会议的占 {share}，别家的中位是 {middle}。",
            share=format_percent(share),
            middle=format_percent(middle),
        )


def _news_share(account: AccountSummary, figures: AccountFigures) -> float | None:
    """The share of its articles about anniversaries, awards and meetings, which titles tell."""
    purposes = account.purposes
    if purposes is None or purposes.articles < MIN_HABIT_ARTICLES:
        return None
    return purposes.news_n / purposes.articles


def _alike(case: _Case) -> Iterator[Content]:
    """One template throughout, where the others mix theirs."""
    share, middle = _consistency(case.account, case.figures), case.middle(_consistency)
    if share is not None and middle is not None and share >= max(_ALIKE, middle + _ALIKE_AHEAD):
        yield rich(
            "版式统一：随手抽两篇，{share} 是同一套模板，别家的中位是 {middle}。",
            share=format_percent(share),
            middle=format_percent(middle),
        )


def _consistency(account: AccountSummary, figures: AccountFigures) -> float | None:
    layout = account.layout
    if layout is None or layout.consistency_n < MIN_HABIT_ARTICLES:
        return None
    return layout.consistency


def _first_with_topics(case: _Case) -> Iterator[Content]:
    """Mostly the first of several with the same topic."""
    first, shared = case.figures.first_of, case.figures.shared
    if shared >= _FIRST_SHARED and first >= _FIRST_SHARE * shared:
        yield rich("出手快：和别家撞题 {shared} 次，{first} 次先发。", shared=shared, first=first)


# to avoid


def _long_break(case: _Case) -> Iterator[Content]:
    """A month or more without an article within the last year, twice as long as the others'; not
    where another account's began in the same days: that is the source's.
    """
    cadence, middle = case.account.cadence, case.middle(_longest_break)
    if cadence is None or cadence.longest_silence_days is None or cadence.silent_from is None:
        return
    days, since = cadence.longest_silence_days, cadence.silent_from
    together = any(
        other.cadence is not None
        and other.cadence.silent_from is not None
        and (other.cadence.longest_silence_days or 0) >= _LONG_BREAK
        and abs(other.cadence.silent_from - since) <= _SAME_TIME
        for other, _ in case.others
    )
    if middle is None or together or case.account.last is None:
        return
    if days >= max(_LONG_BREAK, 2 * middle) and since >= case.account.last - _YEAR:
        yield rich(
            "断更：{since} 起 {days} 天没有新文章，别家最长的中位是 {middle} 天。",
            since=format_day(since),
            days=format_count(days),
            middle=format_count(middle),
        )


def _many_redesigns(case: _Case) -> Iterator[Content]:
    """Several changes of template within a year."""
    n, middle = _redesigns(case.account, case.figures), case.middle(_redesigns)
    if n is not None and middle is not None and n >= _REDESIGNS and n > middle:
        yield rich(
            "换模板太勤：最近一年换了 {n} 次，别家的中位是 {middle} 次。",
            n=int(n),
            middle=format_count(middle),
        )


def _redesigns(account: AccountSummary, figures: AccountFigures) -> float | None:
    layout = account.layout
    if layout is None or not layout.enough or layout.last is None:
        return None
    since = layout.last - _YEAR
    return sum(redesign.at >= since for redesign in layout.redesigns)


def _mixed_templates(case: _Case) -> Iterator[Content]:
    """No look of its own, where the others have one."""
    share, middle = _consistency(case.account, case.figures), case.middle(_consistency)
    if share is not None and middle is not None and share < _UNLIKE and middle >= share + 0.2:
        yield rich(
            "版式混：随手抽两篇，只有 {share} 是同一套模板，别家的中位是 {middle}。",
            share=format_percent(share),
            middle=format_percent(middle),
        )


def _shouting(case: _Case) -> Iterator[Content]:
    """Exclamation marks in many titles, more than the others set."""
    share, middle = _exclaiming(case.account, case.figures), case.middle(_exclaiming)
    if (
        share is not None
        and middle is not None
        and share >= max(_SHOUTING, middle + _SHOUTING_AHEAD)
    ):
        yield rich(
            "标题爱喊：{share} 带感叹号，别家的中位是 {middle}。",
            share=format_percent(share),
            middle=format_percent(middle),
        )


def _exclaiming(account: AccountSummary, figures: AccountFigures) -> float | None:
    titles = account.titles
    if titles is None or titles.titles < MIN_HABIT_ARTICLES:
        return None
    return titles.with_exclamations_share


def _much_news(case: _Case) -> Iterator[Content]:
    """Often about itself, more than the others."""
    share, middle = _news_share(case.account, case.figures), case.middle(_news_share)
    if share is not None and middle is not None and share >= max(_MUCH_NEWS, middle + _NEWS_APART):
        yield rich(
            "常谈自己：讲自家周年、获奖、会议的占 {share}，别家的中位是 {middle}。",
            share=format_percent(share),
            middle=format_percent(middle),
        )


def _dropped_columns(case: _Case) -> Iterator[Content]:
    """More lasting columns ended within the last year than run now."""
    if case.account.last is None:
        return
    since = case.account.last - _YEAR
    lasting = [
        column
        for column in case.figures.columns
        if is_lasting_column(column.content_column, case.account.account)
    ]
    ended = [
        column
        for column in lasting
        if column.status == "ended" and column.last is not None and column.last >= since
    ]
    running = sum(column.status in ("new", "active") for column in lasting)
    if len(ended) >= _DROPPED and len(ended) > running:
        yield rich(
            "栏目难久：最近一年停了 {n} 个，还在更的 {running} 个。", n=len(ended), running=running
        )


_LEARN: Mapping[str, _Rule] = {
    "read column": _read_column,
    "reliable column": _reliable_column,
    "first": _first_with_topics,
    "fixed time": _fixed_time,
    "no break": _short_breaks,
    "little news": _little_news,
    "alike": _alike,
}
_AVOID: Mapping[str, _Rule] = {
    "long break": _long_break,
    "dropped columns": _dropped_columns,
    "much news": _much_news,
    "shouting": _shouting,
    "redesigns": _many_redesigns,
    "mixed": _mixed_templates,
}
