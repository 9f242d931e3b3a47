"""The command that lists all articles in one table: articles."""

from __future__ import annotations

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
    frame_rows,
    show_rows,
    store_at,
    window,
)

__all__ = ["app"]

app = typer.Typer()


@app.command()
def articles(
    account: AccountOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    store: StoreOption = DEFAULT_STORE,
    format: FormatOption = "table",
    output: OutOption = None,
    force: ForceOption = False,
) -> None:
    """一张干净的总表：所有账号的文章，完整标题和链接。-o 可写 CSV、JSON、XLSX、Parquet。"""
    from analysis.frames import load_articles

    check_format(format)
    begin, end = window(since, until)
    with store_at(store) as opened:
        frame = load_articles(opened, accounts=account, since=begin, until=end)
        origins = opened.article_origins()
    frame["sources"] = [origins.get(article_id, []) for article_id in frame["article_id"]]
    view = load_view("articles", "articles")
    rows = frame_rows(frame, view.columns)
    show_rows(rows, view, format_row=dict, format=format, output=output, force=force)
