"""The command that holds a plan against the group before a launch: prelaunch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.commands.options import (
    DEFAULT_STORE,
    AccountOption,
    ForceOption,
    OutOption,
    StoreOption,
    day_or_today,
    echo_err,
    free_name,
    store_at,
)
from analysis.files import check_free

if TYPE_CHECKING:
    from analysis.prelaunch.benchmark import Benchmark

__all__ = ["app"]

app = typer.Typer()

_SUFFIXES = (".html", ".xlsx", ".json")


@app.command()
def prelaunch(
    plan: Annotated[
        Path | None, typer.Argument(help="计划文件（TOML）；没有就先用 --new 写一份")
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="写一份带说明的空计划，等着填")] = False,
    calendar: Annotated[
        Path | None, typer.Option("--calendar", help="头四周的日历也写成 .ics 文件")
    ] = None,
    day: Annotated[
        str | None,
        typer.Option("--date", help="做计划的日期，默认今天；同样的日期、计划和数据得到同样的文件"),
    ] = None,
    format: Annotated[
        str, typer.Option("--format", help="html 或 json；json 把全部数字写到屏幕")
    ] = "html",
    account: AccountOption = None,
    store: StoreOption = DEFAULT_STORE,
    output: OutOption = None,
    force: ForceOption = False,
) -> None:
    """上线前对标：拿自己的计划和同组账号比栏目、时间、频率和排版，排出头四周的日历。"""
    if new:
        _write_new(output or plan or Path("plan.toml"), force=force)
        return
    if plan is None:
        raise typer.BadParameter(
            "要一份计划：duibiao prelaunch plan.toml；先写一份用 duibiao prelaunch --new",
            param_hint="PLAN",
        )
    if format not in ("html", "json"):
        raise typer.BadParameter(f"{format!r} 不行；可以用 html、json", param_hint="--format")
    if output and output.suffix.lower() not in _SUFFIXES:
        raise typer.BadParameter(
            f"认不出 {output.name} 的格式；可以用 {'、'.join(_SUFFIXES)}", param_hint="-o"
        )
    if calendar and calendar.suffix.lower() != ".ics":
        raise typer.BadParameter(f"{calendar.name} 要以 .ics 结尾", param_hint="--calendar")
    for path in (output, calendar):
        if path is not None:
            check_free(path, force=force)
    benchmark = _benchmark(plan, day, account, store)
    if calendar:
        _save_calendar(benchmark, calendar, force=force)
    if format == "json" and output is None:
        from analysis.prelaunch.sheets import render_json

        print(render_json(benchmark))
        return
    path = output or free_name(Path("prelaunch.html"))
    _save(benchmark, path, force=force)
    print(path)


def _write_new(path: Path, *, force: bool) -> None:
    from analysis.files import save_file
    from analysis.prelaunch.plan import new_plan

    save_file(path, new_plan(), force=force)
    print(path)


def _benchmark(path: Path, day: str | None, account: list[str] | None, store: str) -> Benchmark:
    from analysis.group import AccountGroup
    from analysis.prelaunch.build import load_draft, make_benchmark
    from analysis.prelaunch.plan import load_plan

    plan = load_plan(path)
    draft = load_draft(plan, path.parent)
    with store_at(store, doing="在对标") as opened:
        group = AccountGroup(opened, accounts=account, on_progress=echo_err)
        return make_benchmark(
            group, plan, date=day_or_today(day), draft=draft, chosen=bool(account)
        )


def _save_calendar(benchmark: Benchmark, path: Path, *, force: bool) -> None:
    from analysis.files import save_file
    from analysis.prelaunch.calendar import render_ics

    name = f"{benchmark.plan.name or '新公众号'} 头四周"
    save_file(
        path, render_ics(benchmark.launch, as_of=benchmark.date, name=name).encode(), force=force
    )
    echo_err(f"日历 {path}：{len(benchmark.launch.pushes)} 次推送")


def _save(benchmark: Benchmark, path: Path, *, force: bool) -> None:
    """The page, the sheets or the figures, by the file's ending."""
    from analysis.commands.printing import save_sheets
    from analysis.files import save_file
    from analysis.prelaunch.page import render_benchmark
    from analysis.prelaunch.sheets import SHEETS, list_rows, render_json

    kind = path.suffix.lower()
    if kind == ".xlsx":
        rows = list_rows(benchmark)
        save_sheets(
            {title: (rows[name], columns) for name, (title, columns) in SHEETS.items()},
            path,
            force=force,
        )
    else:
        text = render_json(benchmark) + "\n" if kind == ".json" else render_benchmark(benchmark)
        save_file(path, text, force=force)
