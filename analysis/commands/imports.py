"""The command that lists every import and every crawl: imports."""

from __future__ import annotations

from datetime import datetime

import typer

from analysis.commands.headings import load_view
from analysis.commands.import_files import name_kinds
from analysis.commands.options import (
    DEFAULT_STORE,
    FormatOption,
    StoreOption,
    check_format,
    store_at,
)
from analysis.commands.printing import print_rows

__all__ = ["app"]

app = typer.Typer()


@app.command()
def imports(store: StoreOption = DEFAULT_STORE, format: FormatOption = "table") -> None:
    """每一次导入和采集：编号、来源、带来多少。"""
    from crawler.records import BEIJING

    check_format(format)
    kinds = name_kinds()
    with store_at(store) as opened:
        rows = opened.sources()
    for row in rows:
        row["added_at"] = datetime.fromtimestamp(row["added_at"], BEIJING)
        row["rejected"] = row["note"].get("rejected", 0)
        if format == "table":
            row["kind"] = kinds.get(row["kind"], row["kind"])
    print_rows(rows, load_view("imports", "imports").columns, format=format)
