"""The command that lists all articles in one table: articles."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

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
    frame_rows,
    show_rows,
    store_at,
    window,
)
from analysis.labels import STATUS_NAMES

if TYPE_CHECKING:
    import pandas as pd

    from crawler.store import Store

__all__ = ["app"]

app = typer.Typer()


@app.command()
def articles(
    account: AccountOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    store: StoreOption = DEFAULT_STORE,
    format: FormatOption = "table",
    output: OutOption = None,
    force: ForceOption = False,
) -> None:
    """一张干净的总表：完整标题、链接、栏目、目的、互动数。-o 可写 CSV、JSON、XLSX、Parquet。"""
    check_format(format)
    check_output(output, force=force)
    begin, end = window(since, until)
    labelled = output is not None or format != "table"
    with store_at(store, doing="在整理文章") as opened:
        frame = _load(opened, account, begin, end, labelled=labelled)
        origins = opened.article_origins()
    frame["sources"] = [origins.get(article_id, []) for article_id in frame["article_id"]]
    view = load_view("articles", "articles")
    rows = frame_rows(frame, view.columns if labelled else view.table)
    if output is not None and output.suffix.lower() == ".xlsx":
        rows = list(map(_name_codes, rows))
    show_rows(rows, view, format_row=_name_codes, format=format, output=output, force=force)


def _load(
    store: Store,
    accounts: list[str] | None,
    since: datetime | None,
    until: datetime | None,
    *,
    labelled: bool,
) -> pd.DataFrame:
    """The articles; with what studies and imports say of each, where that is wanted."""
    from analysis.frames import load_articles
    from analysis.group import AccountGroup

    if not labelled:
        return load_articles(store, accounts=accounts, since=since, until=until)
    group = AccountGroup(store, accounts=accounts, since=since, until=until, themes=False)
    return group.article_list


def _name_codes(row: dict[str, Any]) -> dict[str, Any]:
    """A row for people: codes by their Chinese names, a day where only the day is known."""
    from analysis.cadence.formats import KIND_NAMES
    from analysis.engagement.counts import EXCLUDED

    words = load_words("articles")
    by_name: dict[str, dict[str, str]] = {
        "kind": KIND_NAMES,
        "status": STATUS_NAMES,
        "time_precision": words,
        "kept_out": EXCLUDED,
    }
    named = {key: names.get(row[key], row[key]) for key, names in by_name.items() if key in row}
    lists = {
        key: [words.get(code, code) for code in row[key] or ()]
        for key in ("sources", "at_least")
        if key in row
    }
    at = row["published_at"]
    known_to_day = row.get("time_precision") == "day" and at is not None
    return row | named | lists | ({"published_at": at.date()} if known_to_day else {})
