"""The command that lists all articles in one table: articles."""

from __future__ import annotations

import typer

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

_COLUMNS = {
    "account": "账号",
    "account_id": "账号编号",
    "published_at": "发布时间",
    "time_precision": "时间精度",
    "title": "标题",
    "url": "链接",
    "push_id": "推送",
    "position": "位置",
    "kind": "类型",
    "original": "原创",
    "author": "作者",
    "digest": "摘要",
    "albums": "合集",
    "status": "状态",
    "sources": "来源",
    "article_id": "文章编号",
}
_TABLE = ("account", "published_at", "position", "title", "kind", "status", "sources", "url")


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
    rows = frame_rows(frame, _COLUMNS)
    table = {key: _COLUMNS[key] for key in _TABLE}
    show_rows(rows, _COLUMNS, table, worded=dict, format=format, output=output, force=force)
