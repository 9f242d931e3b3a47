"""What each account's articles are for, and how it writes their titles."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.brief.sections.words import Purposes, Titles, Word
from analysis.brief.summary import AccountSummary
from analysis.brief.tables.cells import (
    account_row,
    heading,
    number_cell,
    number_heading,
    sample_cell,
    wide_cell,
)
from analysis.content.audience import DEMAND, NEEDS
from analysis.report.rich_text import (
    NEW_LINE,
    Content,
    faint,
    isolated,
    join,
    rich,
    small,
    unbroken,
)
from analysis.report.tables import Table, TableCell, TableHeading, TableRow, sort_value
from analysis.report.translation import translate, translate_phrase
from analysis.report.value_formats import format_count, format_percent

__all__ = ["tabulate_needs", "tabulate_purposes", "tabulate_titles"]


def tabulate_purposes(accounts: Sequence[AccountSummary]) -> Table | None:
    """What the articles of the accounts that carry conclusions are for."""
    headings = (
        heading("公众号"),
        heading("最多的几种"),
        number_heading("自说自话"),
        number_heading("服务读者"),
        number_heading("不确定"),
        number_heading("n（篇）"),
    )
    enough = [account for account in accounts if account.enough]
    rows = tuple(_purposes_row(account, account.purposes) for account in enough if account.purposes)
    return Table(rich("文章是做什么用的"), headings, rows) if enough else None


def _purposes_row(account: AccountSummary, purposes: Purposes) -> TableRow:
    mix = [
        f"{translate_phrase(part.purpose)} {format_percent(part.share or 0)}"
        for part in purposes.mix
    ]
    news = format_percent(purposes.news_n / purposes.articles)
    own_news = small(rich("自家新闻 {share}", share=news))
    unsure = purposes.unsure / purposes.articles
    return account_row(
        account,
        wide_cell("最多的几种", join(mix, rich("，")) or faint(rich("都不确定"))),
        number_cell(
            "自说自话",
            (format_percent(purposes.self_share or 0), NEW_LINE, own_news),
            purposes.self_share,
        ),
        _share_cell("服务读者", purposes.reader_share),
        _share_cell("不确定", unsure),
        sample_cell("n（篇）", purposes.articles, account),
    )


def _share_cell(label: str, share: float | None) -> TableCell:
    return number_cell(label, format_percent(share or 0), share)


def tabulate_needs(accounts: Sequence[AccountSummary]) -> Table | None:
    """What readers follow accounts for, as the survey has it, beside the share of each account's
    articles that serves it.
    """
    headings = (
        heading("公众号"),
        *(TableHeading(translate_phrase(need), numeric=True) for need in NEEDS),
        number_heading("n（篇）"),
    )
    rows = tuple(
        _needs_row(account, account.purposes)
        for account in accounts
        if account.enough and account.purposes and account.purposes.self_share is not None
    )
    asked = tuple(
        number_cell(need, "—" if share is None else format_percent(share), sort_value(share))
        for need, share in DEMAND.items()
    )
    survey = TableRow(
        rich("读者为什么关注（约 2014 年）"), (*asked, number_cell("n（篇）", "—", "")), "median"
    )
    return Table(rich("读者要什么，他们给什么"), headings, (*rows, survey)) if rows else None


def _needs_row(account: AccountSummary, purposes: Purposes) -> TableRow:
    shares = purposes.needs.set_index("need")["share"]
    cells = (_share_cell(need, float(shares.get(need, 0))) for need in NEEDS)
    return account_row(account, *cells, sample_cell("n（篇）", purposes.articles, account))


def tabulate_titles(accounts: Sequence[AccountSummary]) -> Table | None:
    """How the accounts that carry conclusions write their titles."""
    headings = (
        heading("公众号"),
        number_heading("字数"),
        number_heading("带数字"),
        number_heading("提问"),
        number_heading("教方法"),
        number_heading("清单"),
        number_heading("追热点"),
        number_heading("标题党信号"),
        heading("和别家比特别爱用的词"),
        number_heading("n（篇）"),
    )
    enough = [account for account in accounts if account.enough]
    rows = tuple(_titles_row(account, account.titles) for account in enough if account.titles)
    return Table(rich("标题怎么写"), headings, rows) if enough else None


def _titles_row(account: AccountSummary, titles: Titles) -> TableRow:
    basis = sample_cell("n（篇）", titles.titles, account)
    if titles.length_median is None:
        few = faint(rich("样本不足：有标题的只有 {n} 篇", n=titles.titles))
        return account_row(account, TableCell(few, translate("标题"), columns=8), basis)
    middle = f"{format_count(titles.length_q1 or 0)}–{format_count(titles.length_q3 or 0)}"
    length = (format_count(titles.length_median), NEW_LINE, small(unbroken(middle)))
    clickbait = (format_percent(titles.clickbait_share or 0), _commonest_signal(titles))
    return account_row(
        account,
        number_cell("字数", length, titles.length_median),
        _share_cell("带数字", titles.with_digits_share),
        _share_cell("提问", titles.question_share),
        _share_cell("教方法", titles.how_to_share),
        _share_cell("清单", titles.list_share),
        _share_cell("追热点", titles.chasing_share),
        number_cell("标题党信号", clickbait, titles.clickbait_share),
        wide_cell(
            "特别爱用的词", join(map(_word, titles.words), "　") or faint(rich("没有明显的"))
        ),
        basis,
    )


def _commonest_signal(titles: Titles) -> Content:
    if not titles.signals:
        return ""
    signal = titles.signals[0]
    words = isolated(translate("、").join(signal.words), 16)
    return (NEW_LINE, small(rich("{signal}：", signal=translate_phrase(signal.signal)), words))


def _word(word: Word) -> Content:
    return unbroken(isolated(word.word, 16), " ", small(f"{word.n}/{word.n_others}"))
