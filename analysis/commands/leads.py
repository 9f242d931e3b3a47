"""The command about where articles lead their readers: leads."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from analysis.commands.headings import load_view
from analysis.commands.options import (
    DEFAULT_STORE,
    AccountOption,
    ForceOption,
    FormatOption,
    OutOption,
    SinceOption,
    StoreOption,
    UntilOption,
    check_format,
    check_output,
    echo_err,
    frame_rows,
    show_rows,
    store_at,
    window,
)

__all__ = ["app"]

app = typer.Typer()


@app.command()
def leads(
    account: AccountOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    store: StoreOption = DEFAULT_STORE,
    format: FormatOption = "table",
    output: OutOption = None,
    force: ForceOption = False,
    articles: Annotated[
        bool, typer.Option("--articles", help="每篇文章的每个去向一行，没有去向的也列出")
    ] = False,
) -> None:
    """把读者带去哪里：关注、阅读原文、小程序、二维码、商品、进群、领取……，各占多少篇。"""
    from analysis.content.leads import count_leads
    from analysis.content.load import load_leads
    from analysis.frames import load_articles

    check_format(format)
    check_output(output, force=force)
    begin, end = window(since, until)
    with store_at(store) as opened:
        loaded = load_articles(opened, accounts=account, since=begin, until=end)
        article_leads = load_leads(opened, accounts=account, on_progress=echo_err)
    if articles:
        named = loaded[["article_id", "account", "account_id", "published_at", "title", "url"]]
        frame = named.merge(article_leads, on="article_id")
    else:
        frame = count_leads(article_leads, loaded)
    view = load_view("leads", "articles" if articles else "accounts")
    show_rows(
        frame_rows(frame, view.columns),
        view,
        format_row=_format_row,
        format=format,
        output=output,
        force=force,
    )
    with_body = int(loaded["article_id"].isin(article_leads["article_id"]).sum())
    echo_err(f"看的是有正文的 {with_body} 篇；只画在图片里的看不到")


def _format_row(row: dict[str, Any]) -> dict[str, Any]:
    """The cells of a row: kinds by their names, shares in per cent."""
    from analysis.content.leads import KINDS

    cells = row | {"kind": KINDS.get(row["kind"] or "", "没有")}
    if "share" in row:
        cells["share"] = "样本不足" if row["share"] is None else f"{row['share']:.0%}"
    return cells
