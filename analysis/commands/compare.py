"""The command that sets accounts or brands side by side: compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analysis.commands.options import (
    DEFAULT_STORE,
    AccountOption,
    AccountsOption,
    ForceOption,
    FormatOption,
    OutOption,
    OwnOption,
    SinceOption,
    StoreOption,
    UntilOption,
    all_named,
    analysing,
    check_format,
    clustered,
    frame_rows,
    show_rows,
    window,
)
from analysis.labels import ROLE_NAMES
from analysis.peers.dimensions import DIMENSIONS, describe_axes, parse_axes

if TYPE_CHECKING:
    import pandas as pd

    from analysis.group import AccountGroup

__all__ = ["app"]

app = typer.Typer()

_FEW = "样本不足"
_LONGEST = 12  # characters of a column's name in the table
_ROWS = {
    "row": "行",
    "account": "账号",
    "account_id": "账号编号",
    "brand": "品牌",
    "role": "角色",
    "own": "自己",
    "articles": "文章",
    "first": "第一篇",
    "last": "最近一篇",
    "coverage": "覆盖率",
    "pushes": "推送",
    "pushes_per_week": "每周推送",
    "pushes_per_week_low": "区间下",
    "pushes_per_week_high": "区间上",
    "interval": "95% 区间",
    "window": "文章时间",
    "regularity": "规律",
    "busiest_hour": "常发钟点",
    "busiest_hour_share": "占推送",
    "pushes_timed": "有钟点的推送",
    "articles_per_push": "每次篇数",
    "headline_share": "头条占比",
    "positions_known": "知道位置的篇数",
    "columns": "栏目数",
    "column_share": "栏目化程度",
    "n_titled": "有标题的篇数",
    "main_column": "主栏目",
    "main_column_n": "主栏目篇数",
    "main_interval_days": "主栏目间隔（天）",
    "top_purposes": "最多的目的",
    "reader_share": "服务读者",
    "self_share": "自说自话",
    "purpose_n": "判过目的的篇数",
    "title_length": "标题字数",
    "brackets_share": "带括号标题",
    "digits_share": "带数字标题",
    "question_share": "提问标题",
    "titles": "标题数",
    "font_size_px": "字号",
    "line_height": "行高",
    "text_n": "有百字以上正文",
    "chars": "文章字数",
    "images": "配图",
    "layout_n": "有正文的篇数",
    "consistency": "版式统一",
    "consistency_n": "看版式的篇数",
    "made_with": "制作工具",
    "formats": "形式",
    "article_share": "图文占比",
    "formats_known": "知道形式的篇数",
    "original_share": "原创占比",
    "original_known": "知道是否原创的篇数",
}
_TABLE = (
    "account",
    "role",
    "articles",
    "window",
    "coverage",
    "interval",
    "regularity",
    "busiest_hour",
    "columns",
    "column_share",
    "main_column",
    "top_purposes",
    "reader_share",
    "self_share",
    "title_length",
    "font_size_px",
    "chars",
    "consistency",
    "original_share",
)
_CELLS = {
    "account": "账号",
    "account_id": "账号编号",
    "role": "角色",
    "own": "自己",
    "dimension": "维度",
    "name": "维度",
    "value": "值",
    "n": "n",
    "quantile": "组内位置",
    "accounts": "有值的账号",
}
_ROLES = {
    "brand": "品牌",
    "account": "账号",
    "account_id": "账号编号",
    "aspect": "方面",
    "what": "是什么",
    "value": "本号",
    "n": "n",
    "of": "共",
    "others_value": "同品牌其他号",
    "others_n": "其他号 n",
    "others_of": "其他号共",
    "examples": "例文",
}
_ROLES_TABLE = (
    "brand",
    "account",
    "aspect",
    "what",
    "value",
    "n",
    "others_value",
    "others_n",
    "examples",
)
_POSITIONS = {
    "account": "账号",
    "account_id": "账号编号",
    "own": "自己",
    "x_axis": "横轴",
    "x": "横轴值",
    "x_n": "横轴 n",
    "x_side": "横轴位置",
    "y_axis": "纵轴",
    "y": "纵轴值",
    "y_n": "纵轴 n",
    "y_side": "纵轴位置",
}
_SCOPES = {"all": "同组中位数（含自己）", "others": "同组中位数（不含自己）"}
_SIDES = {"high": "高于中位", "low": "低于中位", "middle": "就是中位"}


@app.command()
@clustered
def compare(
    account: AccountOption = None,
    accounts: AccountsOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    store: StoreOption = DEFAULT_STORE,
    own: OwnOption = None,
    by: Annotated[
        str, typer.Option("--by", help="account 一行一个账号；brand 一个品牌的账号合成一行")
    ] = "account",
    show: Annotated[
        str,
        typer.Option(
            "--show",
            help=(
                "table 总表；matrix 维度对账号的矩阵，csv 一格一行并带组内位置；roles 矩阵分工："
                "同品牌的号各做什么"
            ),
        ),
    ] = "table",
    axes: Annotated[
        str | None,
        typer.Option(
            "--axes", help=f"只看两个维度上的位置，如 更新频率,栏目化程度；可以用 {describe_axes()}"
        ),
    ] = None,
    format: FormatOption = "table",
    output: OutOption = None,
    force: ForceOption = False,
) -> None:
    """账号或品牌放在一起比：更新、栏目、目的、标题、排版，每个数带 n，附同组中位数，不打总分。"""
    from analysis.group import AccountGroup

    check_format(format)
    _check(by, ("account", "brand"), "--by")
    _check(show, tuple(_SHOWN), "--show")
    pair = parse_axes(axes) if axes is not None else None
    begin, end = window(since, until)
    with analysing(store) as opened:
        group = AccountGroup(
            opened, accounts=all_named(account, accounts), since=begin, until=end, own=own
        )
        if by == "brand" and show != "roles":
            group = group.by_brand()
        made = (
            _positions(group, pair)
            if pair
            else _across(group)
            if show == "matrix" and format == "table" and output is None
            else _SHOWN[show](group)
        )
    rows, headings, table, worded = made
    show_rows(rows, headings, table, worded=worded, format=format, output=output, force=force)


_Shown = tuple[
    list[dict[str, Any]],
    Mapping[str, str],
    Mapping[str, str],
    Callable[[dict[str, Any]], dict[str, Any]],
]


def _check(value: str, allowed: tuple[str, ...], hint: str) -> None:
    if value not in allowed:
        raise typer.BadParameter(f"{value!r} 不行；可以用 {'、'.join(allowed)}", param_hint=hint)


def _rows(group: AccountGroup) -> _Shown:
    """One row per account, then the group's medians."""
    from analysis.peers.matrix import measure_medians

    matrix = group.matrix
    rows: list[dict[str, Any]] = [row | {"row": "account"} for row in frame_rows(matrix)]
    medians = frame_rows(measure_medians(matrix))
    for scope, name in _scopes(rows).items():
        told = {one["dimension"]: one["median"] for one in medians if one["scope"] == scope}
        rows.append(dict.fromkeys(_ROWS) | told | {"row": f"median {scope}", "account": name})
    kept = {key: heading for key, heading in _ROWS.items() if key not in ("interval", "window")}
    return (
        rows,
        kept,
        {key: _ROWS[key] for key in _TABLE},
        lambda row: _word_row(row, tuple(DIMENSIONS)),
    )


