"""The command about imported counts: engagement."""

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
    check_format,
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
_SHOWN = ("accounts", "rates", "outliers", "wci", "signs")
_METRICS = {
    "read": "阅读",
    "like": "点赞",
    "wow": "在看",
    "share": "转发",
    "comment": "留言",
    "favourite": "收藏",
}
_READS = {
    "account": "账号",
    "account_id": "账号编号",
    "group": "分组",
    "articles": "文章",
    "n": "n（有阅读数）",
    "left_out": "没有的",
    "n_censored": "10万+",
    "q1": "下四分位",
    "median": "阅读中位数",
    "q3": "上四分位",
    "p90": "第 90 百分位",
    "q1_at_least": "下四分位是下限",
    "median_at_least": "中位数是下限",
    "q3_at_least": "上四分位是下限",
    "p90_at_least": "第 90 百分位是下限",
    "low": "中位数区间低",
    "high": "中位数区间高",
    "ratio": "比同位置",
    "ratio_low": "比同位置低",
    "ratio_high": "比同位置高",
    "age": "文章年龄",
}
_READS_TABLE = (
    "account",
    "group",
    "n",
    "left_out",
    "n_censored",
    "q1",
    "median",
    "q3",
    "p90",
    "interval",
    "ratio",
    "age",
)
_RATES = {
    "account": "账号",
    "account_id": "账号编号",
    "metric": "指标",
    "n": "n",
    "left_out": "没用上的",
    "pooled": "合计比",
    "median": "每篇中位数",
    "low": "区间低",
    "high": "区间高",
    "above": "5% 以上的篇数",
    "age": "文章年龄",
}
_RATES_TABLE = (
    "account",
    "metric",
    "n",
    "left_out",
    "pooled",
    "median",
    "interval",
    "above",
    "age",
)
_OUTLIERS = {
    "account": "账号",
    "account_id": "账号编号",
    "title": "标题",
    "published_at": "发布时间",
    "read": "阅读",
    "read_censored": "阅读是下限",
    "median": "本号中位数",
    "ratio": "倍数",
    "n": "n",
    "url": "链接",
    "article_id": "文章编号",
    "age": "文章年龄",
}
_OUTLIERS_TABLE = ("account", "title", "published_at", "read", "median", "ratio", "n", "age", "url")
_WCI = {
    "account": "账号",
    "account_id": "账号编号",
    "version": "WCI 版本",
    "value": "WCI",
    "at_least": "是下限",
    "n": "n（有阅读数）",
    "articles": "文章",
    "days": "天数",
    "without": "缺的指标",
    "source": "公式来源",
    "age": "文章年龄",
}
_WCI_TABLE = ("account", "version", "value", "n", "articles", "days", "age", "source")
_SIGNS = {
    "account": "账号",
    "account_id": "账号编号",
    "sign": "迹象",
    "n": "篇数",
    "of": "看了几篇",
    "told": "数字",
    "titles": "例文",
    "urls": "链接",
    "article_ids": "文章编号",
    "age": "文章年龄",
}
_SIGNS_TABLE = ("account", "sign", "n", "of", "told", "titles")
_ARTICLES = {
    "account": "账号",
    "account_id": "账号编号",
    "published_at": "发布时间",
    "position": "位置",
    "title": "标题",
    "age_days": "取数时几天",
    "seen_at": "取数时间",
    **_METRICS,
    **{f"{metric}_censored": f"{name}是下限" for metric, name in _METRICS.items()},
    "source": "来源",
    "url": "链接",
    "article_id": "文章编号",
    "age": "文章年龄",
}
_ARTICLES_TABLE = (
    "account",
    "published_at",
    "position",
    "title",
    "age_days",
    "read",
    "like",
    "wow",
    "share",
    "comment",
    "source",
    "url",
)


class EngagementError(DuibiaoError, ValueError):
    """There are no counts to tell of, or not of the age asked for; says what to import."""


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
    begin, end = window(since, until)
    _check(show, _SHOWN, "--show")
    _check(by, tuple(_BY), "--by")
    with store_at(store) as opened:
        held = _Counted(opened, account, begin, end, age)
        rows, columns, table = held.articles_rows() if articles else held.rows(show, by)
    headings = {**columns, "interval": "95% 区间"}
    show_rows(
        rows,
        columns,
        {key: headings[key] for key in table},
        worded=_worded,
        format=format,
        output=output,
        force=force,
    )
    for line in held.notes():
        echo_err(line)


def _check(value: str | None, allowed: tuple[str, ...], hint: str) -> None:
    if value is not None and value not in allowed:
        raise typer.BadParameter(f"{value!r} 不行；可以用 {'、'.join(allowed)}", param_hint=hint)


