"""The command for content columns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    analysing,
    check_format,
    clustered,
    echo_err,
    frame_rows,
    show_rows,
    window,
)
from analysis.labels import COLUMN_STATUS_NAMES, WEEKDAYS

if TYPE_CHECKING:
    import pandas as pd

    from analysis.group import AccountGroup

__all__ = ["app"]

app = typer.Typer()

_COLUMNS = {
    "account": "账号",
    "account_id": "账号编号",
    "content_column": "栏目",
    "kind": "依据",
    "n": "篇数",
    "share": "占比",
    "slot": "位置",
    "slot_share": "在此位置",
    "weekday": "星期",
    "weekday_share": "在这天",
    "hour": "钟点",
    "hour_share": "在这个钟点",
    "n_timed": "有钟点的篇数",
    "interval_days": "间隔（天）",
    "interval_iqr_days": "间隔四分位距",
    "adherence": "到期必发",
    "due": "应发期数",
    "first": "第一篇",
    "last": "最近一篇",
    "status": "状态",
    "silent_days": "停了几天",
    "strength": "把握",
    "n_reposted": "重发",
    "chars": "字数中位",
    "images": "图数中位",
    "n_bodies": "有正文的篇数",
    "reads_ratio": "阅读比全号",
    "n_reads": "有阅读数的篇数",
    "examples": "例文",
    "column_id": "栏目编号",
}
_TABLE = (
    "account",
    "content_column",
    "kind",
    "n",
    "share",
    "slot",
    "weekday",
    "hour",
    "interval_days",
    "adherence",
    "first",
    "last",
    "status",
    "strength",
    "column_id",
)
_ARTICLES = {
    "account": "账号",
    "account_id": "账号编号",
    "published_at": "发布时间",
    "title": "标题",
    "content_column": "栏目",
    "kind": "依据",
    "strength": "把握",
    "url": "链接",
    "column_id": "栏目编号",
    "article_id": "文章编号",
}
_KINDS = {
    "album": "合集",
    "marker": "标记",
    "suffix": "结尾",
    "series": "连载",
    "slot": "固定位置",
    "formula": "句式",
    "theme": "主题",
}


@app.command()
@clustered
def columns(
    account: AccountOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    store: StoreOption = DEFAULT_STORE,
    articles: Annotated[
        bool, typer.Option("--articles", help="一行一篇文章，而不是一行一个栏目")
    ] = False,
    themes: Annotated[
        bool,
        typer.Option(
            "--themes", help="栏目之外也列出主题：没有标记、只是写得像的一组文章，不算栏目"
        ),
    ] = False,
    edits: Annotated[
        Path | None,
        typer.Option(
            "--edits", help="改名、合并、拆分、固定栏目的 TOML 文件；默认用存储旁边的 columns.toml"
        ),
    ] = None,
    format: FormatOption = "table",
    output: OutOption = None,
    force: ForceOption = False,
) -> None:
    """每个账号有哪些栏目：依据、篇数、位置、节奏、是否还在更。没把握的文章不归栏。"""
    from analysis.group import AccountGroup

    check_format(format)
    begin, end = window(since, until)
    with analysing(store) as opened:
        group = AccountGroup(
            opened, accounts=account, since=begin, until=end, edits=edits, themes=articles or themes
        )
        for edit in group.idle_edits:
            echo_err(f"columns.toml：{edit} 没有找到对应的栏目或文章，没有改动")
        headings = _ARTICLES if articles else _COLUMNS
        frame = group.column_articles if articles else _with_links(group)
    rows = frame_rows(frame, headings)
    table = {
        key: headings[key]
        for key in (headings if articles else _TABLE)
        if key not in ("account_id", "article_id")
    }
    show_rows(rows, headings, table, worded=_show, format=format, output=output, force=force)


def _with_links(group: AccountGroup) -> pd.DataFrame:
    """The columns' figures, examples as links."""
    import pandas as pd

    links = dict(zip(group.articles["article_id"], group.articles["url"], strict=True))
    examples = [
        [links[article_id] for article_id in article_ids if isinstance(links[article_id], str)]
        for article_ids in group.columns_and_themes["examples"]
    ]
    return group.columns_and_themes.assign(examples=pd.Series(examples, dtype="object"))


def _show(row: dict[str, object]) -> dict[str, object]:
    """A row as the table words it."""
    weekday, kind, status = row.get("weekday"), row["kind"], row.get("status")
    shown: dict[str, object] = {
        "kind": _KINDS.get(str(kind), ""),
        "status": COLUMN_STATUS_NAMES.get(str(status), "样本不足"),
        "content_column": row["content_column"] or "未归栏",
    }
    if isinstance(weekday, int):
        shown["weekday"] = WEEKDAYS[weekday]
    return row | shown
