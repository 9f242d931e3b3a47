"""How each account lays its articles out."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.brief.sections.layout import Counted, Layout
from analysis.brief.summary import AccountSummary
from analysis.brief.tables.cells import (
    account_row,
    heading,
    number_cell,
    number_heading,
    sample_cell,
    span_cell,
    wide_cell,
)
from analysis.report.rich_text import NEW_LINE, Content, faint, join, rich, small, unbroken
from analysis.report.tables import Table, TableCell, TableRow, sort_value
from analysis.report.translation import translate, translate_phrase
from analysis.report.value_formats import (
    format_count,
    format_decimal,
    format_hundredth,
    format_percent,
    format_px,
    name_align,
)

__all__ = ["tabulate_layout"]


def tabulate_layout(accounts: Sequence[AccountSummary]) -> Table | None:
    """The layout of the accounts with enough bodies; None without any."""
    headings = (
        heading("公众号"),
        number_heading("正文字号"),
        heading("对齐"),
        number_heading("图/千字"),
        number_heading("字/篇"),
        number_heading("模板"),
        number_heading("一致度"),
        heading("制作工具"),
        heading("固定部分"),
        heading("有正文的时间"),
        number_heading("n（篇）"),
    )
    rows = tuple(
        _layout_row(account, account.layout)
        for account in accounts
        if account.layout and account.layout.enough
    )
    return Table(rich("排版"), headings, rows) if rows else None


def _layout_row(account: AccountSummary, layout: Layout) -> TableRow:
    same = rich(
        "{same_size_share} 用它", same_size_share=format_percent(layout.same_size_share or 0)
    )
    size = (f"{format_px(layout.font_size_px or 0)} px", NEW_LINE, small(unbroken(same)))
    align = f"{name_align(layout.text_align)} {format_percent(layout.align_share or 0)}"
    images = small(rich("{images} 张/篇", images=format_px(layout.images)))
    per_1000 = layout.images_per_1000
    templates = len(layout.templates)
    consistency = layout.consistency
    return account_row(
        account,
        number_cell("正文字号", size, layout.font_size_px),
        TableCell(align, translate("对齐"), layout.text_align),
        number_cell("图/千字", (format_decimal(per_1000 or 0), NEW_LINE, images), per_1000),
        number_cell("字/篇", format_count(layout.chars), layout.chars),
        number_cell("模板", rich("{templates} 套", templates=templates), templates),
        number_cell(
            "一致度",
            faint(rich("样本不足")) if consistency is None else format_hundredth(consistency),
            sort_value(consistency),
        ),
        wide_cell(
            "制作工具", _counted(layout.editors, 3) if layout.editors else faint(rich("没有痕迹"))
        ),
        wide_cell("固定部分", small(_fixed_parts(layout))),
        span_cell("有正文的时间", layout.first, layout.last),
        sample_cell("n（篇）", layout.n_text, account, first=layout.first, last=layout.last),
    )


def _fixed_parts(layout: Layout) -> Content:
    lead_ins, newspaper = _counted(layout.lead_ins, 3), _counted(layout.newspaper, 2)
    return (
        _counted(layout.parts, 5) if layout.parts else rich("没有"),
        (NEW_LINE, rich("引流：{names}", names=lead_ins)) if layout.lead_ins else "",
        (NEW_LINE, rich("报纸味：{names}", names=newspaper)) if layout.newspaper else "",
    )


def _counted(parts: Sequence[Counted], most: int) -> Content:
    shares = [
        f"{translate_phrase(part.name)} {format_percent(part.share)}" for part in parts[:most]
    ]
    return join(shares, rich("，"))
