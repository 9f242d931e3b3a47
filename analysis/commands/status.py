"""Commands that show what is held: status, articles."""

from __future__ import annotations

from datetime import datetime

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
    frame_rows,
    show_rows,
    store_at,
    window,
)
from analysis.commands.printing import print_rows, save_rows
from analysis.labels import ROLE_NAMES, STATUS_NAMES

__all__ = ["app"]

app = typer.Typer()

_ARTICLE_COLUMNS = {
    "account": "账号",
    "account_id": "账号编号",
    "published_at": "发布时间",
    "time_precision": "时间精度",
    "title": "标题",
    "url": "链接",
    "push_id": "推送",
    "position": "位置",
    "kind": "类型",
    "original": "原创",
    "author": "作者",
    "digest": "摘要",
    "albums": "合集",
    "status": "状态",
    "sources": "来源",
    "article_id": "文章编号",
}
_ARTICLE_TABLE = (
    "account",
    "published_at",
    "position",
    "title",
    "kind",
    "status",
    "sources",
    "url",
)
_STATUS_COLUMNS = {
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
_STATUS_TABLE = (
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
        save_rows(rows, _STATUS_COLUMNS, output, force=force)
        print(output)
    elif format != "table":
        print_rows(rows, _STATUS_COLUMNS, format=format)
    else:
        for row in rows:
            row["role"] = ROLE_NAMES.get(row["role"] or "", "")
            row["by_status"] = {STATUS_NAMES[key]: count for key, count in row["by_status"].items()}
            row["coverage"] = _coverage_text(row["coverage"], row["missing"])
        print_rows(rows, {key: _STATUS_COLUMNS[key] for key in _STATUS_TABLE}, format="table")
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
    """一张干净的总表：所有账号的文章，完整标题和链接。-o 可写 CSV、JSON、XLSX、Parquet。"""
    from analysis.frames import load_articles

    check_format(format)
    begin, end = window(since, until)
    with store_at(store) as opened:
        frame = load_articles(opened, accounts=account, since=begin, until=end)
        origins = opened.article_origins()
    frame["sources"] = [origins.get(article_id, []) for article_id in frame["article_id"]]
    rows = frame_rows(frame, _ARTICLE_COLUMNS)
    table = {key: _ARTICLE_COLUMNS[key] for key in _ARTICLE_TABLE}
    show_rows(rows, _ARTICLE_COLUMNS, table, worded=dict, format=format, output=output, force=force)
