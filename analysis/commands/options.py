"""What every command shares: its options, opening the store, reading days, plain values, one line
on stderr.
"""

from __future__ import annotations

import functools
import gc
import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analysis.commands.printing import FORMATS, check_rows_file
from analysis.commands.terminal import echo_err, working
from crawler.places import default_store

if TYPE_CHECKING:
    import pandas as pd

    from analysis.commands.headings import View
    from crawler.store import Store

__all__ = [
    "DEFAULT_STORE",
    "AccountOption",
    "AccountsOption",
    "ForceOption",
    "FormatOption",
    "OutOption",
    "OwnOption",
    "SinceOption",
    "StoreOption",
    "UntilOption",
    "all_named",
    "analysing",
    "clustered",
    "check_format",
    "check_output",
    "window",
    "day_option",
    "day_or_today",
    "free_name",
    "frame_rows",
    "echo_err",
    "show_frame",
    "show_rows",
    "store_at",
]

_CYCLES_EVERY = 200_000  # objects

StoreOption = Annotated[
    str,
    typer.Option(
        "--store",
        envvar="DUIBIAO_STORE",
        help="存储：sqlite:///文件，或 postgresql+psycopg://…",
        show_default=True,
    ),
]
FormatOption = Annotated[str, typer.Option("--format", help="table、csv 或 json；csv 是原始值")]
AccountOption = Annotated[
    list[str] | None,
    typer.Option("--account", help="只看这些账号：名称、曾用名、biz、gh_id 或品牌，可写多次"),
]
AccountsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--accounts", help="同 --account，一次写几个，用逗号隔开；名字里有逗号的用 --account"
    ),
]
OwnOption = Annotated[
    str | None, typer.Option("--own", help="哪个是自己的账号：名称、编号或品牌；不写就按账号文件")
]
SinceOption = Annotated[str | None, typer.Option("--since", help="从这天起（含），如 2025-01-31")]
UntilOption = Annotated[str | None, typer.Option("--until", help="到这天止（含）")]
OutOption = Annotated[Path | None, typer.Option("-o", "--output", help="写进文件")]
ClusterOption = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        envvar="DUIBIAO_CLUSTER",
        help="在 Dask 集群上算，如 tcp://主机:8786；结果和一台机器上一样",
    ),
]
PartitionsOption = Annotated[
    str | None,
    typer.Option(
        "--partitions",
        envvar="DUIBIAO_PARTITIONS",
        help=(
            "和 --cluster 一起：各台机器都能读写的文件夹或 s3:// 地址，放分给 worker 的数据，"
            "算完就删"
        ),
    ),
]
ForceOption = Annotated[bool, typer.Option("--force", help="文件已存在时覆盖")]

DEFAULT_STORE = default_store()


def clustered(command: Callable[..., None]) -> Callable[..., None]:
    """The command with --cluster and --partitions: it computes on a cluster where one is named."""

    @functools.wraps(command)
    def run(
        *args: Any, cluster: str | None = None, partitions: str | None = None, **kwargs: Any
    ) -> None:
        with _collecting_garbage_less():
            if cluster is None:
                return command(*args, **kwargs)
            from analysis.compute.cluster import on_cluster

            if kwargs["store"].startswith("sqlite:") and not partitions:
                raise typer.BadParameter(
                    "存储是这台机器上的文件，worker 读不到：用 --partitions "
                    "写明一个都能读写的文件夹或 s3:// 地址",
                    param_hint="--cluster",
                )
            with on_cluster(cluster, partitions=partitions):
                return command(*args, **kwargs)

    signature = inspect.signature(command, eval_str=True)  # Typer reads options from it
    cluster_options = {"cluster": ClusterOption, "partitions": PartitionsOption}
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=option)
        for name, option in cluster_options.items()
    ]
    run.__signature__ = signature.replace(parameters=[*signature.parameters.values(), *added])  # type: ignore[attr-defined]
    run.__annotations__ = {
        name: parameter.annotation for name, parameter in signature.parameters.items()
    } | cluster_options
    return run


