"""The `duibiao` command: parse, call, print. The work is done elsewhere; heavy modules are loaded by the command that needs them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.output import FORMATS, OutputError, print_rows, save_rows

if TYPE_CHECKING:
    from crawler.importing import FileReport
    from crawler.store import Store

__all__ = ["app", "main"]

app = typer.Typer(
    help="对标：看懂竞品公众号的栏目、发文节奏和排版。", no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
)

StoreOption = Annotated[str, typer.Option("--store", envvar="DUIBIAO_STORE", help="存储：sqlite:///文件，或 postgresql+psycopg://…", show_default=True)]
FormatOption = Annotated[str, typer.Option("--format", help="table、csv 或 json；csv 是原始值")]
AccountOption = Annotated[list[str] | None, typer.Option("--account", help="只看这些账号：名称、曾用名、biz、gh_id 或品牌，可写多次")]
SinceOption = Annotated[str | None, typer.Option("--since", help="从这天起（含），如 2025-01-31")]
UntilOption = Annotated[str | None, typer.Option("--until", help="到这天止（含）")]
OutOption = Annotated[Path | None, typer.Option("-o", "--output", help="写进文件")]
ForceOption = Annotated[bool, typer.Option("--force", help="文件已存在时覆盖")]

_DEFAULT_STORE = "sqlite:///data/duibiao.sqlite3"
_ERROR = 1
_REJECTS_TOLD = 10
_EXPECTED = {"StoreError", "AccountsFileError", "OutputError", "BriefError", "FrameError", "CollectError"}  # by name: importing them all takes a second

_ARTICLE_COLUMNS = {
    "account": "账号", "account_id": "账号编号", "published_at": "发布时间", "time_precision": "时间精度", "title": "标题", "url": "链接",
    "push_id": "推送", "position": "位置", "kind": "类型", "original": "原创", "author": "作者", "digest": "摘要", "albums": "合集", "status": "状态",
    "sources": "来源", "article_id": "文章编号",
}  # fmt: skip
_ARTICLE_TABLE = ("account", "published_at", "position", "title", "kind", "status", "sources", "url")
_STATUS_COLUMNS = {
    "account": "账号", "role": "角色", "articles": "文章", "by_status": "状态", "first": "第一篇", "last": "最后一篇", "coverage": "覆盖率至多", "basis": "依据",
    "to_fetch": "待取", "by_source": "来源", "account_id": "账号编号", "albums": "合集", "album_held": "合集内已知", "album_claimed": "合集写明", "number_gaps": "编号缺",
    "pushes": "推送", "pushes_sized": "写明条数的推送", "slot_gaps": "推送缺条", "missing": "已知缺", "names": "用过的名称", "disagreements": "来源不一致", "permissions": "许可",
}  # fmt: skip
_STATUS_TABLE = ("account", "role", "articles", "by_status", "first", "last", "coverage", "basis", "to_fetch")
_IMPORT_COLUMNS = {
    "file": "文件", "kind": "格式", "status": "内容", "account": "账号", "title": "标题", "published_at": "发布时间",
    "new": "新", "updated": "更新", "unchanged": "未变", "rejected": "拒收", "error": "原因",
}  # fmt: skip
_ROLE_NAMES = {"own": "自己", "direct": "直接对手", "adjacent": "邻近", "benchmark": "标杆"}
_STATUS_NAMES = {
    "listed": "只有条目", "fetched": "有正文", "deleted": "已删除", "violation": "违规", "complaint": "被投诉", "unavailable": "无法查看",
    "expired": "链接过期", "migrated": "已迁移", "closed": "已注销",
}  # fmt: skip


def main() -> None:
    """The entry point: every expected failure is one line on stderr and an exit code."""
    try:
        app()
    except (RuntimeError, ValueError) as error:
        if type(error).__name__ not in _EXPECTED:
            raise
        _fail(str(error))
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(_ERROR) from None
    except KeyboardInterrupt:
        _say("已中断；已存的都在，再运行一次会接着做")
        raise SystemExit(130) from None


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _fail(line: str, code: int = _ERROR) -> None:
    _say(f"错误：{line}")
    raise SystemExit(code)


@contextmanager
def _opened(url: str, *, create: bool = False) -> Iterator[Store]:
    from crawler.store import open_store

    with open_store(url, create=create) as store:
        yield store


def _check_format(format: str) -> str:
    if format not in FORMATS:
        raise typer.BadParameter(f"{format!r} 不行；可以用 {'、'.join(FORMATS)}", param_hint="--format")
    return format


def _day(text: str | None, hint: str, *, after: bool = False) -> datetime | None:
    """The beginning of a day in Beijing; with `after`, of the day after it."""
    from crawler.records import BEIJING

    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} 不是日期；写成 2025-01-31", param_hint=hint) from None
    return datetime.combine(day + timedelta(days=int(after)), time(), BEIJING)


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="文章网页（HTML、MHTML）、合集（HTML、JSON）、链接清单、HAR，或装着它们的文件夹")],
    account: Annotated[str | None, typer.Option("--account", help="文件没写账号时，算作这个账号的")] = None,
    role: Annotated[str | None, typer.Option("--role", help="这个账号的角色：own、direct、adjacent、benchmark")] = None,
    columns: Annotated[list[str] | None, typer.Option("--map", metavar="列=字段", help="表格里认不出的列，如 --map 题目=title，可写多次")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="有一行拒收就整个文件不导入")] = False,
    rejects: Annotated[Path | None, typer.Option("--rejects", help="把拒收的行写进这个 CSV")] = None,
    store: StoreOption = _DEFAULT_STORE,
    format: FormatOption = "table",
    force: ForceOption = False,
) -> None:
    """导入手里的文件：文章页、合集、表格、订阅、列表 JSON、链接清单、HAR、Markdown，或装着它们的文件夹和 ZIP。"""
    from crawler.importing import import_files
    from crawler.records import ROLES, Account

    _check_format(format)
    if role is not None and role not in ROLES:
        raise typer.BadParameter(f"{role!r} 不行；可以用 {'、'.join(ROLES)}", param_hint="--role")
    if role is not None and account is None:
        raise typer.BadParameter("要和 --account 一起用", param_hint="--role")
    owner = Account(name=account, role=role) if account else None
    if rejects and rejects.exists() and not force:
        raise OutputError(f"{rejects} 已经存在：换个名字，或加 --force 覆盖")
    with _opened(store, create=True) as opened:
        reports = []
        for report in import_files(opened, files, owner=owner, mapping=_mapping(columns), strict=strict):
            reports.append(report)
            _tell_report(report)
    if rejects:
        _save_rejects(reports, rejects, force=force)
    _print_imported(reports, format)
    if any(report.error and report.named for report in reports) or not any(r.tally.total or r.status for r in reports if not r.error):
        raise SystemExit(_ERROR)


def _mapping(columns: list[str] | None) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in columns or ()]
    wrong = [name for name, _, value in pairs if not (name and value)]
    if wrong:
        raise typer.BadParameter(f"{wrong[0]!r} 要写成 列=字段，如 题目=title", param_hint="--map")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _tell_report(report: FileReport) -> None:
    if report.error:
        _say(f"{'错误' if report.named else '跳过'}：{report.file}：{report.error}")
        return
    for note in report.notes:
        _say(f"说明：{report.file}：{note}")
    for reject in report.rejects[:_REJECTS_TOLD]:
        _say(f"拒收：{report.file} {reject.where}：{reject.reason}")
    if len(report.rejects) > _REJECTS_TOLD:
        _say(f"拒收：{report.file}：另有 {len(report.rejects) - _REJECTS_TOLD} 行，用 --rejects 文件.csv 全部列出")


def _save_rejects(reports: list[FileReport], path: Path, *, force: bool) -> None:
    rows: list[dict[str, object]] = [
        {"file": report.file, "where": reject.where, "reason": reject.reason, "held": reject.held} for report in reports for reject in report.rejects
    ]
    rows += [{"file": report.file, "where": "", "reason": report.error, "held": ""} for report in reports if report.error and not report.rejects]
    save_rows(rows, {"file": "文件", "where": "位置", "reason": "原因", "held": "内容"}, path, force=force)


def _print_imported(reports: list[FileReport], format: str) -> None:
    if format != "table":
        print_rows([_import_row(report) for report in reports], _IMPORT_COLUMNS, format=format)
        return
    groups: dict[tuple[str, str], dict[str, object]] = {}
    for row in map(_import_row, reports):
        key = ("认不出", "") if row["error"] else (str(row["kind"]), _STATUS_NAMES.get(str(row["status"]), str(row["status"])))
        group = groups.setdefault(key, {"kind": key[0], "status": key[1], "files": 0, "new": 0, "updated": 0, "unchanged": 0, "rejected": 0})
        for name in ("new", "updated", "unchanged", "rejected"):
            group[name] = int(str(group[name])) + int(str(row[name]))
        group["files"] = int(str(group["files"])) + 1
    columns = {"kind": "格式", "status": "内容", "files": "文件", "new": "新", "updated": "更新", "unchanged": "未变", "rejected": "拒收"}
    print_rows([groups[key] for key in sorted(groups)], columns, format="table")
    new, updated, unchanged, rejected = (sum(int(str(g[name])) for g in groups.values()) for name in ("new", "updated", "unchanged", "rejected"))
    print(f"共 {new + updated + unchanged + rejected} 行 = 新 {new} + 更新 {updated} + 未变 {unchanged} + 拒收 {rejected}")


def _import_row(report: FileReport) -> dict[str, object]:
    from crawler.records import BEIJING

    at = datetime.fromtimestamp(report.published_at, BEIJING) if report.published_at else None
    tally = report.tally
    return {
        "file": report.file, "kind": report.kind, "status": report.status, "account": report.account, "title": report.title, "published_at": at,
        "new": tally.new, "updated": tally.updated, "unchanged": tally.unchanged, "rejected": max(len(report.rejects), report.repeated_rejects, int(bool(report.error))), "error": report.error,
    }  # fmt: skip


@app.command()
def collect(
    accounts: Annotated[Path, typer.Argument(metavar="ACCOUNTS.toml", help="要看哪些账号；样例见 data/accounts.example.toml")],
    store: StoreOption = _DEFAULT_STORE,
    base_url: Annotated[str | None, typer.Option("--base-url", help="改抓本机的替身站点，如 http://127.0.0.1:8000")] = None,
    delay: Annotated[float | None, typer.Option("--delay", min=0, help="平均间隔秒数；对真实站点有下限")] = None,
) -> None:
    """礼貌地采集公开的合集和文章页；遵守 robots.txt，中断后再运行会接着取。"""
    from analysis.progress import ProgressLine, tell_outcome
    from crawler.accounts_file import load_accounts_file
    from crawler.collecting import LIVE, collect, import_watched_files

    wanted = load_accounts_file(accounts)
    with _opened(store, create=True) as opened:
        for report in import_watched_files(opened, wanted):
            _tell_report(report)
        progress = ProgressLine()
        outcome = collect(opened, wanted, base_url=base_url or LIVE, delay=delay, report=progress.show)
        progress.end()
        tell_outcome(outcome)
    raise SystemExit(outcome.code)


@app.command()
def status(
    account: AccountOption = None, store: StoreOption = _DEFAULT_STORE, format: FormatOption = "table", output: OutOption = None, force: ForceOption = False
) -> None:
    """每个账号有多少文章、从哪来、覆盖多少、还缺什么。"""
    from crawler.records import BEIJING

    _check_format(format)
    with _opened(store) as opened:
        numbers = [a["number"] for a in opened.find_accounts(account)] if account else None
        stated = opened.coverage(accounts=numbers)
        differing, sizes = opened.disagreements(), opened.page_sizes()
        known = {a["account_id"]: a["number"] for a in opened.accounts()} | {"未知账号": 0}
    rows = [one.as_dict() | {"disagreements": dict(differing.get(known[one.account_id], {}))} for one in stated]
    for row in rows:
        row["first"], row["last"] = (datetime.fromtimestamp(row[key], BEIJING) if row[key] is not None else None for key in ("first", "last"))
    if output:
        save_rows(rows, _STATUS_COLUMNS, output, force=force)
        print(output)
    elif format != "table":
        print_rows(rows, _STATUS_COLUMNS, format=format)
    else:
        for row in rows:
            row["role"] = _ROLE_NAMES.get(row["role"] or "", "")
            row["by_status"] = {_STATUS_NAMES[key]: count for key, count in row["by_status"].items()}
            row["coverage"] = _coverage_text(row["coverage"], row["missing"])
        print_rows(rows, {key: _STATUS_COLUMNS[key] for key in _STATUS_TABLE}, format="table")
        held = f"原始网页 {sizes['pages']} 个，{sizes['raw_bytes'] / 1e6:.1f} MB，压缩后 {sizes['stored_bytes'] / 1e6:.1f} MB"
        for row in rows:
            for permission in row["permissions"]:
                print(f"许可（{row['account']}）：{permission}")
        print(f"{len(rows)} 个账号，{sum(row['articles'] for row in rows)} 篇文章；{held}")


def _coverage_text(share: float | None, missing: int) -> str:
    """As the brief says it: rounded down, and never 100 % where only the albums could be checked."""
    if share is None:
        return "未知"
    return f"{int(share * 100)}%" if missing else "没发现缺的"


@app.command()
def articles(
    account: AccountOption = None, since: SinceOption = None, until: UntilOption = None, store: StoreOption = _DEFAULT_STORE,
    format: FormatOption = "table", output: OutOption = None, force: ForceOption = False,
) -> None:  # fmt: skip
    """一张干净的总表：所有账号的文章，完整标题和链接。-o 可写 CSV、JSON、XLSX、Parquet。"""
    from analysis.frames import load_articles

    _check_format(format)
    begin, end = _day(since, "--since"), _day(until, "--until", after=True)
    _check_window(begin, end)
    with _opened(store) as opened:
        frame = load_articles(opened, accounts=account, since=begin, until=end)
        origins = opened.article_origins()
    frame["sources"] = [origins.get(article_id, []) for article_id in frame["article_id"]]
    rows = [{key: _value(row[key]) for key in _ARTICLE_COLUMNS} for row in frame.to_dict("records")]
    if output:
        save_rows(rows, _ARTICLE_COLUMNS, output, force=force)
        print(output)
        return
    wanted = {key: _ARTICLE_COLUMNS[key] for key in _ARTICLE_TABLE} if format == "table" else _ARTICLE_COLUMNS
    print_rows(rows, wanted, format=format)


def _value(value: object) -> object:
    """A frame's cell as a plain value: missing is None, times are datetimes."""
    import pandas as pd

    if isinstance(value, list):
        return value
    if pd.isna(value):  # type: ignore[call-overload]
        return None
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value


