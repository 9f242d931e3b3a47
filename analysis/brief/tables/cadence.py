"""How often and when each account pushes; what it sends in which place; holidays and sales."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.brief.sections.cadence import Cadence, Versus
from analysis.brief.sections.sending import EVENT_NAMES, Event, FixedSlot, Format, Sending
from analysis.brief.summary import AccountSummary
from analysis.brief.tables.cells import (
    account_row,
    heading,
    number_cell,
    number_heading,
    sample_cell,
    wide_cell,
)
from analysis.evidence import MIN_ARTICLES
from analysis.report.phrases import format_habit
from analysis.report.rich_text import (
    BREAK,
    NEW_LINE,
    Content,
    element,
    faint,
    join,
    rich,
    small,
    unbroken,
)
from analysis.report.tables import Table, TableCell, TableHeading, TableRow, sort_value
from analysis.report.translation import translate, translate_phrase
from analysis.report.value_formats import (
    format_day,
    format_decimal,
    format_percent,
    name_position,
    name_weekday,
    name_weekdays,
)

__all__ = ["tabulate_cadence", "tabulate_events", "tabulate_sending"]

_STEADY = 0.25  # the share of pushes from which a weekday or an hour is a habit
_LEAST_SHOWN = 0.01
_POSITIONS_SHOWN = 4
_KINDS_OF_DAY = {"workday": "工作日", "weekend": "周末", "holiday": "节假日"}


def tabulate_cadence(accounts: Sequence[AccountSummary]) -> Table | None:
    """How often, how regularly and when the accounts that carry conclusions push."""
    enough = [(account, account.cadence) for account in accounts if account.enough]
    measured = [(account, cadence) for account, cadence in enough if cadence]
    compared = any(cadence.versus and cadence.versus.differs is not None for _, cadence in measured)
    headings = (
        heading("公众号"),
        number_heading("推送/周"),
        *([number_heading("是自己的几倍")] if compared else []),
        number_heading("文章/周"),
        number_heading("篇/次"),
        heading("规律"),
        heading("最常在"),
        number_heading("最长没发"),
        number_heading("n（次）"),
    )
    rows = tuple(_cadence_row(account, cadence, compared=compared) for account, cadence in measured)
    return Table(rich("发文节奏"), headings, rows) if rows else None


def _cadence_row(account: AccountSummary, cadence: Cadence, *, compared: bool) -> TableRow:
    regularity = translate_phrase(cadence.regularity)
    because = small(translate_phrase(cadence.regularity_because))
    versus = cadence.versus
    ratio = versus.ratio if versus and versus.differs is not None else None
    times = "—" if account.own or not versus else _times_own(versus)
    return account_row(
        account,
        number_cell("推送/周", _push_rate(cadence), cadence.pushes_per_week),
        *([number_cell("是自己的几倍", times, sort_value(ratio))] if compared else []),
        number_cell(
            "文章/周", format_decimal(cadence.articles_per_week), cadence.articles_per_week
        ),
        number_cell("篇/次", format_decimal(cadence.articles_per_push), cadence.articles_per_push),
        wide_cell("规律", (regularity, NEW_LINE, because), regularity),
        TableCell(_usual_time(cadence), translate("最常在"), cadence.weekday_share),
        number_cell(
            "最长没发", _longest_silence(cadence), sort_value(cadence.longest_silence_days)
        ),
        sample_cell("n（次）", cadence.pushes, account, first=cadence.first, last=cadence.last),
    )


def _push_rate(cadence: Cadence) -> Content:
    low, high = cadence.pushes_per_week_low, cadence.pushes_per_week_high
    interval = (NEW_LINE, small(_range(low, high))) if low is not None else ""
    latest = [change for change in cadence.changes if change.kind == "rate"][-1:]
    since = tuple(
        (
            NEW_LINE,
            small(
                rich(
                    "{since} 起 {after}",
                    since=format_day(change.date),
                    after=format_decimal(change.after),
                )
            ),
        )
        for change in latest
    )
    return (format_decimal(cadence.pushes_per_week), interval, since)


def _range(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    return f"{format_decimal(low)}–{format_decimal(high)}"


def _times_own(versus: Versus) -> Content:
    if versus.differs is None:
        return faint(rich("样本不足"))
    ratio = format_decimal(versus.ratio) if versus.differs else faint(rich("看不出差别"))
    return (ratio, NEW_LINE, small(_range(versus.low, versus.high)))


def _usual_time(cadence: Cadence) -> Content:
    weekday = format_habit(name_weekday(cadence.weekday), cadence.weekday_share, _STEADY)
    if cadence.hour is None or cadence.hour_share is None:
        return (weekday, NEW_LINE, faint(rich("只知道日期")))
    if cadence.pushes_timed < MIN_ARTICLES:
        hour: Content = faint(rich("钟点样本不足"))
    else:
        hour = format_habit(rich("{hour} 点档", hour=cadence.hour), cadence.hour_share, _STEADY)
    untimed = cadence.pushes - cadence.pushes_timed
    left_out = (NEW_LINE, small(rich("{n} 次只知道日期，不算", n=untimed))) if untimed > 0 else ""
    return (weekday, NEW_LINE, hour, left_out)


def _longest_silence(cadence: Cadence) -> Content:
    if cadence.longest_silence_days is None or cadence.silent_from is None:
        return "—"
    since = unbroken(rich("{silent_from} 起", silent_from=format_day(cadence.silent_from)))
    return (rich("{n:,} 天", n=round(cadence.longest_silence_days)), NEW_LINE, small(since))


def tabulate_sending(accounts: Sequence[AccountSummary]) -> Table | None:
    """Which formats the accounts that carry conclusions send, in which places of a push."""
    headings = (
        heading("公众号"),
        heading("形式（近半年）"),
        heading("每次推送有哪几条"),
        heading("固定位置"),
        number_heading("n（篇）"),
    )
    rows = tuple(_sending_row(*parts) for parts in _senders(accounts))
    return Table(rich("发什么、放哪条"), headings, rows) if rows else None


def _senders(accounts: Sequence[AccountSummary]) -> list[tuple[AccountSummary, Sending, Cadence]]:
    return [
        (account, account.sending, account.cadence)
        for account in accounts
        if account.enough and account.sending and account.cadence
    ]


def _sending_row(account: AccountSummary, sending: Sending, cadence: Cadence) -> TableRow:
    return account_row(
        account,
        wide_cell("形式（近半年）", _formats(sending), sending.formats[0].share),
        wide_cell("每次推送有哪几条", _positions(sending), len(sending.places)),
        wide_cell("固定位置", _fixed(sending), len(sending.fixed)),
        sample_cell("n（篇）", sending.articles, account, first=cadence.first, last=cadence.last),
    )


def _formats(sending: Sending) -> Content:
    shown = [
        kind
        for kind in sending.formats
        if kind.share >= _LEAST_SHOWN or (kind.recent_share or 0) >= _LEAST_SHOWN
    ]
    rest = (" ", small(rich("，其余不到 1%"))) if len(shown) < len(sending.formats) else ""
    return (join(map(_format, shown), rich("，")), rest)


def _format(kind: Format) -> Content:
    share = format_percent(kind.share)
    if kind.recent_share is None:
        return unbroken(translate_phrase(kind.name), " ", share)
    recent = small(rich("（{recent_share}）", recent_share=format_percent(kind.recent_share)))
    return unbroken(translate_phrase(kind.name), " ", share, " ", recent)


def _positions(sending: Sending) -> Content:
    if not sending.places:
        return faint(rich("来源没写位置"))
    shown = [
        unbroken(
            name_position(place.position),
            " ",
            format_percent(place.push_share)
            if place.push_share is not None
            else rich("{n:,} 篇", n=place.n),
        )
        for place in sending.places[:_POSITIONS_SHOWN]
    ]
    positions = join(shown, rich("，"))
    if len(sending.places) > _POSITIONS_SHOWN:
        last = small(rich("，最多到第 {places} 条", places=sending.places[-1].position))
        positions = (positions, " ", last)
    unplaced = sending.articles - sending.placed
    if not unplaced:
        return positions
    return (positions, NEW_LINE, small(rich("{n:,} 篇没有位置", n=unplaced)))


def _fixed(sending: Sending) -> Content:
    if not sending.fixed:
        return faint(rich("没有") if sending.placed else "—")
    return join(map(_fixed_slot, sending.fixed), BREAK)


def _fixed_slot(slot: FixedSlot) -> Content:
    when = rich(
        "{positions}：{weekdays} {hour} 点档",
        positions=translate("、").join(map(name_position, slot.positions)),
        weekdays=name_weekdays(slot.weekdays),
        hour=slot.hour,
    )
    sample = rich("{share} 的周都有，{n} 次", share=format_percent(slot.share), n=slot.n)
    until = rich("，到 {last}", last=format_day(slot.last)) if slot.ended else ""
    return (element("span", when, style="faint" if slot.ended else ""), " ", small(sample, until))


def tabulate_events(accounts: Sequence[AccountSummary]) -> Table | None:
    """What holidays and sales change in how often the accounts that carry conclusions push."""
    headings = (
        heading("公众号"),
        *(TableHeading(translate_phrase(name), numeric=True) for name in EVENT_NAMES),
        *map(number_heading, _KINDS_OF_DAY.values()),
        number_heading("n（次）"),
    )
    rows = tuple(_event_row(*parts) for parts in _senders(accounts))
    return Table(rich("节假日和大促"), headings, rows) if rows else None


def _event_row(account: AccountSummary, sending: Sending, cadence: Cadence) -> TableRow:
    events = {name: sending.events.get(name) for name in EVENT_NAMES}
    return account_row(
        account,
        *(_event_cell(name, event) for name, event in events.items()),
        *(_days_cell(label, sending.days_sent.get(kind)) for kind, label in _KINDS_OF_DAY.items()),
        sample_cell("n（次）", cadence.pushes, account, first=cadence.first, last=cadence.last),
    )


def _event_cell(name: str, event: Event | None) -> TableCell:
    label, ratio = translate_phrase(name), event.ratio if event else None
    return TableCell(_event(event), label, sort_value(ratio), numeric=True)


def _event(event: Event | None) -> Content:
    if event is None:
        return (faint(rich("没跨过")), " ")
    if event.ratio is None:
        rate: Content = faint(rich("样本不足"))
    elif event.pushes:
        rate = rich("{ratio} 倍", ratio=format_decimal(event.ratio))
    else:
        rate = rich("停发")
    when = rich("{first} 年，{n} 次", first=f"{event.first:%Y}", n=event.pushes)
    return (rate, NEW_LINE, small(when))


def _days_cell(label: str, days: tuple[int, float | None] | None) -> TableCell:
    share = days[1] if days else None
    if days is None:
        return number_cell(label, "—", sort_value(share))
    sent = faint(rich("样本不足")) if share is None else format_percent(share)
    return number_cell(label, sent, sort_value(share))