@contextmanager
def _collecting_garbage_less() -> Iterator[None]:
    """For commands that compute and end: frames free themselves, and Python's own pace takes a
    sixth of a brief. A crawl must never do it: responses lie in cycles, and a gigabyte of them
    lay in memory after five minutes.
    """
    before = gc.get_threshold()
    gc.set_threshold(_CYCLES_EVERY)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def store_at(url: str, *, create: bool = False, doing: str = "在算") -> Iterator[Store]:
    """The store; what takes long inside is said as `doing`."""
    from crawler.store import open_store

    with open_store(url, create=create) as store, working(doing):
        yield store


@contextmanager
def analysing(url: str) -> Iterator[Store]:
    """The store, to be read; what is computed from it inside is cached beside it."""
    from analysis.compute.cache import cache_for, using_cache

    with store_at(url) as store, using_cache(cache_for(store)):
        yield store


def check_format(format: str) -> str:
    if format not in FORMATS:
        raise typer.BadParameter(
            f"{format!r} 不行；可以用 {'、'.join(FORMATS)}", param_hint="--format"
        )
    return format


def check_output(path: Path | None, *, force: bool) -> None:
    """Whether rows could be written there, before any work is done. Raises OutputError."""
    if path is not None:
        check_rows_file(path, force=force)


def day_option(text: str | None, hint: str, *, after: bool = False) -> datetime | None:
    """The beginning of a day in Beijing; with `after`, of the day after it."""
    from crawler.records import BEIJING

    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} 不是日期；写成 2025-01-31", param_hint=hint) from None
    return datetime.combine(day + timedelta(days=int(after)), time(), BEIJING)


def day_or_today(text: str | None) -> date:
    """The day that --date names, else today in Beijing."""
    from crawler.records import BEIJING

    return (day_option(text, "--date") or datetime.now(BEIJING)).date()


def window(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """The days that --since and --until name, as a beginning and an end that is not in it."""
    begin, end = day_option(since, "--since"), day_option(until, "--until", after=True)
    if begin and end and begin >= end:
        raise typer.BadParameter("--since 比 --until 晚", param_hint="--since")
    return begin, end


def all_named(account: Sequence[str] | None, accounts: Sequence[str] | None) -> list[str] | None:
    """What --account names one by one and --accounts with commas between, together; None where
    neither names any.
    """
    listed = [
        word.strip()
        for words in accounts or ()
        for word in words.replace("，", ",").split(",")
        if word.strip()
    ]
    if accounts and not listed:
        raise typer.BadParameter(
            "没有写账号；用逗号隔开几个，如 --accounts 甲号,乙号", param_hint="--accounts"
        )
    return [*(account or ()), *listed] or None


def free_name(path: Path) -> Path:
    """The path itself, or with the first free number."""
    numbered = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(2, 10_000))
    return path if not path.exists() else next(name for name in numbered if not name.exists())


def frame_rows(frame: pd.DataFrame, keys: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """A frame's rows with plain values, of the columns in `keys` where they are given."""
    from analysis.rows import plain_rows

    return plain_rows(frame if keys is None else frame[list(keys)])


def show_frame(
    frame: pd.DataFrame, view: View, *, format: str, output: Path | None, force: bool
) -> None:
    """A frame's rows on stdout or in a file; in the table a missing figure is 样本不足."""
    figures = [key for key in view.table if frame[key].dtype == "float64"]

    def format_row(row: dict[str, Any]) -> dict[str, Any]:
        return row | {key: "样本不足" for key in figures if row[key] is None}

    show_rows(
        frame_rows(frame, view.columns),
        view,
        format_row=format_row,
        format=format,
        output=output,
        force=force,
    )


def show_rows(
    rows: list[dict[str, Any]],
    view: View,
    *,
    format_row: Callable[[dict[str, Any]], dict[str, Any]],
    format: str,
    output: Path | None,
    force: bool,
) -> None:
    """Rows in a file, raw on stdout, or as a table for people, whose cells `format_row` makes of a
    row.
    """
    from analysis.commands.printing import print_rows, save_rows

    if output:
        with working("在写文件"):
            save_rows(rows, view.columns, output, force=force)
        print(output)
    elif format != "table":
        print_rows(rows, view.columns, format=format)
    else:
        print_rows([format_row(row) for row in rows], view.table, format="table")