@app.command()
def imports(store: StoreOption = _DEFAULT_STORE, format: FormatOption = "table") -> None:
    """每一次导入和采集：编号、来源、带来多少。"""
    from crawler.records import BEIJING

    _check_format(format)
    with _opened(store) as opened:
        rows = opened.sources()
    for row in rows:
        row["added_at"] = datetime.fromtimestamp(row["added_at"], BEIJING)
        row["rejected"] = row["note"].get("rejected", 0)
    columns = {"source_id": "编号", "kind": "格式", "label": "来源", "added_at": "时间", "claims": "条目", "rejected": "拒收", "permission": "许可"}
    print_rows(rows, columns, format=format)


@app.command()
def forget(number: Annotated[int, typer.Argument(metavar="IMPORT", help="duibiao imports 列出的编号")], store: StoreOption = _DEFAULT_STORE) -> None:
    """撤回一次导入：它带来的都去掉，被它盖住的恢复原样。"""
    from crawler.forgetting import forget_source
    from crawler.store import StoreError

    with _opened(store) as opened:
        known = {row["source_id"]: row for row in opened.sources()}
        if number not in known:
            raise StoreError(f"没有编号为 {number} 的导入：duibiao imports 列出所有编号")
        with opened.writing() as writer:
            gone = forget_source(writer, number)
    print(f"已撤回 {number}（{known[number]['label']}）：{gone.claims} 条说法，{gone.articles} 篇文章不再有来源，删去 {gone.pages} 个原始网页")


