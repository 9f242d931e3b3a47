"""The command about how accounts began and went on: beginnings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

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
    analysing,
    check_format,
    check_output,
    echo_err,
    window,
)
from analysis.commands.rivals import show_rivals

if TYPE_CHECKING:
    import pandas as pd

    from analysis.group import AccountGroup

__all__ = ["app"]

app = typer.Typer()


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
    check_output(output, force=force)
    if show not in ("phases", "accounts", "shared"):
        raise typer.BadParameter(
            f"{show!r} 不行；可以用 phases、accounts、shared", param_hint="--show"
        )
    begin, end = window(since, until)
    with analysing(store) as opened:
        group = AccountGroup(opened, accounts=account, since=begin, until=end)
        frame = _frame_of(group, show)
    view = load_view("beginnings", show)
    show_rivals(frame, view, format=format, output=output, force=force)
    if format == "table" and not output and show != "phases":
        echo_err(f"发得稳：{STEADY_RULE}")


def _frame_of(group: AccountGroup, show: str) -> pd.DataFrame:
    if show == "phases":
        return group.phases
    if show == "shared":
        return group.steady_starts
    steady = group.steadiness.rename(columns={"because": "steady_because"})
    steady = steady.drop(columns=["account", "pushes"])
    return group.beginnings.merge(steady, on="account_id", how="left")
