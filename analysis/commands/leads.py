"""The command about where articles lead their readers: leads."""

from __future__ import annotations

from typing import Annotated, Any

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
    echo_err,
    frame_rows,
    show_rows,
    store_at,
    window,
)

__all__ = ["app"]

app = typer.Typer()

_COUNTED = {
    "account": "账号",
    "account_id": "账号编号",
    "kind": "去向",
    "n": "篇数",
    "bodies": "n（有正文）",
    "share": "占比",
    "words": "依据",
    "hosts": "网址",
    "titles": "例文",
    "examples": "链接",
}
_COUNTED_TABLE = ("account", "kind", "n", "bodies", "share", "words", "hosts")
_ARTICLES = {
    "account": "账号",
    "account_id": "账号编号",
    "published_at": "发布时间",
    "title": "标题",
    "kind": "去向",
    "words": "依据",
    "host": "网址",
    "url": "链接",
    "article_id": "文章编号",
}
_ARTICLES_TABLE = ("account", "published_at", "title", "kind", "words", "host", "url")


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
    begin, end = window(since, until)
    with store_at(store) as opened:
        held = load_articles(opened, accounts=account, since=begin, until=end)
        found = load_leads(opened, accounts=account, on_progress=echo_err)
    if articles:
        joined = held[
            ["article_id", "account", "account_id", "published_at", "title", "url"]
        ].merge(found, on="article_id")
        frame, columns, table = joined, _ARTICLES, _ARTICLES_TABLE
    else:
        frame, columns, table = count_leads(found, held), _COUNTED, _COUNTED_TABLE
    show_rows(
        frame_rows(frame, columns),
        columns,
        {key: columns[key] for key in table},
        worded=_worded,
        format=format,
        output=output,
        force=force,
    )
    echo_err(
        f"看的是有正文的 {int(held['article_id'].isin(found['article_id']).sum())} 篇；"
        "只画在图片里的看不到"
    )


def _worded(row: dict[str, Any]) -> dict[str, Any]:
    from analysis.content.leads import KINDS

    shown = row | {"kind": KINDS.get(row["kind"] or "", "没有")}
    return (
        shown | {"share": "样本不足" if row["share"] is None else f"{row['share']:.0%}"}
        if "share" in row
        else shown
    )
