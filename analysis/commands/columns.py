"""The command for content columns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    analysing,
    check_format,
    check_output,
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
    check_output(output, force=force)
    begin, end = window(since, until)
    with analysing(store) as opened:
        group = AccountGroup(
            opened, accounts=account, since=begin, until=end, edits=edits, themes=articles or themes
        )
        for edit in group.idle_edits:
            echo_err(f"columns.toml：{edit} 没有找到对应的栏目或文章，没有改动")
        view = load_view("columns", "articles" if articles else "columns")
        frame = group.column_articles if articles else _with_links(group)
    rows = frame_rows(frame, view.columns)
    show_rows(rows, view, format_row=_format_row, format=format, output=output, force=force)


def _with_links(group: AccountGroup) -> pd.DataFrame:
    """The columns' figures, examples as links."""
    import pandas as pd

    links = dict(zip(group.articles["article_id"], group.articles["url"], strict=True))
    examples = [
        [links[article_id] for article_id in article_ids if isinstance(links[article_id], str)]
        for article_ids in group.columns_and_themes["examples"]
    ]
    return group.columns_and_themes.assign(examples=pd.Series(examples, dtype="object"))


def _format_row(row: dict[str, object]) -> dict[str, object]:
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
