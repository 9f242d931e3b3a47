"""The command that says how often, when and how regularly accounts send: cadence."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

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
    clustered,
    echo_err,
    frame_rows,
    show_rows,
    store_at,
    window,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["VIEWS", "app"]

app = typer.Typer()

_WEEKDAYS = "一二三四五六日"
_NEAR = re.compile(rf"(?:周|星期)([{_WEEKDAYS}])\s*(\d{{1,2}})[点时]?")
_HEADINGS = {
    "account": "账号",
    "pushes": "推送",
    "articles": "文章",
    "first": "第一次",
    "last": "最后一次",
    "pushes_per_week": "每周推送",
    "interval": "95% 区间",
    "articles_per_push": "每次篇数",
    "regularity": "规律",
    "regularity_because": "依据",
    "busiest_hour": "最常在几点",
    "busiest_hour_share": "占推送次数",
    "longest_silence_days": "最长沉默（天）",
    "week": "周一",
    "month": "月",
    "day": "日",
    "weekday": "星期",
    "hour": "点",
    "share": "占比",
    "kind": "类别",
    "position": "位置",
    "push_share": "占推送",
    "size": "每次篇数",
    "days": "天数",
    "days_sent": "发文天数",
    "sent_share": "发文天数占比",
    "pushes_per_day": "每天推送",
    "days_by_weekday_only": "日历之外",
    "event": "时节",
    "usual_pushes_per_week": "平时每周推送",
    "ratio": "倍数",
    "date": "日期",
    "date_range": "日期的 95% 区间",
    "before": "之前",
    "after": "之后",
    "before_range": "之前的区间",
    "after_range": "之后的区间",
    "accounts": "账号数",
    "hours_away": "相差小时",
    "free": "空档",
    "other": "另一个账号",
    "other_pushes_per_week": "另一个每周推送",
    "ratio_range": "倍数的区间",
    "differs": "确有差别",
}


class _View(NamedTuple):
    """One thing to show: its table's columns, and how its frame is made of articles and pushes."""

    columns: tuple[str, ...]
    make: Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]


def _of_pushes(module: str, function: str) -> Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]:
    return lambda articles, pushes: _load(module, function)(pushes)


def _of_articles(
    module: str, function: str
) -> Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]:
    return lambda articles, pushes: _load(module, function)(articles)


def _load(module: str, function: str) -> Any:
    from importlib import import_module

    return getattr(import_module(f"analysis.cadence.{module}"), function)


_SUMMARY = (
    "account",
    "pushes",
    "articles",
    "first",
    "last",
    "pushes_per_week",
    "interval",
    "articles_per_push",
    "regularity",
    "busiest_hour",
    "busiest_hour_share",
)
VIEWS = {
    "accounts": _View(
        (*_SUMMARY, "longest_silence_days", "regularity_because"),
        _of_pushes("summary", "describe_cadence"),
    ),
    "weeks": _View(("account", "week", "pushes", "articles"), _of_pushes("pushes", "count_weeks")),
    "months": _View(
        ("account", "month", "pushes", "articles"), _of_pushes("pushes", "count_months")
    ),
    "days": _View(("account", "day", "pushes", "articles"), _of_pushes("pushes", "count_days")),
    "hours": _View(
        ("account", "weekday", "hour", "pushes", "share"), _of_pushes("pushes", "count_hours")
    ),
    "sizes": _View(
        ("account", "size", "pushes", "share"), _of_pushes("pushes", "count_push_sizes")
    ),
    "slots": _View(
        ("account", "position", "articles", "share", "push_share"),
        _of_articles("formats", "count_slots"),
    ),
    "formats": _View(
        ("account", "month", "kind", "articles", "share"), _of_articles("formats", "count_formats")
    ),
    "holidays": _View(
        (
            "account",
            "kind",
            "days",
            "days_sent",
            "sent_share",
            "pushes",
            "pushes_per_day",
            "days_by_weekday_only",
        ),
        _of_pushes("calendar_cn", "measure_day_kinds"),
    ),
    "events": _View(
        ("account", "event", "days", "pushes", "pushes_per_week", "usual_pushes_per_week", "ratio"),
        _of_pushes("calendar_cn", "measure_events"),
    ),
    "changes": _View(
        ("account", "kind", "date", "date_range", "before", "before_range", "after", "after_range"),
        _of_pushes("changes", "find_changes"),
    ),
    "crowding": _View(
        ("weekday", "hour", "pushes", "share", "accounts", "pushes_per_week"),
        _of_pushes("crowding", "count_crowding"),
    ),
    "pairs": _View(
        (
            "account",
            "pushes_per_week",
            "other",
            "other_pushes_per_week",
            "ratio",
            "ratio_range",
            "differs",
        ),
        _of_pushes("intervals", "compare_rates"),
    ),
}
_KINDS = {"rate": "每周推送", "hour": "常用时刻", "pause": "停更", "resume": "恢复"}


