"""The command that tells how much of each account is in the store: status."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import typer

from analysis.commands.headings import load_view
from analysis.commands.options import (
    DEFAULT_STORE,
    AccountOption,
    ForceOption,
    FormatOption,
    OutOption,
    StoreOption,
    check_format,
    check_output,
    show_rows,
    store_at,
)
from analysis.labels import ROLE_NAMES, STATUS_NAMES

__all__ = ["app"]

app = typer.Typer()


@app.command()
def status(
    account: AccountOption = None,
    store: StoreOption = DEFAULT_STORE,
    format: FormatOption = "table",
    output: OutOption = None,
    force: ForceOption = False,
) -> None:
    """每个账号有多少文章、从哪来、覆盖多少、还缺什么。"""
    from crawler.records import BEIJING

    check_format(format)
    check_output(output, force=force)
    with store_at(store) as opened:
        account_pks = [a["account_pk"] for a in opened.find_accounts(account)] if account else None
        coverages = opened.coverage(accounts=account_pks)
        differing, sizes = opened.disagreements(), opened.page_sizes()
        pks = {a["account_id"]: a["account_pk"] for a in opened.accounts()} | {"未知账号": 0}
    rows = [
        coverage.as_dict() | {"disagreements": dict(differing.get(pks[coverage.account_id], {}))}
        for coverage in coverages
    ]
    for row in rows:
        row["first"], row["last"] = (
            datetime.fromtimestamp(row[key], BEIJING) if row[key] is not None else None
            for key in ("first", "last")
        )
    view = load_view("status", "status")
    show_rows(rows, view, format_row=_format_row, format=format, output=output, force=force)
    if format == "table" and not output:
        _print_totals(rows, sizes)


def _print_totals(rows: list[dict[str, Any]], sizes: dict[str, int]) -> None:
    for row in rows:
        for permission in row["permissions"]:
            print(f"许可（{row['account']}）：{permission}")
    print(
        f"{len(rows)} 个账号，{sum(row['articles'] for row in rows)} 篇文章；"
        f"原始网页 {sizes['pages']} 个，{sizes['raw_bytes'] / 1e6:.1f} MB，压缩后 "
        f"{sizes['stored_bytes'] / 1e6:.1f} MB"
    )


def _format_row(row: dict[str, Any]) -> dict[str, Any]:
    """The cells of a row: roles and statuses by their names, coverage rounded down."""
    return row | {
        "role": ROLE_NAMES.get(row["role"] or "", ""),
        "by_status": {STATUS_NAMES[key]: count for key, count in row["by_status"].items()},
        "coverage": _format_coverage(row["coverage"], row["missing"]),
    }


def _format_coverage(share: float | None, missing: int) -> str:
    """As the brief says it: rounded down, and never 100 % where only the albums
    could be checked.
    """
    if share is None:
        return "未知"
    return f"{int(share * 100)}%" if missing else "没发现缺的"
