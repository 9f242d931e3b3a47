"""The command about imported counts: engagement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

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
    check_output,
    echo_err,
    frame_rows,
    show_rows,
    store_at,
    window,
)
from crawler.errors import DuibiaoError

if TYPE_CHECKING:
    import pandas as pd

    from crawler.store import Store

__all__ = ["app"]

app = typer.Typer()

_FEW = "样本不足"
_BY = {"slot": "位置", "column": "栏目", "purpose": "内容目的"}
_SHOWS = ("accounts", "rates", "outliers", "wci", "signs")
_METRICS = {
    "read": "阅读",
    "like": "点赞",
    "wow": "在看",
    "share": "转发",
    "comment": "留言",
    "favourite": "收藏",
}


class EngagementError(DuibiaoError, ValueError):
    """There are no counts, or none of the age asked for; says what to import."""


@app.command()
def engagement(
    account: AccountOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    store: StoreOption = DEFAULT_STORE,
    format: FormatOption = "table",
    output: OutOption = None,
    force: ForceOption = False,
    articles: Annotated[bool, typer.Option("--articles", help="每篇文章一行")] = False,
    show: Annotated[
        str,
        typer.Option(
            "--show",
            help=(
                "看哪一项：accounts 阅读，rates 互动率，outliers 异常高的文章，wci 指数，signs "
                "刷量迹象"
            ),
        ),
    ] = "accounts",
    by: Annotated[
        str | None,
        typer.Option("--by", help="阅读再按什么分：slot 位置、column 栏目、purpose 内容目的"),
    ] = None,
    age: Annotated[
        str | None,
        typer.Option(
            "--age",
            help=(
                "比哪个文章年龄的数：1、3、7、30（天），unknown 是取数时间不明；"
                "默认取数据最多的一段"
            ),
        ),
    ] = None,
) -> None:
    """互动：只用导入的阅读、点赞、在看、转发；同样年龄的文章才放在一起比。"""
    check_format(format)
    check_output(output, force=force)
    begin, end = window(since, until)
    _check(show, _SHOWS, "--show")
    _check(by, tuple(_BY), "--by")
    with store_at(store) as opened:
        counts = _WindowCounts(opened, account, begin, end, age)
        frame = counts.counts if articles else counts.measure(show, by)
    view = load_view("engagement", "articles" if articles else show)
    show_rows(
        frame_rows(frame.assign(age=counts.age), view.columns),
        view,
        format_row=_format_row,
        format=format,
        output=output,
        force=force,
    )
    for line in counts.notes():
        echo_err(line)


def _check(value: str | None, allowed: tuple[str, ...], hint: str) -> None:
    if value is not None and value not in allowed:
        raise typer.BadParameter(f"{value!r} 不行；可以用 {'、'.join(allowed)}", param_hint=hint)


class _WindowCounts:
    """The counts of a window at one age, and the frame of each table."""

    def __init__(
        self, store: Store, account: list[str] | None, since: Any, until: Any, age: str | None
    ) -> None:
        from analysis.engagement.counts import choose_age, classify_observations, pick_counts
        from analysis.group import AccountGroup

        group = AccountGroup(store, accounts=account, since=since, until=until)
        observations = group.observations
        if observations is None or observations.empty:
            raise EngagementError(
                "没有导入过阅读、点赞这些数：它们不公开，有的话放进表格用 duibiao import 导入"
            )
        self.articles, self.assigned = group.articles, group.column_articles
        self.classified = classify_observations(observations, self.articles)
        chosen = choose_age(self.classified) if age is None else _age_name(age)
        if chosen is None:
            raise EngagementError(
                "这段时间里没有能用的阅读数：放宽 --since、--until，或看看导入时的提示"
            )
        self.age = chosen
        self.counts = pick_counts(self.classified, self.articles, age=chosen)

    def measure(self, show: str, by: str | None) -> pd.DataFrame:
        """The frame of a view; `by` parts the reads of an account."""
        from analysis.engagement.bought_reads import find_signs
        from analysis.engagement.reads import find_outliers, measure_rates, measure_reads
        from analysis.engagement.wci import measure_wci

        if show == "accounts":
            return measure_reads(self.counts, self.articles, groups=self._groups(by))
        if show == "rates":
            return measure_rates(self.counts)
        if show == "outliers":
            return find_outliers(self.counts)
        if show == "wci":
            return measure_wci(self.counts, self.articles)
        return find_signs(self.counts, self.classified)

    def _groups(self, by: str | None) -> pd.Series | None:
        if by is None:
            return None
        if by == "slot":
            from analysis.engagement.reads import slot_names

            return slot_names(self.articles)
        if by == "column":
            in_columns = self.assigned[
                self.assigned["content_column"].notna() & self.assigned["kind"].ne("theme")
            ]
            return in_columns.set_index("article_id")["content_column"]
        from analysis.content.purpose import assign_purposes

        return assign_purposes(self.articles).set_index("article_id")["purpose"]

    def notes(self) -> list[str]:
        """What was left out, for stderr."""
        from analysis.engagement.counts import EXCLUDED, count_excluded

        excluded = count_excluded(self.classified)
        excluded_notes = [
            f"{row['account']}：{row['n']} "
            f"个{_METRICS[row['metric']]}数没有用（{EXCLUDED[row['why']]}）"
            for row in frame_rows(excluded)
        ]
        without = len(self.articles) - int(self.counts["read"].notna().sum())
        return [
            f"用户提供的数，文章年龄：{self.age}；这个年龄没有阅读数的 {without} 篇没有算",
            *excluded_notes,
        ]


def _age_name(age: str) -> str:
    from analysis.engagement.counts import AGES, UNKNOWN_AGE

    names = {
        "1": AGES[0].name,
        "3": AGES[1].name,
        "7": AGES[2].name,
        "30": AGES[3].name,
        "unknown": UNKNOWN_AGE,
    }
    _check(age, tuple(names), "--age")
    return names[age]


def _format_row(row: dict[str, Any]) -> dict[str, Any]:
    """The cells of a row: bounds with ≥, shares in per cent, 样本不足 where there is too little."""
    from analysis.engagement.bought_reads import SIGN_NAMES

    if "median_at_least" in row:
        return row | _format_reads(row)
    if "pooled" in row:
        return row | _format_rates(row)
    if "read_censored" in row and "ratio" in row:
        return row | {
            "read": _bounded(row["read"], row["read_censored"]),
            "ratio": _bounded(row["ratio"], row["read_censored"], "{:.1f}"),
            "median": f"{row['median']:,.0f}",
        }
    if "version" in row:
        return row | _format_wci(row)
    if "sign" in row:
        return row | {
            "sign": SIGN_NAMES[row["sign"]],
            "titles": [title for title in row["titles"] if title],
        }
    return row | {
        key: "" if row[key] is None else _bounded(row[key], row[f"{key}_censored"])
        for key in _METRICS
    }


def _format_reads(row: dict[str, Any]) -> dict[str, Any]:
    quantiles = {
        key: _FEW if row[key] is None else _bounded(row[key], row[f"{key}_at_least"])
        for key in ("q1", "median", "q3", "p90")
    }
    return quantiles | {
        "interval": _interval(row["low"], row["high"], "{:,.0f}"),
        "ratio": "" if row["ratio"] is None else f"{row['ratio']:.2f}",
    }


def _format_rates(row: dict[str, Any]) -> dict[str, Any]:
    shares = {key: _FEW if row[key] is None else f"{row[key]:.2%}" for key in ("pooled", "median")}
    return shares | {
        "interval": _interval(row["low"], row["high"], "{:.2%}"),
        "metric": f"{_METRICS[row['metric']]}/阅读",
    }


def _format_wci(row: dict[str, Any]) -> dict[str, Any]:
    missing = f"（无{'、'.join(row['without'])}）" if row["without"] else ""
    value = "算不了"
    if row["value"] is not None:
        value = _bounded(row["value"], row["at_least"], "{:,.1f}")
    return {"version": f"{row['version']}{missing}", "value": value}


def _bounded(value: float, at_least: bool, form: str = "{:,.0f}") -> str:
    return f"{'≥' if at_least else ''}{form.format(value)}"


def _interval(low: float | None, high: float | None, form: str) -> str:
    if low is None:
        return ""
    return (
        f"{form.format(low)}–{form.format(high)}"
        if high is not None
        else f"{form.format(low)} 以上"
    )
