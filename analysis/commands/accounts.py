"""The commands that show the accounts of a store and take what a person states of them: accounts,
accounts set, merge, rename.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analysis.commands.headings import load_view
from analysis.commands.options import (
    DEFAULT_STORE,
    ForceOption,
    FormatOption,
    OutOption,
    StoreOption,
    check_format,
    check_output,
    show_rows,
    store_at,
)
from analysis.labels import ROLE_NAMES

if TYPE_CHECKING:
    from crawler.store import Store
    from crawler.store.writer import Writer

__all__ = ["app"]

app = typer.Typer()
_accounts = typer.Typer(
    help="账号：列出、定角色和品牌、补资料、合并、改名。", invoke_without_command=True
)
app.add_typer(_accounts, name="accounts")
_NAME_HELP = "账号的名称、biz、gh_id 或微信号"


@_accounts.callback()
def list_accounts(
    context: typer.Context,
    store: StoreOption = DEFAULT_STORE,
    format: FormatOption = "table",
    output: OutOption = None,
    force: ForceOption = False,
) -> None:
    """列出存储里的账号：角色、品牌、篇数、时间、补充资料。"""
    if context.invoked_subcommand is not None:
        return
    from crawler.records import BEIJING

    check_format(format)
    check_output(output, force=force)
    with store_at(store) as opened:
        stored = {row["account_id"]: row for row in opened.accounts()}
        rows = [
            {**stored.get(coverage.account_id, {}), **coverage.as_dict()}
            for coverage in opened.coverage()
        ]
    for row in rows:
        row |= {
            key: datetime.fromtimestamp(row[key], BEIJING) if row[key] is not None else None
            for key in ("first", "last")
        }
    view = load_view("accounts", "accounts")
    rows = [{key: row.get(key) for key in view.columns} for row in rows]
    show_rows(rows, view, format_row=_format_row, format=format, output=output, force=force)


@_accounts.command("set")
def set_fields(
    accounts: Annotated[list[str], typer.Argument(metavar="账号…", help=_NAME_HELP)],
    role: Annotated[
        str | None, typer.Option("--role", help="own、direct、adjacent、benchmark；- 去掉")
    ] = None,
    brand: Annotated[str | None, typer.Option("--brand", help="品牌；- 去掉")] = None,
    fact: Annotated[
        list[str] | None,
        typer.Option("--fact", help="补充资料，写成 名称=内容，可以写几个；内容写 - 去掉"),
    ] = None,
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """定角色、品牌，补充资料（粉丝数、菜单……）。以后再导入也不会改回去。"""
    from crawler.store.statements import state_by_hand

    changes: dict[str, Any] = {}
    if role is not None:
        changes["role"] = _checked_role(role)
    if brand is not None:
        changes["brand"] = _value(brand)
    if fact:
        changes["facts"] = dict(map(_split_fact, fact))
    if not changes:
        raise typer.BadParameter("要写 --role、--brand 或 --fact", param_hint="set")
    with _stating(store) as (opened, writer):
        for account in opened.find_accounts(accounts):
            state_by_hand(writer, account, changes)
            print(f"{account['name']}：已记下")


@_accounts.command("own")
def set_own(
    accounts: Annotated[list[str], typer.Argument(metavar="账号…", help=_NAME_HELP)],
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """这是自己的号：同 set --role own。"""
    set_fields(accounts, role="own", store=store)


@_accounts.command()
def merge(
    kept: Annotated[str, typer.Argument(metavar="留下的", help=_NAME_HELP)],
    other: Annotated[str, typer.Argument(metavar="并进去的", help=_NAME_HELP)],
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """说明两个条目是同一个号：文章合到一起，同一篇只算一篇。"""
    from crawler.store import StoreError
    from crawler.store.statements import merge_stated

    with _stating(store) as (opened, writer):
        ours, theirs = (_one_account(opened, name) for name in (kept, other))
        if ours["account_pk"] == theirs["account_pk"]:
            raise StoreError(f"“{kept}”和“{other}”本来就是同一个号")
        merge_stated(writer, ours, theirs)
    print(f"“{theirs['name']}”已并进“{ours['name']}”")


@_accounts.command()
def rename(
    account: Annotated[str, typer.Argument(metavar="账号", help=_NAME_HELP)],
    name: Annotated[str, typer.Argument(metavar="新名称", help="以后显示的名称；- 恢复原来的")],
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """换一个显示的名称；原来的名称还认得。"""
    from crawler.records import clean_text
    from crawler.store.statements import state_by_hand

    label = clean_text(_value(name))
    if label is None and name != "-":
        raise typer.BadParameter("名称是空的", param_hint="rename")
    with _stating(store) as (opened, writer):
        renamed = _one_account(opened, account)
        state_by_hand(writer, renamed, {"label": label})
    print(f"{renamed['name']} → {label or '原来的名称'}")


@contextmanager
def _stating(store: str) -> Iterator[tuple[Store, Writer]]:
    with store_at(store) as opened, opened.writing() as writer:
        yield opened, writer


def _one_account(opened: Store, name: str) -> dict[str, Any]:
    """The one account meant. Raises StoreError where none is, or several are."""
    from crawler.store import StoreError

    accounts = opened.find_accounts([name])
    if len(accounts) > 1:
        ids = "、".join(account["account_id"] for account in accounts[:5])
        raise StoreError(f"{name!r} 指 {len(accounts)} 个账号：请用 {ids} 之一")
    return accounts[0]


def _checked_role(role: str) -> str | None:
    by_name = {name: key for key, name in ROLE_NAMES.items()}
    chosen = by_name.get(role, role)
    if chosen != "-" and chosen not in ROLE_NAMES:
        allowed = "、".join(f"{key}（{name}）" for key, name in ROLE_NAMES.items())
        raise typer.BadParameter(f"{role!r} 不行；可以用 {allowed}", param_hint="--role")
    return _value(chosen)


def _split_fact(text: str) -> tuple[str, str | None]:
    name, mark, value = (part.strip() for part in text.partition("="))
    if not (name and mark and value):
        raise typer.BadParameter(
            f"{text!r} 看不懂；写成 名称=内容，如 followers=12000", param_hint="--fact"
        )
    return name, _value(value)


def _value(text: str) -> str | None:
    return None if text == "-" else text


def _format_row(row: dict[str, Any]) -> dict[str, Any]:
    return row | {
        "role": ROLE_NAMES.get(row["role"] or "", ""),
        "facts": "；".join(f"{name}：{value}" for name, value in (row["facts"] or {}).items()),
    }