def _scopes(rows: list[dict[str, Any]]) -> dict[str, str]:
    """The medians worth a row: those without the own account are the same where there is none."""
    return {
        scope: name
        for scope, name in _SCOPES.items()
        if rows and (scope == "all" or any(row["own"] for row in rows))
    }


def _word_row(row: dict[str, Any], dimensions: tuple[str, ...]) -> dict[str, Any]:
    """A row as the table says it: figures with their interval, shares as percent, what is too
    little in words.
    """
    median = row["row"] != "account"
    shown: dict[str, Any] = {
        key: _FEW if row[key] is None else DIMENSIONS[key].shown(row[key]) for key in dimensions
    }
    shown["interval"] = shown["pushes_per_week"]
    if row["pushes_per_week_low"] is not None:
        shown["interval"] += (
            f"（{row['pushes_per_week_low']:.1f}–{row['pushes_per_week_high']:.1f}）"
        )
    shown["window"] = (
        f"{row['first']:%Y-%m-%d} 至 {row['last']:%Y-%m-%d}"
        if row["first"]
        else ""
        if median
        else "没有日期"
    )
    shown["coverage"] = (
        "" if median else "不知道" if row["coverage"] is None else f"{row['coverage']:.0%}"
    )
    shown["role"] = ROLE_NAMES.get(row["role"] or "", "")
    shown["top_purposes"] = (
        ""
        if median
        else "、".join(
            f"{name} {DIMENSIONS['self_share'].shown(share)}"
            for name, share in (row["top_purposes"] or {}).items()
        )
        or _FEW
    )
    shown["main_column"] = (
        (row["main_column"] or "")
        if len(row["main_column"] or "") <= _LONGEST
        else f"{row['main_column'][:_LONGEST]}…"
    )
    shown["busiest_hour"] = (
        ""
        if median
        else _FEW
        if row["busiest_hour"] is None
        else f"{row['busiest_hour']} 点 {row['busiest_hour_share']:.0%}"
    )
    return row | shown


