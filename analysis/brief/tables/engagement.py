"""Reads and rates of each account, from imported counts; and where its articles lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.brief.sections.engagement import AccountReads, Engagement, Rate, ReadsGroup
from analysis.brief.sections.leads import Lead, Leading
from analysis.brief.summary import AccountSummary
from analysis.brief.tables.cells import (
    account_row,
    heading,
    number_cell,
    number_heading,
    sample_cell,
    span_parts,
    wide_cell,
)
from analysis.evidence import MIN_ARTICLES
from analysis.report.phrases import article_link, date_span
from analysis.report.rich_text import (
    NEW_LINE,
    Content,
    element,
    faint,
    isolated,
    join,
    rich,
    small,
    unbroken,
)
from analysis.report.safe_text import clamp
from analysis.report.tables import Table, TableCell, TableHeading, TablePart, TableRow, sort_value
from analysis.report.translation import translate, translate_phrase
from analysis.report.value_formats import format_count, format_decimal, format_percent

__all__ = ["tabulate_engagement", "tabulate_leads"]

_POSITIONS_SHOWN = 4
_LEAST_LED = 0.02  # the share of articles below which a way readers are led is not listed
_HOSTS_SHOWN = 2
_EXAMPLES_SHOWN = 2


def tabulate_engagement(
    engagement: Engagement | None, accounts: Sequence[AccountSummary]
) -> Table | None:
    """Reads by place, rates and index of the accounts with imported counts; None without any."""
    if engagement is None:
        return None
    headings = (
        heading("公众号"),
        number_heading("阅读中位数"),
        heading("各位置阅读中位数"),
        number_heading("点赞/阅读"),
        number_heading("在看/阅读"),
        number_heading("转发/阅读"),
        TableHeading("WCI", numeric=True),
        heading("n、时间"),
    )
    rows = tuple(
        account_row(account, *_reads_cells(engagement.accounts[account.account_id]))
        for account in accounts
        if account.account_id in engagement.accounts
    )
    return Table(rich("互动"), headings, rows)


def _reads_cells(counted: AccountReads) -> tuple[TableCell, ...]:
    reads = counted.reads
    basis = TableCell(
        small(_reads_sample(reads), NEW_LINE, date_span(counted.first, counted.last)),
        translate("n、时间"),
        reads.n,
        style="full basis",
        parts=(TablePart("n", reads.n), *span_parts(counted.first, counted.last)),
    )
    if reads.median is None:
        few = faint(rich("样本不足：这个年龄有阅读数的只有 {n} 篇", n=reads.n))
        return (TableCell(few, translate("阅读"), columns=6), basis)
    middle = small(
        _bounded(reads.q1, reads.q1_at_least), "–", _bounded(reads.q3, reads.q3_at_least)
    )
    median = _bounded(reads.median, reads.median_at_least)
    index = counted.indices[0].value if counted.indices else None
    return (
        number_cell("阅读中位数", (median, NEW_LINE, middle), reads.median),
        wide_cell("各位置", _reads_by_position(counted.slots)),
        _rate_cell("点赞/阅读", "like", counted.rates),
        _rate_cell("在看/阅读", "wow", counted.rates),
        _rate_cell("转发/阅读", "share", counted.rates),
        TableCell(_index(counted), "WCI", sort_value(index), numeric=True),
        basis,
    )


def _reads_sample(reads: ReadsGroup) -> Content:
    censored = (
        rich("，{n_censored} 篇 10万+", n_censored=format_count(reads.n_censored))
        if reads.n_censored
        else ""
    )
    left_out = format_count(reads.left_out)
    return (rich("{n:,} 篇，另有 {left_out} 篇没有数", n=reads.n, left_out=left_out), censored)


def _bounded(value: float | None, at_least: bool) -> str:
    """A count, with ≥ where it is only known to be as large."""
    return ("≥" if at_least else "") + format_count(value or 0)


def _reads_by_position(positions: Sequence[ReadsGroup]) -> Content:
    if not positions:
        return faint(rich("不知道位置"))
    return join(map(_position_reads, positions[:_POSITIONS_SHOWN]), "　")


def _position_reads(position: ReadsGroup) -> Content:
    median = (
        faint(rich("样本不足"))
        if position.median is None
        else _bounded(position.median, position.median_at_least)
    )
    return unbroken(translate_phrase(position.name), " ", median)


def _rate_cell(label: str, metric: str, rates: Sequence[Rate]) -> TableCell:
    rate = next((rate for rate in rates if rate.metric == metric), None)
    if rate is None:
        return number_cell(label, faint(rich("没有")), "")
    if rate.median is None or rate.low is None or rate.high is None:
        return number_cell(label, faint(rich("样本不足，{n} 篇", n=rate.n)), "")
    interval = small(f"{rate.low * 100:.2f}–{rate.high * 100:.2f}")
    return number_cell(label, (f"{rate.median * 100:.2f}%", NEW_LINE, interval), rate.median)


def _index(counted: AccountReads) -> Content:
    if not counted.indices:
        return faint(rich("算不了"))
    index = counted.indices[0]
    value = ("≥" if index.at_least else "") + format_decimal(index.value)
    return (value, NEW_LINE, small(translate_phrase(index.version)))


def tabulate_leads(
    leading: Mapping[str, Leading], accounts: Sequence[AccountSummary]
) -> Table | None:
    """Where the accounts with enough bodies lead their readers; None without any."""
    headings = (
        heading("公众号"),
        heading("去向，占有正文的文章"),
        heading("阅读原文和外部网址"),
        heading("例文"),
        number_heading("n（篇有正文）"),
    )
    led = [(account, leading.get(account.account_id)) for account in accounts]
    rows = tuple(
        _leads_row(account, leads)
        for account, leads in led
        if leads and leads.bodies >= MIN_ARTICLES
    )
    return Table(rich("把读者带去哪里"), headings, rows, style="stack") if rows else None


def _leads_row(account: AccountSummary, leading: Leading) -> TableRow:
    ways = [lead for lead in leading.leads if (lead.share or 0) >= _LEAST_LED]
    return account_row(
        account,
        wide_cell("去向", join(map(_way, ways), "　") or faint(rich("没有看出"))),
        wide_cell("网址", _hosts(leading.leads)),
        wide_cell("例文", _led_examples(ways)),
        sample_cell("n（篇有正文）", leading.bodies, account),
    )


def _way(lead: Lead) -> Content:
    card: Content = ""
    if lead.kind == "card" and lead.words:
        more = rich("等") if len(lead.words) > 1 else ""
        card = (rich("（"), isolated(lead.words[0], 12), more, rich("）"))
    share = format_percent(lead.share or 0)
    return unbroken(translate_phrase(lead.name), card, " ", share)


def _hosts(leads: Sequence[Lead]) -> Content:
    linking = [lead for lead in leads if lead.kind in ("source", "site")]
    hosts = dict.fromkeys(host for lead in linking for host in lead.hosts[:_HOSTS_SHOWN])
    if not hosts:
        return faint("—")
    return join((element("bdi", clamp(host, 32), style="date") for host in hosts), NEW_LINE)


def _led_examples(leads: Sequence[Lead]) -> Content:
    away = [lead for lead in leads if lead.kind not in ("follow", "articles") and lead.examples]
    if not away:
        return faint("—")
    return tuple(
        (
            small(rich("{name}：", name=translate_phrase(lead.name))),
            article_link(lead.examples[0], 20),
            NEW_LINE,
        )
        for lead in away[:_EXAMPLES_SHOWN]
    )