@app.command()
@clustered
def cadence(
    show: Annotated[str, typer.Option("--show", help="看什么：" + "、".join(VIEWS))] = "accounts",
    near: Annotated[
        str | None,
        typer.Option(
            "--near",
            metavar="周三20",
            help="和 --show crowding 一起：这个时刻前后六小时里对手最少的空档",
        ),
    ] = None,
    account: AccountOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    store: StoreOption = DEFAULT_STORE,
    format: FormatOption = "table",
    output: OutOption = None,
    force: ForceOption = False,
) -> None:
    """发文节奏：多久发一次、什么时候发、多有规律、什么时候变过；样本不够的不说。"""
    check_format(format)
    if show not in VIEWS:
        raise typer.BadParameter(f"{show!r} 不行；可以用 {'、'.join(VIEWS)}", param_hint="--show")
    slot = _slot(near, show)
    articles, pushes = _load_send_times(
        store, account, since, until, rivals_only=show == "crowding" and not account
    )
    frame, columns = VIEWS[show].make(articles, pushes), VIEWS[show].columns
    if slot:
        from analysis.cadence.crowding import find_free_slots

        frame, columns = (
            find_free_slots(frame, weekday=slot[0], hour=slot[1]),
            ("weekday", "hour", "hours_away", "pushes_per_week", "accounts", "free"),
        )
    table = format == "table" and not output
    rows = [row for row in frame_rows(frame) if not table or show != "hours" or row["pushes"]]
    headings = {str(key): _HEADINGS.get(str(key), str(key)) for key in frame.columns}
    show_rows(
        rows,
        headings,
        {key: _HEADINGS[key] for key in columns},
        worded=lambda row: _shown(row, show),
        format=format,
        output=output,
        force=force,
    )
    if table:
        _explain(show, pushes)


def _slot(near: str | None, show: str) -> tuple[int, int] | None:
    if near is None:
        return None
    match = _NEAR.fullmatch(near.strip())
    if match is None or int(match[2]) > 23:
        raise typer.BadParameter(f"{near!r} 不是一周里的整点；写成 周三20", param_hint="--near")
    if show != "crowding":
        raise typer.BadParameter("要和 --show crowding 一起用", param_hint="--near")
    return _WEEKDAYS.index(match[1]), int(match[2])


def _load_send_times(
    store: str,
    account: list[str] | None,
    since: str | None,
    until: str | None,
    *,
    rivals_only: bool,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The articles and pushes asked for; what can't be counted, and what sources don't agree on, is
    said on stderr.
    """
    from analysis.cadence.pushes import build_pushes
    from analysis.frames import load_accounts, load_send_times

    begin, end = window(since, until)
    with store_at(store) as opened:
        articles = load_send_times(opened, accounts=account, since=begin, until=end)
        owners = load_accounts(opened)
        differing = sum(counts["published_at"] for counts in opened.disagreements().values())
    if rivals_only:
        own = owners.loc[owners["role"] == "own", "account_id"]
        articles = articles[~articles["account_id"].isin(own)].reset_index(drop=True)
    undated = int(articles["published_at"].isna().sum())
    if undated:
        echo_err(f"{undated} 篇没有发布时间：同一次推送里有别的时间的跟着算，其余不算")
    if differing:
        echo_err(
            f"{differing} 篇的发布时间各来源不一致：用的是最可靠来源的那个，duibiao status "
            "--format json 列出每个账号有几篇"
        )
    return articles, build_pushes(articles)


def _shown(row: dict[str, Any], show: str) -> dict[str, Any]:
    """A row for people: words for codes, intervals in one cell, and why a figure is missing."""
    from analysis.cadence.calendar_cn import KINDS_OF_DAY
    from analysis.cadence.formats import KIND_NAMES

    row = dict(row)
    for name in ("week", "month", "day", "date"):
        if row.get(name) is not None:
            row[name] = f"{row[name]:%Y-%m}" if name == "month" else f"{row[name]:%Y-%m-%d}"
    if "weekday" in row:
        row["weekday"] = f"周{_WEEKDAYS[row['weekday']]}"
    if "kind" in row:
        row["kind"] = {**_KINDS, **KINDS_OF_DAY, **KIND_NAMES}[row["kind"]]
    for name in ("before", "after", "ratio", "date"):
        row[f"{name}_range"] = _range(row.get(f"{name}_low"), row.get(f"{name}_high"))
    row["interval"] = (
        _range(row.get("pushes_per_week_low"), row.get("pushes_per_week_high")) or "样本不足"
    )
    if show == "accounts":
        timeless = "时间只到天" if row["pushes_timed"] == 0 and row["pushes"] >= 5 else "样本不足"
        row = {
            key: (timeless if key.startswith("busiest") else "样本不足") if value is None else value
            for key, value in row.items()
        }
    return {
        key: "样本不足" if value is None and key in ("ratio", "differs") else value
        for key, value in row.items()
    }


def _range(low: Any, high: Any) -> str:
    if low is None or high is None:
        return ""
    return (
        f"{low:%Y-%m-%d}–{high:%Y-%m-%d}" if hasattr(low, "strftime") else f"{low:.2f}–{high:.2f}"
    )


def _explain(show: str, pushes: pd.DataFrame) -> None:
    """Under a table: what its words mean, and what it is based on."""
    if pushes.empty:
        return
    timed = int(pushes["timed"].sum())
    first, last = pushes["published_at"].min(), pushes["published_at"].max()
    print(
        f"{pushes['account_id'].nunique()} 个账号，{len(pushes)} 次推送（知道几点的 {timed} 次），"
        f"{first:%Y-%m-%d} 至 {last:%Y-%m-%d}，北京时间"
    )
    if show == "accounts":
        from analysis.cadence.regularity import REGULARITY_RULES

        print(
            "规律按第一条符合的说："
            + "；".join(f"{word}＝{rule}" for word, rule in REGULARITY_RULES.items())
        )
    if show == "changes":
        from analysis.cadence.changes import MIN_WEEKS, measure_history

        short = measure_history(pushes).loc[lambda rows: ~rows["enough"], "account"].tolist()
        print(
            f"样本不足（整周不到 {MIN_WEEKS} 周，不找变化）：{'、'.join(short)}"
            if short
            else f"每个账号都有 {MIN_WEEKS} 个以上的整周"
        )
    if show == "holidays":
        print("日历之外：节假日安排还没公布的天数，只按星期几算")