def _cells(group: AccountGroup) -> _Shown:
    from analysis.peers.matrix import rank_cells

    rows = [
        row | {"name": DIMENSIONS[row["dimension"]].name}
        for row in frame_rows(rank_cells(group.matrix))
    ]

    def worded(row: dict[str, Any]) -> dict[str, Any]:
        value = (
            _FEW if row["value"] is None else DIMENSIONS[row["dimension"]].with_unit(row["value"])
        )
        return row | {
            "value": value,
            "quantile": "" if row["quantile"] is None else f"{row['quantile']:.0%}",
        }

    kept = {key: heading for key, heading in _CELLS.items() if key != "name"}
    return (
        rows,
        kept,
        {key: _CELLS[key] for key in ("account", "name", "value", "n", "quantile", "accounts")},
        worded,
    )


def _across(group: AccountGroup) -> _Shown:
    """The cells as people read them: a dimension a row, an account a column, in each cell the
    figure and its n.
    """
    from analysis.peers.matrix import measure_medians, rank_cells

    matrix = group.matrix
    names = dict(zip(matrix["account_id"], matrix["account"], strict=True))
    rows: dict[str, dict[str, Any]] = {
        key: {"name": dimension.name + (f"（{dimension.unit}）" if dimension.unit else "")}
        for key, dimension in DIMENSIONS.items()
    }
    for cell in frame_rows(rank_cells(matrix)):
        value = cell["value"]
        rows[cell["dimension"]][cell["account_id"]] = (
            _FEW
            if value is None
            else f"{DIMENSIONS[cell['dimension']].shown(value)} (n={cell['n']})"
        )
    for one in frame_rows(measure_medians(matrix)):
        rows[one["dimension"]][one["scope"]] = (
            _FEW if one["median"] is None else DIMENSIONS[one["dimension"]].shown(one["median"])
        )
    columns = {"name": "维度", **names, "all": "中位数（含自己）", "others": "中位数（不含自己）"}
    return list(rows.values()) if names else [], columns, columns, lambda row: row


def _positions(group: AccountGroup, axes: tuple[str, str]) -> _Shown:
    from analysis.peers.matrix import place_accounts

    x, y = (DIMENSIONS[key] for key in axes)
    rows = [
        row | {"x_axis": axes[0], "y_axis": axes[1]}
        for row in frame_rows(place_accounts(group.matrix, axes))
    ]

    def worded(row: dict[str, Any]) -> dict[str, Any]:
        sides = {f"{key}_side": _SIDES.get(row[f"{key}_side"] or "", _FEW) for key in "xy"}
        return row | sides | {"x": x.with_unit(row["x"]), "y": y.with_unit(row["y"])}

    table = {
        "account": "账号",
        "x": x.name,
        "x_n": "n",
        "x_side": "位置",
        "y": y.name,
        "y_n": "n ",
        "y_side": "位置 ",
    }
    return rows, _POSITIONS, table, worded


def _roles(group: AccountGroup) -> _Shown:
    from analysis.peers.brand_roles import ASPECTS

    rows = _with_links(frame_rows(group.roles), group.articles)

    def worded(row: dict[str, Any]) -> dict[str, Any]:
        pace = row["aspect"] == "cadence"
        figures = {
            key: "" if row[key] is None else f"{row[key]:.1f} 次/周" if pace else f"{row[key]:.1%}"
            for key in ("value", "others_value")
        }
        return (
            row
            | figures
            | {
                "aspect": ASPECTS[row["aspect"]],
                "what": row["what"] or "",
                "examples": (row["examples"] or [""])[0],
            }
        )

    return rows, _ROLES, {key: _ROLES[key] for key in _ROLES_TABLE}, worded


def _with_links(rows: list[dict[str, Any]], articles: pd.DataFrame) -> list[dict[str, Any]]:
    links = dict(zip(articles["article_id"], articles["url"], strict=True))
    return [
        row | {"examples": [links[one] for one in row["examples"] if isinstance(links[one], str)]}
        for row in rows
    ]


_SHOWN: Mapping[str, Callable[[AccountGroup], _Shown]] = {
    "table": _rows,
    "matrix": _cells,
    "roles": _roles,
}
