"""Who is who: a line an account of the one page."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.brief.front.news_content import can_be_copied
from analysis.brief.front.records import Who
from analysis.brief.rules.base import join_list
from analysis.brief.summary import AccountSummary, BriefSummary
from analysis.evidence import MIN_ARTICLES, MIN_TIMED
from analysis.labels import WEEKDAYS
from analysis.report.findings import isolate_name
from analysis.report.translation import translate, translate_name

__all__ = ["describe_accounts"]

_TOPICS = 3
_OFTEN, _LEAST_TITLES = 0.03, 5  # of its titles, before a topic is what it writes about
_INTRO = 24  # characters of an introduction
_ENDS = " 。；，、.;!！"
_DAILY = 6.5  # pushes a week
_USUAL = 0.5  # of the pushes in one hour, or on one weekday, from which it is the usual one


def describe_accounts(brief: BriefSummary) -> tuple[Who, ...]:
    """A line an account, in the brief's order: what it says of itself, what it writes most, how
    often and when it sends, how it looks; what too little is known of is left out.
    """
    return tuple(
        Who(place, account, translate("；").join(_parts(account, brief)))
        for place, account in enumerate(brief.accounts, start=1)
    )


def _parts(account: AccountSummary, brief: BriefSummary) -> Iterator[str]:
    if not account.enough:
        yield _tell_few(account)
        return
    if account.signature:
        yield isolate_name(account.signature.strip(_ENDS), longest=_INTRO)
    yield from _writes(account)
    yield from _sends(account, brief)
    yield from _looks(account)


def _tell_few(account: AccountSummary) -> str:
    cadence = account.cadence
    if cadence is not None and cadence.articles >= MIN_ARTICLES:
        return translate("样本不足：{n} 篇只跨 {days} 天", n=account.articles, days=cadence.days)
    return translate("样本不足：只收到 {n} 篇", n=account.articles)


def _writes(account: AccountSummary) -> Iterator[str]:
    topics = [
        isolate_name(topic.term)
        for topic in account.topics
        if topic.share >= _OFTEN and topic.n >= _LEAST_TITLES
    ]
    columns = [
        translate("「{column}」", column=isolate_name(column.content_column))
        for column in account.columns
        if column.status in ("active", "new") and can_be_copied(account, column)
    ]
    if topics:
        yield translate("多写{topics}", topics=join_list(topics[:_TOPICS]))
    if columns:
        shown = columns[: 1 if topics else 2]
        yield translate("主打{columns}", columns="".join(shown))


def _sends(account: AccountSummary, brief: BriefSummary) -> Iterator[str]:
    recent = account.recent
    if recent is None:
        if account.last is not None:
            yield translate("{last:%Y-%m-%d} 以后没有文章", last=account.last)
        return
    day = (
        translate_name(WEEKDAYS[recent.weekday])
        if recent.weekday_share >= _USUAL and recent.pushes_per_week < 3
        else ""
    )
    timed = recent.pushes_timed >= MIN_TIMED and (recent.hour_share or 0) >= _USUAL
    hour = translate("{hour} 点档", hour=recent.hour) if timed else ""
    when = " ".join(part for part in (day, hour) if part)
    often = (
        translate("天天发")
        if recent.pushes_per_week >= _DAILY
        else translate("每周 {rate:.1f} 次", rate=recent.pushes_per_week)
    )
    template = "{often}，多在 {when}" if when[:1].isdigit() else "{often}，多在{when}"
    yield translate(template, often=often, when=when) if when else often


def _looks(account: AccountSummary) -> Iterator[str]:
    layout = account.layout
    if layout and layout.enough and layout.font_size_px:
        yield translate(
            "正文 {size:g} px，一篇 {images:.0f} 张图",
            size=layout.font_size_px,
            images=layout.images,
        )
