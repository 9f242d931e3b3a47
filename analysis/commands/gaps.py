"""The command about what rivals run and the own account does not, and who was first: gaps."""

from __future__ import annotations

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
    window,
)
from analysis.commands.rivals import show_rivals

if TYPE_CHECKING:
    import pandas as pd

    from analysis.group import AccountGroup

__all__ = ["app"]

app = typer.Typer()

_GAPS = {
    "level": "类别",
    "name": "栏目或主题",
    "accounts": "几家在做",
    "names": "谁在做",
    "n": "篇数",
    "per_month": "每月篇数",
    "interval_days": "间隔（天）",
    "running": "在更的",
    "first": "第一篇",
    "last": "最近一篇",
    "why": "为什么算",
    "own_articles": "自己像的篇数",
    "nearest": "对面最像的",
    "nearest_alike": "有多像",
    "columns": "各家叫法",
    "account_ids": "账号编号",
    "examples": "例文",
}
_GAPS_TABLE = (
    "level",
    "name",
    "accounts",
    "names",
    "n",
    "per_month",
    "interval_days",
    "first",
    "last",
    "why",
    "own_articles",
)
_OVERLAPS = {
    "overlap_id": "组",
    "kind": "类别",
    "n_accounts": "几家",
    "account": "账号",
    "account_id": "账号编号",
    "published_at": "发布时间",
    "time_precision": "时间精度",
    "title": "标题",
    "first": "最早",
    "behind_hours": "晚几小时",
    "behind_days": "晚几天",
    "repost": "声明转载",
    "similarity": "相似",
    "url": "链接",
    "article_id": "文章编号",
}
_OVERLAPS_TABLE = (
    "overlap_id",
    "kind",
    "account",
    "published_at",
    "title",
    "first",
    "behind_hours",
    "behind_days",
    "repost",
    "similarity",
)


@app.command()
@clustered
def gaps(
    show: Annotated[
        str,
        typer.Option(
            "--show", help="gaps：对手有、自己没有；own：只有自己有；overlap：同文和同题，谁先发"
        ),
    ] = "gaps",
    account: AccountOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    store: StoreOption = DEFAULT_STORE,
    format: FormatOption = "table",
    output: OutOption = None,
    force: ForceOption = False,
) -> None:
    """对手都做、自己没做的栏目和主题，只有自己在做的，以及同一篇、同一题谁先发。"""
    from analysis.group import AccountGroup

    check_format(format)
    if show not in ("gaps", "own", "overlap"):
        raise typer.BadParameter(f"{show!r} 不行；可以用 gaps、own、overlap", param_hint="--show")
    begin, end = window(since, until)
    with analysing(store) as opened:
        group = AccountGroup(opened, accounts=account, since=begin, until=end)
        if show == "overlap":
            frame = group.overlaps
        else:
            frame = _gaps_with_links(group, "missing" if show == "gaps" else "own only")
        has_own = not group.own_ids.isdisjoint(group.articles["account_id"])
    if show != "overlap" and not has_own:
        echo_err(
            '没有标明哪个是自己的账号，不比缺什么：在账号文件里给它写上 role = "own"，--account '
            "也要带上它"
        )
    columns = _OVERLAPS if show == "overlap" else _GAPS
    table: tuple[str, ...] = _OVERLAPS_TABLE if show == "overlap" else _GAPS_TABLE
    show_rivals(frame, columns, table, format=format, output=output, force=force)


def _gaps_with_links(group: AccountGroup, side: str) -> pd.DataFrame:
    """The gaps of one side, their examples as links."""
    import pandas as pd

    gaps = group.gaps[group.gaps["side"] == side].reset_index(drop=True)
    links = dict(zip(group.articles["article_id"], group.articles["url"], strict=True))
    examples = [
        [links[key] for key in keys if isinstance(links.get(key), str)] for keys in gaps["examples"]
    ]
    return gaps.assign(examples=pd.Series(examples, dtype="object"))
