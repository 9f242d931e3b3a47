"""Commands that bring records in, and take them back: import, collect, imports, forget, reparse."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.commands.options import (
    DEFAULT_STORE,
    ForceOption,
    FormatOption,
    StoreOption,
    check_format,
    echo_err,
    store_at,
)
from analysis.commands.printing import print_rows, save_rows
from analysis.files import OutputError
from analysis.labels import STATUS_NAMES

if TYPE_CHECKING:
    from crawler.importer import FileReport

__all__ = ["app", "tell_report"]

app = typer.Typer()

_REJECTS_TOLD = 10
_IMPORT_COLUMNS = {
    "file": "文件",
    "kind": "格式",
    "status": "内容",
    "account": "账号",
    "title": "标题",
    "published_at": "发布时间",
    "new": "新",
    "updated": "更新",
    "unchanged": "未变",
    "rejected": "拒收",
    "error": "原因",
}
_ERROR = 1


@app.command("import")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            help="文章网页（HTML、MHTML）、合集（HTML、JSON）、链接清单、HAR，或装着它们的文件夹",
        ),
    ],
    account: Annotated[
        str | None, typer.Option("--account", help="文件没写账号时，算作这个账号的")
    ] = None,
    role: Annotated[
        str | None, typer.Option("--role", help="这个账号的角色：own、direct、adjacent、benchmark")
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="列=字段", help="表格里认不出的列，如 --map 题目=title，可写多次"
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="有一行拒收就整个文件不导入")] = False,
    rejects: Annotated[
        Path | None, typer.Option("--rejects", help="把拒收的行写进这个 CSV")
    ] = None,
    store: StoreOption = DEFAULT_STORE,
    format: FormatOption = "table",
    force: ForceOption = False,
) -> None:
    """导入手里的文件：文章页、合集、表格、订阅、列表
    JSON、链接清单、HAR、Markdown，或装着它们的文件夹和 ZIP。
    """
    from crawler.importer import import_files
    from crawler.records import ROLES, Account

    check_format(format)
    if role is not None and role not in ROLES:
        raise typer.BadParameter(f"{role!r} 不行；可以用 {'、'.join(ROLES)}", param_hint="--role")
    if role is not None and account is None:
        raise typer.BadParameter("要和 --account 一起用", param_hint="--role")
    owner = Account(name=account, role=role) if account else None
    if rejects and rejects.exists() and not force:
        raise OutputError(f"{rejects} 已经存在：换个名字，或加 --force 覆盖")
    with store_at(store, create=True) as opened:
        reports = []
        for report in import_files(
            opened, files, owner=owner, mapping=_mapping(columns), strict=strict
        ):
            reports.append(report)
            tell_report(report)
    if rejects:
        _save_rejects(reports, rejects, force=force)
    _print_imported(reports, format)
    if any(report.error and report.named for report in reports) or not any(
        r.tally.total or r.status for r in reports if not r.error
    ):
        raise SystemExit(_ERROR)


def _mapping(columns: list[str] | None) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in columns or ()]
    wrong = [name for name, _, value in pairs if not (name and value)]
    if wrong:
        raise typer.BadParameter(f"{wrong[0]!r} 要写成 列=字段，如 题目=title", param_hint="--map")
    return {name.strip(): value.strip() for name, _, value in pairs}


def tell_report(report: FileReport) -> None:
    if report.error:
        echo_err(f"{'错误' if report.named else '跳过'}：{report.file}：{report.error}")
        return
    for note in report.notes:
        echo_err(f"说明：{report.file}：{note}")
    for reject in report.rejects[:_REJECTS_TOLD]:
        echo_err(f"拒收：{report.file} {reject.where}：{reject.reason}")
    if len(report.rejects) > _REJECTS_TOLD:
        echo_err(
            f"拒收：{report.file}：另有 {len(report.rejects) - _REJECTS_TOLD} 行，用 --rejects "
            "文件.csv 全部列出"
        )


def _save_rejects(reports: list[FileReport], path: Path, *, force: bool) -> None:
    rows: list[dict[str, object]] = [
        {"file": report.file, "where": reject.where, "reason": reject.reason, "held": reject.held}
        for report in reports
        for reject in report.rejects
    ]
    rows += [
        {"file": report.file, "where": "", "reason": report.error, "held": ""}
        for report in reports
        if report.error and not report.rejects
    ]
    save_rows(
        rows, {"file": "文件", "where": "位置", "reason": "原因", "held": "内容"}, path, force=force
    )


def _print_imported(reports: list[FileReport], format: str) -> None:
    if format != "table":
        print_rows([_import_row(report) for report in reports], _IMPORT_COLUMNS, format=format)
        return
    titles = _kind_titles()
    groups: dict[tuple[str, str], dict[str, object]] = {}
    for row in map(_import_row, reports):
        key = (
            ("认不出", "")
            if row["error"]
            else (
                titles.get(str(row["kind"]), ""),
                STATUS_NAMES.get(str(row["status"]), str(row["status"])),
            )
        )
        group = groups.setdefault(
            key,
            {
                "kind": key[0],
                "status": key[1],
                "files": 0,
                "new": 0,
                "updated": 0,
                "unchanged": 0,
                "rejected": 0,
            },
        )
        for name in ("new", "updated", "unchanged", "rejected"):
            group[name] = int(str(group[name])) + int(str(row[name]))
        group["files"] = int(str(group["files"])) + 1
    columns = {
        "kind": "格式",
        "status": "内容",
        "files": "文件",
        "new": "新",
        "updated": "更新",
        "unchanged": "未变",
        "rejected": "拒收",
    }
    print_rows([groups[key] for key in sorted(groups)], columns, format="table")
    new, updated, unchanged, rejected = (
        sum(int(str(g[name])) for g in groups.values())
        for name in ("new", "updated", "unchanged", "rejected")
    )
    print(
        f"共 {new + updated + unchanged + rejected} 行 = 新 {new} + 更新 {updated} + 未变 "
        f"{unchanged} + 拒收 {rejected}"
    )


def _kind_titles() -> dict[str, str]:
    """The names of formats and doors for people."""
    from crawler.formats.detect import READERS

    return {reader.kind: reader.title for reader in READERS} | {
        "crawl": "采集",
        "feed address": "订阅地址",
        "accounts file": "账号文件",
    }


def _import_row(report: FileReport) -> dict[str, object]:
    from crawler.records import BEIJING

    at = datetime.fromtimestamp(report.published_at, BEIJING) if report.published_at else None
    tally = report.tally
    return {
        "file": report.file,
        "kind": report.kind,
        "status": report.status,
        "account": report.account,
        "title": report.title,
        "published_at": at,
        "new": tally.new,
        "updated": tally.updated,
        "unchanged": tally.unchanged,
        "rejected": max(len(report.rejects), report.repeated_rejects, int(bool(report.error))),
        "error": report.error,
    }


@app.command()
def collect(
    accounts: Annotated[
        Path,
        typer.Argument(
            metavar="ACCOUNTS.toml", help="要看哪些账号；样例见 data/accounts.example.toml"
        ),
    ],
    store: StoreOption = DEFAULT_STORE,
    base_url: Annotated[
        str | None, typer.Option("--base-url", help="改抓本机的替身站点，如 http://127.0.0.1:8000")
    ] = None,
    delay: Annotated[
        float | None, typer.Option("--delay", min=0, help="平均间隔秒数；对真实站点有下限")
    ] = None,
) -> None:
    """礼貌地采集公开的合集和文章页；遵守 robots.txt，中断后再运行会接着取。"""
    from analysis.commands.progress import ProgressLine, tell_outcome
    from crawler.accounts_file import load_accounts_file
    from crawler.run import LIVE, collect, import_watched_files

    wanted = load_accounts_file(accounts)
    with store_at(store, create=True) as opened:
        for report in import_watched_files(opened, wanted):
            tell_report(report)
        progress = ProgressLine()
        outcome = collect(
            opened, wanted, base_url=base_url or LIVE, delay=delay, report=progress.show
        )
        progress.end()
        tell_outcome(outcome)
    raise SystemExit(outcome.code)


@app.command()
def imports(store: StoreOption = DEFAULT_STORE, format: FormatOption = "table") -> None:
    """每一次导入和采集：编号、来源、带来多少。"""
    from crawler.records import BEIJING

    check_format(format)
    titles = _kind_titles()
    with store_at(store) as opened:
        rows = opened.sources()
    for row in rows:
        row["added_at"] = datetime.fromtimestamp(row["added_at"], BEIJING)
        row["rejected"] = row["note"].get("rejected", 0)
        row["kind"] = row["kind"] if format != "table" else titles.get(row["kind"], row["kind"])
    columns = {
        "source_id": "编号",
        "kind": "格式",
        "label": "来源",
        "added_at": "时间",
        "claims": "条目",
        "rejected": "拒收",
        "permission": "许可",
    }
    print_rows(rows, columns, format=format)


@app.command()
def forget(
    number: Annotated[int, typer.Argument(metavar="IMPORT", help="duibiao imports 列出的编号")],
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """撤回一次导入：它带来的都去掉，被它盖住的恢复原样。"""
    from analysis.compute.cache import cache_for
    from crawler.store import StoreError
    from crawler.store.retraction import forget_source

    with store_at(store) as opened:
        known = {row["source_id"]: row for row in opened.sources()}
        if number not in known:
            raise StoreError(f"没有编号为 {number} 的导入：duibiao imports 列出所有编号")
        with opened.writing() as writer:
            gone = forget_source(writer, number)
        cache_for(opened).clear()
    print(
        f"已撤回 {number}（{known[number]['label']}）：{gone.claims} 条说法，{gone.articles} "
        f"篇文章不再有来源，删去 {gone.pages} 个原始网页"
    )


@app.command("reparse")
def reparse_(store: StoreOption = DEFAULT_STORE) -> None:
    """不联网，用现在的解析器把存着的原始网页全部重读一遍。"""
    from crawler.reparse import Reparse, reparse

    done = Reparse()
    with store_at(store) as opened:
        for done in reparse(opened):
            echo_err(f"已重读 {done.pages} 页")
    for where, why in done.unreadable:
        echo_err(f"读不了：{where}：{why}")
    changed = done.tally.new + done.tally.updated + done.retracted
    print(f"重读 {done.pages} 页：读法变了的 {changed} 处，读不了的 {len(done.unreadable)} 页")
