"""The command that says how often, when and how regularly accounts send: cadence."""

from __future__ import annotations

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
    check_window,
    day_option,
    plain_value,
    store_at,
)  # fmt: skip
from analysis.output import print_rows, save_rows

__all__ = ["app"]

app = typer.Typer()


@app.command()
def cadence(
    account: AccountOption = None, since: SinceOption = None, until: UntilOption = None,
    store: StoreOption = DEFAULT_STORE, format: FormatOption = "table", output: OutOption = None, force: ForceOption = False,
) -> None:  # fmt: skip
    """发文节奏：多久发一次、什么时候发、多有规律、什么时候变过。"""
    from analysis.cadence import build_pushes
    from analysis.frames import load_articles
    from analysis.overview import OVERVIEW, describe_cadence

    check_format(format)
    begin, end = day_option(since, "--since"), day_option(until, "--until", after=True)
    check_window(begin, end)
    with store_at(store) as opened:
        frame = load_articles(opened, accounts=account, since=begin, until=end)
    table = describe_cadence(build_pushes(frame))
    rows = [{key: plain_value(value) for key, value in row.items()} for row in table.to_dict("records")]
    columns = {key: key for key in OVERVIEW}
    if output:
        save_rows(rows, columns, output, force=force)
        print(output)
    else:
        print_rows(rows, columns, format=format)
