"""The command that tells how much of each account is in the store: status."""

from __future__ import annotations

from datetime import datetime

import typer

from analysis.commands.options import (
    DEFAULT_STORE,
    AccountOption,
    ForceOption,
    FormatOption,
    OutOption,
    StoreOption,
    check_format,
    store_at,
)
from analysis.commands.printing import print_rows, save_rows
from analysis.labels import ROLE_NAMES, STATUS_NAMES

__all__ = ["app"]

app = typer.Typer()

_COLUMNS = {
    "account": "账号",
    "role": "角色",
    "articles": "文章",
    "by_status": "状态",
    "first": "第一篇",
    "last": "最后一篇",
    "coverage": "覆盖率至多",
    "basis": "依据",
    "to_fetch": "待取",
    "by_source": "来源",
    "account_id": "账号编号",
    "albums": "合集",
    "album_held": "合集内已知",
    "album_claimed": "合集写明",
    "number_gaps": "编号缺",
    "pushes": "推送",
    "pushes_sized": "写明条数的推送",
    "slot_gaps": "推送缺条",
    "missing": "已知缺",
    "names": "用过的名称",
    "disagreements": "来源不一致",
    "permissions": "许可",
}
_TABLE = (
    "account",
    "role",
    "articles",
    "by_status",
    "first",
    "last",
    "coverage",
    "basis",
    "to_fetch",
)


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
    with store_at(store) as opened:
        numbers = [a["number"] for a in opened.find_accounts(account)] if account else None
        stated = opened.coverage(accounts=numbers)
        differing, sizes = opened.disagreements(), opened.page_sizes()
        known = {a["account_id"]: a["number"] for a in opened.accounts()} | {"未知账号": 0}
    rows = [
        one.as_dict() | {"disagreements": dict(differing.get(known[one.account_id], {}))}
        for one in stated
    ]
    for row in rows:
        row["first"], row["last"] = (
            datetime.fromtimestamp(row[key], BEIJING) if row[key] is not None else None
            for key in ("first", "last")
        )
    if output:
        save_rows(rows, _COLUMNS, output, force=force)
        print(output)
    elif format != "table":
        print_rows(rows, _COLUMNS, format=format)
    else:
        for row in rows:
            row["role"] = ROLE_NAMES.get(row["role"] or "", "")
            row["by_status"] = {STATUS_NAMES[key]: count for key, count in row["by_status"].items()}
            row["coverage"] = _coverage_text(row["coverage"], row["missing"])
        print_rows(rows, {key: _COLUMNS[key] for key in _TABLE}, format="table")
        held = (
            f"原始网页 {sizes['pages']} 个，{sizes['raw_bytes'] / 1e6:.1f} MB，压缩后 "
            f"{sizes['stored_bytes'] / 1e6:.1f} MB"
        )
        for row in rows:
            for permission in row["permissions"]:
                print(f"许可（{row['account']}）：{permission}")
        print(f"{len(rows)} 个账号，{sum(row['articles'] for row in rows)} 篇文章；{held}")


def _coverage_text(share: float | None, missing: int) -> str:
    """As the brief says it: rounded down, and never 100 % where only the albums
    could be checked.
    """
    if share is None:
        return "未知"
    return f"{int(share * 100)}%" if missing else "没发现缺的"
