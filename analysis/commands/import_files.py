"""The command that reads files into the store: import."""

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
    store_at,
)
from analysis.commands.printing import print_rows, save_rows
from analysis.commands.progress import echo_report
from analysis.files import OutputError
from analysis.labels import STATUS_NAMES

if TYPE_CHECKING:
    from crawler.importer import FileReport

__all__ = ["app", "name_kinds"]

app = typer.Typer()

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
            echo_report(report)
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
    titles = name_kinds()
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


def name_kinds() -> dict[str, str]:
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
