"""Taking files in: find, recognise, read, write. A file is taken whole or not at all; some are
written in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from crawler.batch import Batch, Reject, main_sightings, own_sightings, write_batch
from crawler.files import ArchiveError, Document, list_documents
from crawler.formats.detect import Options, Reader, find_reader
from crawler.records import Account, name_alias
from crawler.store import Store, StoreError
from crawler.store.claims import Tally, account_of
from crawler.store.retraction import accounts_of_source, refile_source
from crawler.store.savepoints import Savepoints
from crawler.store.writer import Writer

__all__ = ["FileReport", "import_files"]

_MOST_NAMES = 5
_PAGES, _SMALL_BYTES = ("html", "mhtml"), 64 * 1024
_TOGETHER, _TOGETHER_BYTES = (
    200,
    24 * 1024**2,
)  # a transaction each would wait for the disk every time: ten milliseconds a page

_GONE = {
    "deleted": "已删除",
    "violation": "违规",
    "complaint": "被投诉",
    "unavailable": "无法查看",
    "expired": "链接已过期",
    "migrated": "已迁移",
    "closed": "已注销",
}


@dataclass(slots=True)
class FileReport:
    """What became of one file. rows = tally + rejects; `error` says why nothing of it could be
    read.
    """

    file: str
    kind: str = ""
    status: str = ""
    account: str | None = None
    title: str | None = None
    published_at: int | None = None
    tally: Tally = field(default_factory=Tally)
    rejects: list[Reject] = field(default_factory=list)
    repeated: bool = False  # the same content was taken in before
    repeated_rejects: int = 0  # rows that were rejected then
    notes: list[str] = field(default_factory=list)  # what was decided about the file as a whole
    owners: set[tuple[str | None, str | None]] = field(
        default_factory=set
    )  # (biz, gh_id) of the accounts its articles name
    guessed: set[str] = field(default_factory=set)  # accounts told by a file's or sheet's name
    error: str | None = None
    named: bool = True  # given by name, not found in a folder


class StrictError(ArchiveError):
    """A row was rejected and the file was to be taken whole or not at all."""


def import_files(
    store: Store,
    paths: Sequence[Path],
    *,
    owner: Account | None = None,
    mapping: dict[str, str] | None = None,
    strict: bool = False,
    role: str | None = None,
    sheet_accounts: bool = False,
) -> Iterator[FileReport]:
    """Take in files, folders and ZIPs, one report a file, in order. `owner` is the account of
    articles whose file names none, `mapping` names table columns nobody knows, `strict` takes a
    file whole or not at all, `role` is that of all accounts in it, `sheet_accounts` tells that
    sheets are named by their accounts.

    Raises StoreError; a file that can't be read is reported and the others go on.
    """
    options = Options(mapping or {}, owner, store.now(), role, sheet_accounts)
    for batch in _together(file for path in paths for file in _recognised(path)):
        yield from _import_batch(store, batch, options, strict)


@dataclass(slots=True)
class _File:
    """A file that is to be taken in; without a reader where it can't be, and its
    report says why.
    """

    report: FileReport
    document: Document
    reader: Reader | None = None
    digest: str = ""


def _recognised(path: Path) -> Iterator[_File]:
    """The files at a path, each with its kind and the digest of its content."""
    try:
        for document in list_documents(path):
            file = _File(FileReport(document.name, named=document.name == str(path)), document)
            try:
                file.reader = find_reader(document)
                file.report.kind = file.reader.kind
                file.digest = document.digest(partial=file.reader.partial)
            except ArchiveError as error:
                file.reader, file.report.error = None, str(error)
            yield file
    except ArchiveError as error:
        yield _File(FileReport(str(path), error=str(error)), Document(str(path)))


def _together(files: Iterator[_File]) -> Iterator[list[_File]]:
    """Files to be written in one transaction: pages and other small ones, few enough for the memory
    and for whoever waits to write, and no content twice. What may take long is written by itself,
    so that it keeps nothing before it from being safe.
    """
    batch: list[_File] = []
    seen: set[str] = set()
    size = 0
    for file in files:
        size_of = len(file.document.content or b"")
        alone = (
            file.reader is not None
            and (not size_of or size_of > _SMALL_BYTES)
            and file.reader.kind not in _PAGES
        )
        if batch and (
            alone
            or size + size_of > _TOGETHER_BYTES
            or len(batch) == _TOGETHER
            or file.digest in seen
        ):
            yield batch
            batch, seen, size = [], set(), 0
        if alone:
            yield [file]
            continue
        batch.append(file)
        size += size_of
        if file.digest:
            seen.add(file.digest)
    if batch:
        yield batch


def _import_batch(
    store: Store, batch: Sequence[_File], options: Options, strict: bool
) -> Iterator[FileReport]:
    before = store.find_sources([file.digest for file in batch if file.reader])
    fresh = [file for file in batch if file.reader and file.digest not in before]
    if fresh:
        with store.writing_savepoints() as savepoints:
            before |= savepoints.find_sources(
                [file.digest for file in fresh]
            )  # another process may have taken one in while this one waited for its turn
            for pages, same in groupby(
                (file for file in fresh if file.digest not in before), key=_is_page
            ):
                if pages:
                    _import_pages(savepoints, list(same), options, strict)
                else:
                    _import_alone(savepoints, same, options, strict)
    for file in batch:
        if file.digest in before:
            _repeat(store, before[file.digest], file.report, options)
    yield from (file.report for file in batch)


def _is_page(file: _File) -> bool:
    return file.reader is not None and file.reader.kind in _PAGES


def _import_alone(
    savepoints: Savepoints, files: Iterable[_File], options: Options, strict: bool
) -> None:
    """Each file in a part of its own."""
    for file in files:
        try:
            with savepoints.savepoint() as writer:
                _take_all(
                    writer,
                    _source_of(writer, file),
                    _read(file, options),
                    file.report,
                    options,
                    strict,
                )
        except ArchiveError as error:
            file.report.error, file.report.tally = str(error), Tally()
        else:
            _note_shared(file.report, writer.shared_names)
        file.document.content = None


def _import_pages(
    savepoints: Savepoints, files: Sequence[_File], options: Options, strict: bool
) -> None:
    """Pages in one part together: each is read and judged before anything is written, so that none
    takes another back.

    A part each would look up the same account and settle the same names a page: half of what a page
    costs.
    """
    read: list[tuple[_File, list[Batch]]] = []
    for file in files:
        try:
            batches = list(_read(file, options))
            rejects = [reject for batch in batches for reject in batch.rejects]
            _check_strict(rejects, strict)
            _check_whole(
                bool(batches),
                any(map(main_sightings, batches)),
                next(filter(None, map(_status_of, batches)), ""),
                rejects,
            )
            read.append((file, batches))
        except ArchiveError as error:
            file.report.error = str(error)
        file.document.content = None
    met: list[set[str]] = []
    with savepoints.savepoint() as writer:
        for file, batches in read:
            writer.resolver.names_met = set()
            _take_all(writer, _source_of(writer, file), batches, file.report, options, strict)
            met.append(writer.resolver.names_met)
        writer.resolver.names_met = set().union(*met)
    for (file, _), names in zip(read, met, strict=True):
        aliases = {name_alias(name) for name in names}
        _note_shared(
            file.report,
            {name: n for name, n in writer.shared_names.items() if name_alias(name) in aliases},
        )


def _read(file: _File, options: Options) -> Iterator[Batch]:
    """What a file brings; one that no reader was prepared for is that file's error, not the end of
    the import.
    """
    assert file.reader is not None
    try:
        yield from file.reader.read(file.document, options)
    except (ArchiveError, StoreError):
        raise
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        RecursionError,
        AssertionError,
    ) as error:
        raise ArchiveError(
            f"读不下去（{type(error).__name__}：{str(error)[:80]}）：这个文件的写法没有见过，请报告"
        ) from error


def _check_strict(rejects: Sequence[Reject], strict: bool) -> None:
    if strict and rejects:
        raise StrictError(
            f"有一行拒收（{rejects[0].where}：{rejects[0].reason}），按 --strict 整个文件没有导入"
        )


def _check_whole(
    anything: bool, has_articles: bool, status: str, rejects: Sequence[Reject]
) -> None:
    if not anything:
        raise ArchiveError("里面没有公众号的页面、列表或文章")
    if rejects and not has_articles and status in ("", "verification", "unknown"):
        raise ArchiveError(
            rejects[0].reason
        )  # nothing of it was kept, so it must not count as taken in


def _source_of(writer: Writer, file: _File) -> int:
    assert file.reader is not None
    return writer.source(
        file.reader.kind, file.document.name.encode("utf-8", "replace").decode(), digest=file.digest
    )


def _note_shared(report: FileReport, names: dict[str, int]) -> None:
    if names:
        report.notes.append(_tell_shared(names))


def _repeat(store: Store, before: dict[str, Any], report: FileReport, options: Options) -> None:
    """Tell what the same content brought when it was first taken in; what was nobody's becomes the
    owner's.
    """
    note, source_id, refiled = before["note"], before["source_id"], 0
    report.repeated = True
    if options.owner or options.role:
        with store.writing() as writer:
            if options.owner:
                refiled = refile_source(writer, source_id, options.owner, note.get("guessed", ()))
                writer.note_source(source_id, {k: v for k, v in note.items() if k != "guessed"})
            else:
                _put_roles(writer, source_id, accounts_of_source(writer, source_id), options.role)
    if refiled:
        report.notes.append(f"这个文件导入过；其中 {refiled} 篇没写账号，现在归给所写的账号")
    rows = note.get("rows", 0)
    report.tally = Tally(updated=min(refiled, rows), unchanged=max(rows - refiled, 0))
    report.repeated_rejects = note.get("rejected", 0)
    report.status = note.get("status", "")
    report.owners = {(biz, user_name) for biz, user_name in note.get("owners", ())}
    report.account, report.title, report.published_at = (
        note.get(key) for key in ("account", "title", "published_at")
    )


def _take_all(
    writer: Writer,
    source_id: int,
    batches: Iterable[Batch],
    report: FileReport,
    options: Options,
    strict: bool,
) -> None:
    """Everything one file brings, and a note of what that was."""
    if options.owner is not None:
        writer.put_account(source_id, options.owner, origin="accounts file", seen_at=writer.now)
    empty = True
    for batch in batches:
        empty = False
        _take(writer, source_id, batch, report, options)
        _check_strict(report.rejects, strict)
    _check_whole(not empty, bool(report.tally.total), report.status, report.rejects)
    note = {
        "rows": report.tally.total,
        "rejected": len(report.rejects),
        "status": report.status,
        "owners": sorted(map(list, report.owners), key=str),
    }
    if report.guessed:
        note["guessed"] = sorted(report.guessed)
    note |= {"account": report.account, "title": report.title, "published_at": report.published_at}
    writer.note_source(source_id, {key: value for key, value in note.items() if value is not None})


def _tell_shared(names: dict[str, int]) -> str:
    shown = "、".join(
        f"“{name[:20]}”{count} 个" for name, count in list(names.items())[:_MOST_NAMES]
    )
    more = f" 等 {len(names)} 个名称" if len(names) > _MOST_NAMES else ""
    return (
        f"有公众号同名（{shown}{more}）：只写名称的行没有归给其中哪一个，用 --account 写 biz "
        "或 gh_id 指明"
    )


def _put_roles(
    writer: Writer, source_id: int, accounts: Iterable[Account], role: str | None
) -> bool:
    """Keep the role that a person gives all accounts of a file; tells whether there are any."""
    identities = {(a.biz, a.user_name, a.name) for a in accounts}
    for biz, user_name, name in sorted(identities, key=str):
        if biz or user_name or name:
            account = Account(biz=biz, user_name=user_name, name=name, role=role)
            writer.state_account(source_id, account, seen_at=writer.now)
    return any(map(any, identities))


def _take(
    writer: Writer, source_id: int, batch: Batch, report: FileReport, options: Options
) -> None:
    if options.owner is not None:
        batch.sightings = own_sightings(batch.sightings, options.owner)
    if (
        report.kind == "table"
        and not report.named
        and batch.sightings
        and not any(s.article.url or s.article.mid for s in batch.sightings)
    ):
        # An index kept beside saved pages would double every article it names.
        raise ArchiveError("表格里没有链接也没有编号，像是旁边网页的目录；要导入请直接写这个文件名")
    if options.role and options.owner is None:
        whose = [account_of(s) for s in main_sightings(batch)] + [a for a, _, _ in batch.accounts]
        if not _put_roles(writer, source_id, whose, options.role) and not report.tally.total:
            report.notes.append("没写是哪个公众号，角色没有记下：和 --account 一起用")
    report.tally += write_batch(writer, source_id, batch)
    if batch.loose_pages and not batch.sightings and batch.status in _GONE:
        report.notes.append(
            f"页面写着“{_GONE[batch.status]}”，里面没有文章地址，对不上是哪一篇，只存了原页"
        )
    if batch.guessed:
        report.guessed.add(batch.guessed)
    named = [(s.article.biz, s.article.user_name) for s in main_sightings(batch)]
    report.owners |= {pair for pair in named if any(pair)}
    report.rejects += batch.rejects
    report.notes += batch.notes
    report.status = report.status or _status_of(batch)
    shown = batch.sightings[0].article if batch.sightings else None
    if shown is not None and report.title is None:
        report.account, report.title = shown.account_name, shown.title
        report.published_at = int(shown.published_at.timestamp()) if shown.published_at else None
    if report.account is None and batch.accounts:
        report.account = batch.accounts[0][0].name


def _status_of(batch: Batch) -> str:
    lists_only = batch.status == "fetched" and not any(s.page or s.body for s in batch.sightings)
    return "listed" if lists_only else batch.status
