"""The command that reads files into the store: import."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analysis.commands.headings import load_view
from analysis.commands.options import (
    DEFAULT_STORE,
    ForceOption,
    FormatOption,
    StoreOption,
    check_format,
    check_output,
    store_at,
)
from analysis.commands.printing import print_rows, save_rows
from analysis.commands.progress import echo_report
from analysis.commands.terminal import working
from analysis.labels import STATUS_NAMES

if TYPE_CHECKING:
    from crawler.importer import FileReport

__all__ = ["app", "name_kinds"]

app = typer.Typer()

_OUTCOMES = ("new", "updated", "unchanged", "rejected")
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
        str | None,
        typer.Option("--role", help="文件里所有账号的角色：own、direct、adjacent、benchmark"),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="列=字段", help="表格里认不出的列，如 --map 推文名字=标题，可写多次"
        ),
    ] = None,
    sheet_accounts: Annotated[
        bool, typer.Option("--sheet-accounts", help="表格没写账号时，工作表名就是账号")
    ] = False,
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
    owner = Account(name=account, role=role) if account else None
    check_output(rejects, force=force)
    mapping = _mapping(columns)
    with store_at(store, create=True) as opened, working("在导入") as line:
        reports = []
        for report in import_files(
            opened,
            files,
            owner=owner,
            mapping=mapping,
            strict=strict,
            role=role,
            sheet_accounts=sheet_accounts,
        ):
            reports.append(report)
            echo_report(report)
            rows = sum(done.tally.total for done in reports)
            line.text = f"在导入：{len(reports)} 个文件，{rows} 行"
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
        raise typer.BadParameter(
            f"{wrong[0]!r} 要写成 列=字段，如 推文名字=标题", param_hint="--map"
        )
    return {name.strip(): value.strip() for name, _, value in pairs}


def _save_rejects(reports: list[FileReport], path: Path, *, force: bool) -> None:
    rows: list[dict[str, Any]] = [
        {"file": report.file, "where": reject.where, "reason": reject.reason, "held": reject.text}
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
    rows = [_describe_file(report) for report in reports]
    if format != "table":
        print_rows(rows, load_view("import", "files").columns, format=format)
        return
    kinds = name_kinds()
    groups: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        kind = "认不出" if row["error"] else kinds.get(row["kind"], "")
        status = "" if row["error"] else STATUS_NAMES.get(row["status"], str(row["status"]))
        group = groups.setdefault((kind, status), Counter())
        group.update({"files": 1} | {name: row[name] for name in _OUTCOMES})
    summary = [
        {"kind": kind, "status": status, **counts}
        for (kind, status), counts in sorted(groups.items(), key=lambda group: group[0])
    ]
    print_rows(summary, load_view("import", "groups").columns, format="table")
    total = sum(groups.values(), Counter())
    print(
        f"共 {sum(total[name] for name in _OUTCOMES)} 行 = 新 {total['new']} + 更新 "
        f"{total['updated']} + 未变 {total['unchanged']} + 拒收 {total['rejected']}"
    )


def name_kinds() -> dict[str, str]:
    """The names of formats, and of the other ways records come in."""
    from crawler.formats.detect import READERS

    return {reader.kind: reader.title for reader in READERS} | {
        "crawl": "采集",
        "feed address": "订阅地址",
        "accounts file": "账号文件",
        "by hand": "手工",
    }


def _describe_file(report: FileReport) -> dict[str, Any]:
    from crawler.records import BEIJING

    published_at = (
        datetime.fromtimestamp(report.published_at, BEIJING) if report.published_at else None
    )
    tally = report.tally
    return {
        "file": report.file,
        "kind": report.kind,
        "status": report.status,
        "account": report.account,
        "title": report.title,
        "published_at": published_at,
        "new": tally.new,
        "updated": tally.updated,
        "unchanged": tally.unchanged,
        "rejected": max(len(report.rejects), report.repeated_rejects, int(bool(report.error))),
        "error": report.error,
    }
