"""The command that says how often, when and how regularly accounts send: cadence."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analysis.commands.headings import load_view, load_words
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
    clustered,
    echo_err,
    frame_rows,
    show_rows,
    store_at,
    window,
)
from analysis.evidence import MIN_CHANGE_WEEKS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["VIEWS", "app"]

app = typer.Typer()

_WEEKDAYS = "一二三四五六日"
_NEAR = re.compile(rf"(?:周|星期)([{_WEEKDAYS}])\s*(\d{{1,2}})[点时]?")


def _of_pushes(module: str, function: str) -> Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]:
    return lambda articles, pushes: _load(module, function)(pushes)


def _of_articles(
    module: str, function: str
) -> Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]:
    return lambda articles, pushes: _load(module, function)(articles)


def _load(module: str, function: str) -> Any:
    from importlib import import_module

    return getattr(import_module(f"analysis.cadence.{module}"), function)


VIEWS = {
    "accounts": _of_pushes("summary", "describe_cadence"),
    "weeks": _of_pushes("pushes", "count_weeks"),
    "months": _of_pushes("pushes", "count_months"),
    "days": _of_pushes("pushes", "count_days"),
    "hours": _of_pushes("pushes", "count_hours"),
    "sizes": _of_pushes("pushes", "count_push_sizes"),
    "slots": _of_articles("formats", "count_slots"),
    "formats": _of_articles("formats", "count_formats"),
    "holidays": _of_pushes("calendar_cn", "measure_day_kinds"),
    "events": _of_pushes("calendar_cn", "measure_events"),
    "changes": _of_pushes("changes", "find_changes"),
    "crowding": _of_pushes("crowding", "count_crowding"),
    "pairs": _of_pushes("intervals", "compare_rates"),
}  # what is shown -> its frame of articles and pushes
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
    check_output(output, force=force)
    if show not in VIEWS:
        raise typer.BadParameter(f"{show!r} 不行；可以用 {'、'.join(VIEWS)}", param_hint="--show")
    hour_slot = _parse_hour_slot(near, show)
    articles, pushes = _load_send_times(
        store, account, since, until, rivals_only=show == "crowding" and not account
    )
    frame = VIEWS[show](articles, pushes)
    view = load_view("cadence", "free_slots" if hour_slot else show)
    if hour_slot:
        from analysis.cadence.crowding import find_free_slots

        frame = find_free_slots(frame, weekday=hour_slot[0], hour=hour_slot[1])
    table = format == "table" and not output
    rows = [row for row in frame_rows(frame) if not table or show != "hours" or row["pushes"]]
    headings = load_words("cadence", "headings")
    columns = {str(key): headings.get(str(key), str(key)) for key in frame.columns}
    show_rows(
        rows,
        view._replace(columns=columns),
        format_row=lambda row: _format_row(row, show),
        format=format,
        output=output,
        force=force,
    )
    if table:
        _print_notes(show, pushes)


def _parse_hour_slot(near: str | None, show: str) -> tuple[int, int] | None:
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


def _format_row(row: dict[str, Any], show: str) -> dict[str, Any]:
    """A row for people: words for codes, intervals in one cell, and why a figure is missing."""
    from analysis.cadence.calendar_cn import KINDS_OF_DAY
    from analysis.cadence.formats import KIND_NAMES

    cells = dict(row)
    for name in ("week", "month", "day", "date"):
        if row.get(name) is not None:
            cells[name] = f"{row[name]:%Y-%m}" if name == "month" else f"{row[name]:%Y-%m-%d}"
    if "weekday" in row:
        cells["weekday"] = f"周{_WEEKDAYS[row['weekday']]}"
    if "kind" in row:
        cells["kind"] = {**_KINDS, **KINDS_OF_DAY, **KIND_NAMES}[row["kind"]]
    for name in ("before", "after", "ratio", "date"):
        cells[f"{name}_range"] = _format_range(row.get(f"{name}_low"), row.get(f"{name}_high"))
    cells["interval"] = (
        _format_range(row.get("pushes_per_week_low"), row.get("pushes_per_week_high")) or "样本不足"
    )
    if show == "accounts":
        timeless = "时间只到天" if row["pushes_timed"] == 0 and row["pushes"] >= 5 else "样本不足"
        for key in [key for key, value in cells.items() if value is None]:
            cells[key] = timeless if key.startswith("busiest") else "样本不足"
    for key in ("ratio", "differs"):
        if key in cells and cells[key] is None:
            cells[key] = "样本不足"
    return cells


def _format_range(low: Any, high: Any) -> str:
    if low is None or high is None:
        return ""
    return (
        f"{low:%Y-%m-%d}–{high:%Y-%m-%d}" if hasattr(low, "strftime") else f"{low:.2f}–{high:.2f}"
    )


def _print_notes(show: str, pushes: pd.DataFrame) -> None:
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
        from analysis.cadence.changes import measure_history

        short = measure_history(pushes).loc[lambda rows: ~rows["enough"], "account"].tolist()
        print(
            f"样本不足（整周不到 {MIN_CHANGE_WEEKS} 周，不找变化）：{'、'.join(short)}"
            if short
            else f"每个账号都有 {MIN_CHANGE_WEEKS} 个以上的整周"
        )
    if show == "holidays":
        print("日历之外：节假日安排还没公布的天数，只按星期几算")
