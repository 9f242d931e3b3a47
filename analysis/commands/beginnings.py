"""The command about how accounts began and went on: beginnings."""

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
    echo_err,
    window,
)
from analysis.commands.rivals import show_rivals

if TYPE_CHECKING:
    import pandas as pd

    from analysis.group import AccountGroup

__all__ = ["app"]

app = typer.Typer()

_PHASES = {
    "account": "账号",
    "account_id": "账号编号",
    "phase": "第几段",
    "kind": "阶段",
    "since": "从",
    "until": "到（不含）",
    "days": "天数",
    "week_from": "第几周起",
    "week_to": "第几周止",
    "pushes": "推送",
    "pushes_per_week": "每周推送",
    "articles": "文章",
    "articles_per_push": "每次篇数",
    "n_kinds": "知道形式的篇数",
    "article_share": "图文",
    "image_share": "贴图",
    "video_share": "视频",
    "columns": "栏目个数",
    "column_share": "在栏目里",
    "started": "新开栏目",
    "started_on": "新开于",
    "dropped": "停掉栏目",
    "dropped_on": "停于",
    "hours_moved": "改时刻",
    "redesigns": "换模板",
    "n_bodies": "有正文的篇数",
    "template": "模板",
    "template_share": "模板占比",
    "font_size_px": "正文字号",
    "images": "每篇图片",
}
_PHASES_TABLE = (
    "account",
    "phase",
    "kind",
    "since",
    "days",
    "pushes",
    "pushes_per_week",
    "articles_per_push",
    "columns",
    "started",
    "dropped",
    "redesigns",
)
_BEGAN = {
    "account": "账号",
    "account_id": "账号编号",
    "first": "收到的第一篇",
    "last": "最近一篇",
    "articles": "文章",
    "pushes": "推送",
    "held": "确是开头",
    "because": "证据",
    "against": "反证",
    "steady": "发得稳",
    "steady_because": "没稳住的原因",
    "rate_first": "第一段每周推送",
    "rate_last": "最后一段每周推送",
    "pauses": "停更几次",
    "sending": "还在发",
}
_BEGAN_TABLE = (
    "account",
    "first",
    "pushes",
    "held",
    "because",
    "against",
    "steady",
    "steady_because",
    "rate_first",
    "rate_last",
)
_SHARED = {
    "figure": "头 90 天的数字",
    "n_steady": "发得稳的账号",
    "steady_median": "发得稳的中位数",
    "n_others": "其余账号",
    "others_median": "其余的中位数",
    "p": "p（已校正）",
    "holds": "确有差别",
}


@app.command()
def beginnings(
    show: Annotated[
        str,
        typer.Option(
            "--show",
            help=(
                "phases：头 90 天和以后每一段；accounts：收到的是不是开头、发得稳不稳；shared："
                "发得稳的共同点"
            ),
        ),
    ] = "phases",
    account: AccountOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    store: StoreOption = DEFAULT_STORE,
    format: FormatOption = "table",
    output: OutOption = None,
    force: ForceOption = False,
) -> None:
    """账号怎么起步：头 90 天和以后各阶段的节奏、栏目、形式、排版；只有确实收到开头的才算起步。"""
    from analysis.group import AccountGroup
    from analysis.peers.history.steadiness import STEADY_RULE

    check_format(format)
    if show not in ("phases", "accounts", "shared"):
        raise typer.BadParameter(
            f"{show!r} 不行；可以用 phases、accounts、shared", param_hint="--show"
        )
    begin, end = window(since, until)
    with analysing(store) as opened:
        group = AccountGroup(opened, accounts=account, since=begin, until=end)
        frame = _frame_of(group, show)
    columns, table = _TABLES[show]
    show_rivals(frame, columns, table, format=format, output=output, force=force)
    if format == "table" and not output and show != "phases":
        echo_err(f"发得稳：{STEADY_RULE}")


_TABLES = {
    "phases": (_PHASES, _PHASES_TABLE),
    "accounts": (_BEGAN, _BEGAN_TABLE),
    "shared": (_SHARED, tuple(_SHARED)),
}


def _frame_of(group: AccountGroup, show: str) -> pd.DataFrame:
    if show == "phases":
        return group.phases
    if show == "shared":
        return group.steady_starts
    steady = group.steadiness.rename(columns={"because": "steady_because"})
    steady = steady.drop(columns=["account", "pushes"])
    return group.beginnings.merge(steady, on="account_id", how="left")