@app.command("reparse")
def reparse_(store: StoreOption = _DEFAULT_STORE) -> None:
    """不联网，用现在的解析器把存着的原始网页全部重读一遍。"""
    from crawler.reparse import Reparse, reparse

    done = Reparse()
    with _opened(store) as opened:
        for done in reparse(opened):
            _say(f"已重读 {done.pages} 页")
    for where, why in done.unreadable:
        _say(f"读不了：{where}：{why}")
    changed = done.tally.new + done.tally.updated + done.retracted
    print(f"重读 {done.pages} 页：读法变了的 {changed} 处，读不了的 {len(done.unreadable)} 页")


@app.command("brief")
def brief_(
    account: AccountOption = None, since: SinceOption = None, until: UntilOption = None, store: StoreOption = _DEFAULT_STORE, output: OutOption = None, force: ForceOption = False,
    day: Annotated[str | None, typer.Option("--date", help="简报日期，默认今天；同样的日期和数据得到同样的文件")] = None,
) -> None:  # fmt: skip
    """竞品简报：一个离线网页，说明对比了谁、发文节奏、栏目和排版。"""
    from analysis.making import make_brief

    made = _day(day, "--date") or datetime.now().astimezone()
    begin, end = _day(since, "--since"), _day(until, "--until", after=True)
    _check_window(begin, end)
    path = output or _free_name(Path("brief.html"))
    with _opened(store) as opened:
        make_brief(opened, path, date=made.date(), accounts=account, since=begin, until=end, force=force)
    print(path)


def _check_window(begin: datetime | None, end: datetime | None) -> None:
    if begin and end and begin >= end:
        raise typer.BadParameter("--since 比 --until 晚", param_hint="--since")


def _free_name(path: Path) -> Path:
    """The path itself, or with the first free number."""
    numbered = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(2, 10_000))
    return path if not path.exists() else next(name for name in numbered if not name.exists())


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("--folder", help="放示例存储和简报的文件夹，每次重做")] = Path("data/demo"),
    sample: Annotated[Path | None, typer.Option("--sample", help="示例数据所在，默认是源码里的 data/sample")] = None,
) -> None:
    """在自带的示例上走一遍全程，不联网；最后一行是简报的路径。"""
    from analysis.demo import run_demo

    path = run_demo(folder, sample=sample, say=_say)
    print(path)


if __name__ == "__main__":
    main()
