"""Who is compared: every account with what was collected of it, those with too little, what each
lacks, and what came since an earlier brief.
"""

from __future__ import annotations

from collections.abc import Sequence

from analysis.brief.changes import AccountSince
from analysis.brief.sections.cadence import Cadence
from analysis.brief.sections.sending import Sending
from analysis.brief.summary import AccountSummary
from analysis.brief.tables.cells import (
    account_parts,
    account_row,
    heading,
    linked_account,
    number_cell,
    number_heading,
    part,
    span_cell,
)
from analysis.report.phrases import article_link, coverage_of
from analysis.report.rich_text import (
    BREAK,
    NEW_LINE,
    Content,
    faint,
    isolated,
    join,
    rich,
    small,
    to_text,
)
from analysis.report.safe_text import clamp
from analysis.report.tables import Table, TableCell, TableRow, sort_value
from analysis.report.translation import translate
from analysis.report.value_formats import format_count, format_day, format_decimal, translate_each

__all__ = ["tabulate_accounts", "tabulate_few", "tabulate_missing", "tabulate_since"]


def tabulate_since(accounts: Sequence[AccountSince]) -> Table | None:
    """What was collected since the earlier brief; None where no account is in both."""
    headings = (
        heading("公众号"),
        heading("上次收录到"),
        number_heading("收录"),
        number_heading("之后推送"),
        number_heading("补收的推送"),
        number_heading("推送/周"),
    )
    rows = tuple(_since_row(change) for change in accounts)
    return Table(rich("和上次比"), headings, rows) if rows else None


def _since_row(change: AccountSince) -> TableRow:
    account = change.account
    since = format_day(change.since) if change.since else None
    before = format_count(change.articles_before)
    collected = rich("{articles_before} → {n:,} 篇", articles_before=before, n=account.articles)
    pushes = rich("{pushes_since} 次", pushes_since=format_count(change.pushes_since))
    return account_row(
        account,
        TableCell(
            since or rich("没有日期"),
            translate("上次收录到"),
            sort_value(since),
            parts=(part("", change.since),),
        ),
        number_cell("收录", collected, account.articles - change.articles_before),
        number_cell("之后推送", pushes, change.pushes_since),
        number_cell("补收的推送", _filled_in(change.pushes_filled_in), change.pushes_filled_in),
        number_cell("推送/周", _rates(change), sort_value(change.pushes_per_week_since)),
    )


def _filled_in(pushes: int) -> Content:
    if pushes < 0:
        return rich("少了 {pushes_filled_in} 次", pushes_filled_in=pushes)
    return rich("{pushes_filled_in} 次", pushes_filled_in=format_count(pushes))


def _rates(change: AccountSince) -> Content:
    before, since = change.pushes_per_week_before, change.pushes_per_week_since
    earlier = (
        rich("上次 {pushes_per_week_before}，", pushes_per_week_before=format_decimal(before))
        if before is not None
        else ""
    )
    if since is None:
        return (earlier, faint(rich("之后样本不足")))
    now = rich("之后 {pushes_per_week_since}", pushes_per_week_since=format_decimal(since))
    return (earlier, now)


def tabulate_accounts(accounts: Sequence[AccountSummary]) -> Table | None:
    """The accounts that carry conclusions, and the own one."""
    headings = (
        heading("公众号"),
        heading("品牌"),
        number_heading("收录"),
        heading("文章时间"),
        number_heading("覆盖率"),
        heading("覆盖率怎么来的"),
    )
    rows = tuple(_account_row(account) for account in accounts if account.enough or account.own)
    return Table(rich("对比了谁"), headings, rows) if rows else None


def _account_row(account: AccountSummary) -> TableRow:
    signature = (NEW_LINE, small(isolated(account.signature, 40))) if account.signature else ""
    brand = isolated(account.brand, 20) if account.brand else faint("—")
    undated = (
        (NEW_LINE, small(rich("{n:,} 篇没有日期", n=account.undated))) if account.undated else ""
    )
    basis = clamp(translate_each(account.basis) or translate("没有依据"), 120)
    cells = (
        TableCell(brand, translate("品牌")),
        number_cell("收录", (_articles(account), undated), account.articles),
        span_cell("文章时间", account.first, account.last),
        number_cell("覆盖率", coverage_of(account), sort_value(account.coverage)),
        TableCell(small(basis), translate("覆盖率怎么来的")),
    )
    signed = part("简介", account.signature and to_text(isolated(account.signature, 200)))
    parts = (*account_parts(account.account, account.role), signed)
    title = (linked_account(account, account.place), signature)
    return TableRow(title, cells, "own" if account.own else "", parts)


def _articles(account: AccountSummary) -> Content:
    return rich("{n:,} 篇", n=account.articles)


def tabulate_few(accounts: Sequence[AccountSummary]) -> Table | None:
    """The accounts with too few articles for a conclusion, but for the own one."""
    few = [account for account in accounts if not account.enough and not account.own]
    headings = (
        heading("公众号"),
        number_heading("收录"),
        heading("文章时间"),
        heading("覆盖率"),
        heading("最近的文章"),
    )
    rows = tuple(_few_row(account) for account in few)
    place = rich("样本不足的账号（{small} 个）", small=len(few))
    return Table(place, headings, rows, style="compact sortable") if rows else None


def _few_row(account: AccountSummary) -> TableRow:
    basis = (
        small(rich("：{basis}", basis=clamp(translate_each(account.basis), 60)))
        if account.basis
        else ""
    )
    latest = join(map(article_link, account.latest), BREAK) or faint(rich("没有标题"))
    cells = (
        TableCell(_articles(account), value=account.articles, numeric=True),
        span_cell(None, account.first, account.last),
        TableCell((coverage_of(account), basis), value=sort_value(account.coverage)),
        TableCell(latest),
    )
    return account_row(account, *cells)


def tabulate_missing(accounts: Sequence[AccountSummary]) -> Table | None:
    """What is missing in the articles of each account that carries conclusions."""
    headings = (
        heading("公众号"),
        number_heading("n（篇）"),
        number_heading("没有日期"),
        number_heading("只知道日期"),
        number_heading("没有位置"),
        number_heading("没有标题"),
        number_heading("没有正文"),
        heading("文章时间"),
    )
    rows = tuple(
        _missing_row(account, account.cadence, account.sending)
        for account in accounts
        if account.enough and account.cadence and account.sending
    )
    return Table(rich("每个账号缺什么"), headings, rows) if rows else None


def _missing_row(account: AccountSummary, cadence: Cadence, sending: Sending) -> TableRow:
    untimed = cadence.pushes - cadence.pushes_timed
    measured = account.layout.n if account.layout else 0
    pushes = (format_count(untimed), rich(" 次推送") if untimed else "")
    return account_row(
        account,
        number_cell("n（篇）", format_count(account.articles), account.articles),
        _count_cell("没有日期", account.undated),
        number_cell("只知道日期", pushes, untimed),
        _count_cell("没有位置", sending.articles - sending.placed),
        _count_cell("没有标题", account.articles - len(account.listed)),
        _count_cell("没有正文", account.articles - measured),
        span_cell("文章时间", account.first, account.last),
    )


def _count_cell(label: str, count: int) -> TableCell:
    return number_cell(label, format_count(count), count)