class _Counted:
    """The counts of a window at one age, and the rows of each table."""

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
        self.frame, self.assigned = group.articles, group.column_articles
        self.judged = classify_observations(observations, self.frame)
        chosen = choose_age(self.judged) if age is None else _named_age(age)
        if chosen is None:
            raise EngagementError(
                "这段时间里没有能用的阅读数：放宽 --since、--until，或看看导入时的提示"
            )
        self.age = chosen
        self.counts = pick_counts(self.judged, self.frame, age=chosen)

    def articles_rows(self) -> tuple[list[dict[str, Any]], dict[str, str], tuple[str, ...]]:
        return self._told(self.counts, _ARTICLES, _ARTICLES_TABLE)

    def rows(
        self, show: str, by: str | None
    ) -> tuple[list[dict[str, Any]], dict[str, str], tuple[str, ...]]:
        from analysis.engagement.bought_reads import find_signs
        from analysis.engagement.counts import find_outliers, measure_rates, measure_reads
        from analysis.engagement.wci import measure_wci

        if show == "accounts":
            return self._told(
                measure_reads(self.counts, self.frame, groups=self._groups(by)),
                _READS,
                _READS_TABLE,
            )
        if show == "rates":
            return self._told(measure_rates(self.counts), _RATES, _RATES_TABLE)
        if show == "outliers":
            return self._told(find_outliers(self.counts), _OUTLIERS, _OUTLIERS_TABLE)
        if show == "wci":
            return self._told(measure_wci(self.counts, self.frame), _WCI, _WCI_TABLE)
        return self._told(find_signs(self.counts, self.judged), _SIGNS, _SIGNS_TABLE)

    def _groups(self, by: str | None) -> pd.Series | None:
        if by is None:
            return None
        if by == "slot":
            from analysis.engagement.counts import slot_names

            return slot_names(self.frame)
        if by == "column":
            held = self.assigned[
                self.assigned["content_column"].notna() & self.assigned["kind"].ne("theme")
            ]
            return held.set_index("article_id")["content_column"]
        from analysis.content.purpose import assign_purposes

        return assign_purposes(self.frame).set_index("article_id")["purpose"]

    def _told(
        self, frame: pd.DataFrame, columns: dict[str, str], table: tuple[str, ...]
    ) -> tuple[list[dict[str, Any]], dict[str, str], tuple[str, ...]]:
        return frame_rows(frame.assign(age=self.age), columns), columns, table

    def notes(self) -> list[str]:
        """What was left out, for stderr."""
        from analysis.engagement.counts import EXCLUDED, count_excluded

        excluded = count_excluded(self.judged)
        said = [
            f"{row['account']}：{row['n']} "
            f"个{_METRICS[row['metric']]}数没有用（{EXCLUDED[row['why']]}）"
            for row in frame_rows(excluded)
        ]
        without = len(self.frame) - int(self.counts["read"].notna().sum())
        return [
            f"用户提供的数，文章年龄：{self.age}；这个年龄没有阅读数的 {without} 篇没有算",
            *said,
        ]


def _named_age(age: str) -> str:
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


def _worded(row: dict[str, Any]) -> dict[str, Any]:
    """A row as the table says it: bounds with ≥, shares in per cent, what is missing as too small a
    sample.
    """
    from analysis.engagement.bought_reads import SIGNS_TOLD

    shown = dict(row)
    if "median_at_least" in row:
        shown |= {
            key: _FEW if row[key] is None else _bounded(row[key], row[f"{key}_at_least"])
            for key in ("q1", "median", "q3", "p90")
        }
        shown |= {
            "interval": _interval(row["low"], row["high"], "{:,.0f}"),
            "ratio": "" if row["ratio"] is None else f"{row['ratio']:.2f}",
        }
    elif "pooled" in row:
        shown |= {
            key: _FEW if row[key] is None else f"{row[key]:.2%}" for key in ("pooled", "median")
        }
        shown |= {
            "interval": _interval(row["low"], row["high"], "{:.2%}"),
            "metric": f"{_METRICS[row['metric']]}/阅读",
        }
    elif "read_censored" in row and "ratio" in row:
        shown |= {
            "read": _bounded(row["read"], row["read_censored"]),
            "ratio": _bounded(row["ratio"], row["read_censored"], "{:.1f}"),
            "median": f"{row['median']:,.0f}",
        }
    elif "version" in row:
        name = (
            f"{row['version']}（无{'、'.join(row['without'])}）"
            if row["without"]
            else row["version"]
        )
        shown |= {
            "version": name,
            "value": "算不了"
            if row["value"] is None
            else _bounded(row["value"], row["at_least"], "{:,.1f}"),
        }
    elif "sign" in row:
        shown |= {
            "sign": SIGNS_TOLD[row["sign"]],
            "titles": [title for title in row["titles"] if title],
        }
    else:
        shown |= {
            key: "" if row[key] is None else _bounded(row[key], row[f"{key}_censored"])
            for key in _METRICS
        }
    return shown


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
