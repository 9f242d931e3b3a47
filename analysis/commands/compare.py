"""The command that sets accounts or brands side by side: compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analysis.commands.headings import View, load_view
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
    check_output,
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
    check_output(output, force=force)
    _check(by, ("account", "brand"), "--by")
    _check(show, tuple(_COMPARISONS), "--show")
    pair = parse_axes(axes) if axes is not None else None
    begin, end = window(since, until)
    with analysing(store) as opened:
        group = AccountGroup(
            opened, accounts=all_named(account, accounts), since=begin, until=end, own=own
        )
        if by == "brand" and show != "roles":
            group = group.by_brand()
        if pair:
            comparison = _place(group, pair)
        elif show == "matrix" and format == "table" and output is None:
            comparison = _pivot(group)
        else:
            comparison = _COMPARISONS[show](group)
    rows, view, format_row = comparison
    show_rows(rows, view, format_row=format_row, format=format, output=output, force=force)


_Row = dict[str, Any]
_Comparison = tuple[list[_Row], View, Callable[[_Row], _Row]]


def _check(value: str, allowed: tuple[str, ...], hint: str) -> None:
    if value not in allowed:
        raise typer.BadParameter(f"{value!r} 不行；可以用 {'、'.join(allowed)}", param_hint=hint)


def _rows(group: AccountGroup) -> _Comparison:
    """One row per account, then the group's medians."""
    from analysis.peers.matrix import measure_medians

    matrix = group.matrix
    view = load_view("compare", "table")
    rows: list[_Row] = [row | {"row": "account"} for row in frame_rows(matrix)]
    medians = frame_rows(measure_medians(matrix))
    for scope, name in _scopes(rows).items():
        values = {row["dimension"]: row["median"] for row in medians if row["scope"] == scope}
        labels = {"row": f"median {scope}", "account": name}
        rows.append(dict.fromkeys(view.columns) | values | labels)
    return rows, view, _format_row


def _scopes(rows: list[_Row]) -> dict[str, str]:
    """The medians worth a row: those without the own account are the same where there is none."""
    return {
        scope: name
        for scope, name in _SCOPES.items()
        if rows and (scope == "all" or any(row["own"] for row in rows))
    }


def _format_row(row: _Row) -> _Row:
    """The cells of a row: figures with their interval, shares in per cent, 样本不足 where there is
    too little.
    """
    is_median = row["row"] != "account"
    cells: _Row = {
        key: _FEW if row[key] is None else dimension.shown(row[key])
        for key, dimension in DIMENSIONS.items()
    }
    cells["interval"] = cells["pushes_per_week"]
    if row["pushes_per_week_low"] is not None:
        cells["interval"] += (
            f"（{row['pushes_per_week_low']:.1f}–{row['pushes_per_week_high']:.1f}）"
        )
    cells["role"] = ROLE_NAMES.get(row["role"] or "", "")
    main_column = row["main_column"] or ""
    if len(main_column) > _LONGEST:
        main_column = f"{main_column[:_LONGEST]}…"
    cells["main_column"] = main_column
    cells["window"] = "" if is_median else "没有日期"
    if row["first"]:
        cells["window"] = f"{row['first']:%Y-%m-%d} 至 {row['last']:%Y-%m-%d}"
    if is_median:
        return row | cells | dict.fromkeys(("coverage", "top_purposes", "busiest_hour"), "")
    return row | cells | _format_account(row)


def _format_account(row: _Row) -> _Row:
    """The cells that an account has and a median has not."""
    purposes = "、".join(
        f"{name} {DIMENSIONS['self_share'].shown(share)}"
        for name, share in (row["top_purposes"] or {}).items()
    )
    busiest = _FEW
    if row["busiest_hour"] is not None:
        busiest = f"{row['busiest_hour']} 点 {row['busiest_hour_share']:.0%}"
    return {
        "coverage": "不知道" if row["coverage"] is None else f"{row['coverage']:.0%}",
        "top_purposes": purposes or _FEW,
        "busiest_hour": busiest,
    }


def _cells(group: AccountGroup) -> _Comparison:
    from analysis.peers.matrix import rank_cells

    rows = [
        row | {"name": DIMENSIONS[row["dimension"]].name}
        for row in frame_rows(rank_cells(group.matrix))
    ]

    def format_row(row: _Row) -> _Row:
        value = (
            _FEW if row["value"] is None else DIMENSIONS[row["dimension"]].with_unit(row["value"])
        )
        return row | {
            "value": value,
            "quantile": "" if row["quantile"] is None else f"{row['quantile']:.0%}",
        }

    return rows, load_view("compare", "matrix"), format_row


def _pivot(group: AccountGroup) -> _Comparison:
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
    for row in frame_rows(measure_medians(matrix)):
        rows[row["dimension"]][row["scope"]] = (
            _FEW if row["median"] is None else DIMENSIONS[row["dimension"]].shown(row["median"])
        )
    columns = {"name": "维度", **names, "all": "中位数（含自己）", "others": "中位数（不含自己）"}
    return list(rows.values()) if names else [], View(columns, columns), lambda row: row


def _place(group: AccountGroup, axes: tuple[str, str]) -> _Comparison:
    from analysis.peers.matrix import place_accounts

    x, y = (DIMENSIONS[key] for key in axes)
    rows = [
        row | {"x_axis": axes[0], "y_axis": axes[1]}
        for row in frame_rows(place_accounts(group.matrix, axes))
    ]

    def format_row(row: _Row) -> _Row:
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
    return rows, load_view("compare", "positions")._replace(table=table), format_row


def _roles(group: AccountGroup) -> _Comparison:
    from analysis.peers.brand_roles import ASPECTS

    rows = _with_links(frame_rows(group.roles), group.articles)

    def format_row(row: _Row) -> _Row:
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

    return rows, load_view("compare", "roles"), format_row


def _with_links(rows: list[_Row], articles: pd.DataFrame) -> list[_Row]:
    links = dict(zip(articles["article_id"], articles["url"], strict=True))
    return [
        row | {"examples": [links[key] for key in row["examples"] if isinstance(links[key], str)]}
        for row in rows
    ]


_COMPARISONS: Mapping[str, Callable[[AccountGroup], _Comparison]] = {
    "table": _rows,
    "matrix": _cells,
    "roles": _roles,
}
