"""The commands that hold rivals together: gaps (what they run and we don't, who was first) and
beginnings (how they began).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

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

if TYPE_CHECKING:
    import pandas as pd

    from analysis.peers.rivals import Rivals

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
_WORDS = {
    "column": "栏目",
    "theme": "主题",
    "three": "三家在做",
    "monthly": "每月都出",
    "same_text": "同文（正文）",
    "same_title": "同文（标题）",
    "same_topic": "同题",
    "beginning": "头 90 天",
    "run": "阶段",
    "pause": "停更",
    "number": "推送编号",
    "first issue": "第一期",
    "opening": "开张的话",
    "late issue": "连载不从头",
    "together": "一起开始",
    "limit": "篇数一样",
    "since": "起始日",
    "coverage": "收录不到一半",
    "pushes_per_week": "每周推送",
    "articles_per_push": "每次篇数",
    "columns": "栏目个数",
    "column_share": "在栏目里",
    "article_share": "图文",
    "image_share": "贴图",
    "video_share": "视频",
    "font_size_px": "正文字号",
    "images": "每篇图片",
}
_CODED = ("level", "why", "kind", "because", "against", "figure")


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
    import pandas as pd

    check_format(format)
    if show not in ("gaps", "own", "overlap"):
        raise typer.BadParameter(f"{show!r} 不行；可以用 gaps、own、overlap", param_hint="--show")
    rivals, articles, has_own = _load(store, account, since, until)
    if show == "overlap":
        _show(
            rivals.overlaps, _OVERLAPS, _OVERLAPS_TABLE, format=format, output=output, force=force
        )
        return
    if not has_own:
        echo_err(
            '没有标明哪个是自己的账号，不比缺什么：在账号文件里给它写上 role = "own"，--account '
            "也要带上它"
        )
    side = "missing" if show == "gaps" else "own only"
    frame = rivals.gaps[rivals.gaps["side"] == side].reset_index(drop=True)
    links = dict(zip(articles["article_id"], articles["url"], strict=True))
    examples = pd.Series(
        [
            [links[key] for key in keys if isinstance(links.get(key), str)]
            for keys in frame["examples"]
        ],
        dtype="object",
    )
    _show(
        frame.assign(examples=examples),
        _GAPS,
        _GAPS_TABLE,
        format=format,
        output=output,
        force=force,
    )


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
    from analysis.peers.beginnings import STEADY_RULE

    check_format(format)
    if show not in ("phases", "accounts", "shared"):
        raise typer.BadParameter(
            f"{show!r} 不行；可以用 phases、accounts、shared", param_hint="--show"
        )
    rivals, _, _ = _load(store, account, since, until)
    if show == "phases":
        _show(rivals.phases, _PHASES, _PHASES_TABLE, format=format, output=output, force=force)
    elif show == "shared":
        _show(rivals.shared, _SHARED, tuple(_SHARED), format=format, output=output, force=force)
    else:
        steady = rivals.steady.rename(columns={"because": "steady_because"})
        frame = rivals.began.merge(
            steady.drop(columns=["account", "pushes"]), on="account_id", how="left"
        )
        _show(frame, _BEGAN, _BEGAN_TABLE, format=format, output=output, force=force)
    if format == "table" and not output and show != "phases":
        echo_err(f"发得稳：{STEADY_RULE}")


def _load(
    store: str, account: list[str] | None, since: str | None, until: str | None
) -> tuple[Rivals, pd.DataFrame, bool]:
    """The figures, the articles they are of, and whether an own account is among them."""
    from analysis.columns.load import find_edits_file, load_columns
    from analysis.content.text_sketches import load_sketches
    from analysis.frames import load_accounts, load_coverage
    from analysis.peers.rivals import measure_rivals

    begin, end = window(since, until)
    with analysing(store) as opened:
        loaded = load_columns(
            opened, accounts=account, since=begin, until=end, edits=find_edits_file(opened)
        )
        owners = load_accounts(opened)
        owners = owners[owners["account_id"].isin(loaded.articles["account_id"])].reset_index(
            drop=True
        )
        coverage = load_coverage(opened, accounts=account)
        sketches = load_sketches(opened, accounts=account)
        rivals = measure_rivals(
            loaded.articles,
            loaded.assigned,
            owners,
            coverage,
            loaded.profiles,
            since=begin,
            sketches=sketches,
        )
    return rivals, loaded.articles, bool((owners["role"] == "own").any())


def _show(
    frame: pd.DataFrame,
    columns: dict[str, str],
    table: tuple[str, ...],
    *,
    format: str,
    output: Any,
    force: bool,
) -> None:
    figures = [
        key
        for key in ("pushes_per_week", "rate_first", "rate_last", "steady", "p", "holds")
        if key in table
    ]

    def worded(row: dict[str, Any]) -> dict[str, Any]:
        said = {
            key: _word(value)
            if key in _CODED
            else "、".join(map(str, value))
            if isinstance(value, list)
            else value
            for key, value in row.items()
        }
        return said | {key: "样本不足" for key in figures if row[key] is None}

    show_rows(
        frame_rows(frame, columns),
        columns,
        {key: columns[key] for key in table},
        worded=worded,
        format=format,
        output=output,
        force=force,
    )


def _word(value: Any) -> str:
    return (
        "、".join(_word(one) for one in value)
        if isinstance(value, list)
        else _WORDS.get(str(value), str(value))
    )
