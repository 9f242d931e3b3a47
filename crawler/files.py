"""Bytes that came from outside, opened safely: files, members of ZIPs, compressed files, standard
input. What they mean is detect.py's.

Nothing is unpacked to disk, and nothing grows past its bounds: a member of a ZIP is read only up to
a size and a ratio no honest file has.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

import zstandard

from crawler.errors import DuibiaoError

__all__ = ["MAX_BYTES", "MAX_IN_MEMORY", "ArchiveError", "Document", "list_documents"]

MAX_BYTES = 8 * 1024**3  # of one file, unpacked: a table larger than this is no hand-kept one
MAX_IN_MEMORY = 512 * 1024**2  # of a file that must be held whole (a page, JSON, a spreadsheet)
_MAX_MEMBERS = 200_000
_MAX_RATIO = 250  # text packs 4–20 times, a page of spaces 1000 times
_MAX_CONTENT = 8 * 1024**2  # of a file that is read once; the largest real page has 4 MB
_HEAD = 64 * 1024
_CHUNK = 1024 * 1024
_WARC = re.compile(r"archive/[^/]+\.warc(?:\.gz)?\Z")  # where a WACZ keeps its WARCs
_WACZ = re.compile(r"\.wacz\Z")
_MAGIC = {b"\x1f\x8b": "gz", b"BZh": "bz2", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zst"}


class ArchiveError(DuibiaoError, ValueError):
    """The file can't be read or is of no known kind; says what was found and what to do."""


@dataclass(slots=True)
class Document:
    """One file to be read, wherever it lies. `open()` gives its bytes unpacked and bounded; it may
    be called again.
    """

    name: str
    path: Path | None = None
    member: str | None = None  # inside the ZIP at `path`
    inner: str | None = None  # inside the ZIP that this member is: a WACZ among others
    data: bytes | None = None  # already in memory
    content: bytes | None = field(
        default=None, repr=False
    )  # unpacked, where digest() had to read all of a small file anyway
    _head: bytes | None = field(default=None, repr=False)

    def open(self) -> IO[bytes]:
        """The bytes from the beginning. Raises ArchiveError when they can't be read."""
        try:
            raw = self._open_raw()
            begin = _guarded_read(raw, 6)
            raw.seek(0)
            kind = next((kind for magic, kind in _MAGIC.items() if begin.startswith(magic)), None)
            if kind is None and self.member is None:
                return raw
            stream = _unpacked(raw, kind) if kind else raw
            return cast(IO[bytes], _Bounded(raw, stream, self._limit(raw, kind)))
        except (OSError, EOFError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
            raise ArchiveError(f"读不了：{getattr(error, 'strerror', None) or error}") from None

    def _open_raw(self) -> IO[bytes]:
        if self.data is not None:
            return io.BytesIO(self.data)
        assert self.path is not None
        if self.member is None:
            return self.path.open("rb")
        with zipfile.ZipFile(self.path) as pack:  # it stays open until what is read of it is closed
            member = pack.open(self.member)
        if self.inner is None:
            return member
        with zipfile.ZipFile(member) as pack:
            return pack.open(self.inner)

    def _limit(self, raw: IO[bytes], kind: str | None) -> int:
        if kind is None:
            return MAX_BYTES
        packed = raw.seek(0, io.SEEK_END)
        raw.seek(0)
        return min(MAX_BYTES, max(packed * _MAX_RATIO, 1024**2))

    @property
    def head(self) -> bytes:
        """The first 64 KB, unpacked."""
        if self._head is None:
            with self.open() as stream:
                self._head = _read_first(stream, _HEAD, partial=True)
        return self._head

    def read(self) -> bytes:
        """All of it. Raises ArchiveError when it is larger than fits memory."""
        if self.content is not None:
            return self.content
        with self.open() as stream:
            return _read_bounded(stream, MAX_IN_MEMORY)

    def digest(self, *, partial: bool = False) -> str:
        """SHA-256 of the unpacked bytes: the same content is the same document, packed or not.
        `partial` is of what there is where a packed file breaks off.
        """
        sha = hashlib.sha256()
        with self.open() as stream:
            first = _read_first(stream, _MAX_CONTENT, partial=partial)
            sha.update(first)
            while chunk := _read_first(stream, _CHUNK, partial=partial):
                sha.update(chunk)
                first = b""
        self.content = first or None
        return sha.hexdigest()


class _Bounded(io.RawIOBase):
    """A stream that ends in an error instead of filling the memory or the disk."""

    def __init__(self, raw: IO[bytes], stream: IO[bytes], limit: int) -> None:
        self.raw, self.stream, self.left = raw, stream, limit

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        if not self.closed:
            self.stream.close()
            self.raw.close()
        super().close()

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        chunk = _guarded_read(self.stream, len(view))
        self.left -= len(chunk)
        if self.left < 0:
            raise ArchiveError("解压后大得反常（像压缩炸弹），没有读")
        view[: len(chunk)] = chunk
        return len(chunk)


def _unpacked(raw: IO[bytes], kind: str) -> IO[bytes]:
    if kind == "gz":
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw))
    if kind == "bz2":
        return cast(IO[bytes], bz2.BZ2File(raw))
    if kind == "xz":
        return cast(IO[bytes], lzma.LZMAFile(raw))
    return cast(IO[bytes], zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(raw))


def _guarded_read(stream: IO[bytes], size: int) -> bytes:
    read = getattr(stream, "read1", stream.read)  # what was unpacked before a break is given first
    try:
        return cast(bytes, read(size))
    except (
        OSError,
        EOFError,
        lzma.LZMAError,
        zlib.error,
        zstandard.ZstdError,
        zipfile.BadZipFile,
    ) as error:
        raise ArchiveError(f"压缩文件不完整或已损坏：{error}") from None


def _read_first(stream: IO[bytes], size: int, *, partial: bool = False) -> bytes:
    """So many bytes, fewer only at the end; `partial` takes a break for the end."""
    first = bytearray()
    try:
        while chunk := _guarded_read(stream, min(size - len(first), _CHUNK)):
            first += chunk
    except ArchiveError:
        if not partial:
            raise
    return bytes(first)


def _read_bounded(stream: IO[bytes], limit: int) -> bytes:
    whole = _read_first(stream, limit + 1)
    if len(whole) > limit:
        raise ArchiveError(f"文件超过上限 {limit / 1e6:.0f} MB")
    return whole


def list_documents(path: Path) -> Iterator[Document]:
    """The documents at a path: one file, every file of a folder, every member of a ZIP, or `-` for
    standard input.

    Hidden files and links that lead out of a folder are left out. Raises ArchiveError when there is
    nothing to read.
    """
    if str(path) == "-":
        yield Document("-", data=_read_bounded(sys.stdin.buffer, MAX_IN_MEMORY))
        return
    if not path.exists():
        raise ArchiveError(f"没有这个文件：{path}")
    if path.is_file():
        yield from _documents_of_file(path)
        return
    root = path.resolve()
    files = [f for f in sorted(path.rglob("*")) if f.is_file() and f.resolve().is_relative_to(root)]
    files = [
        f for f in files if not any(part.startswith(".") for part in f.relative_to(path).parts)
    ]
    if not files:
        raise ArchiveError(f"文件夹里没有文件：{path}")
    for file in files:
        yield from _documents_of_file(file)


def _documents_of_file(path: Path) -> Iterator[Document]:
    if not _is_plain_zip(path):
        yield Document(str(path), path)
        return
    with zipfile.ZipFile(path) as pack:
        members = [
            info
            for info in pack.infolist()
            if not info.is_dir() and "__MACOSX" not in info.filename
        ]
        is_wacz = _is_wacz(pack)
    if len(members) > _MAX_MEMBERS:
        raise ArchiveError(f"ZIP 里有 {len(members)} 个文件，超过上限 {_MAX_MEMBERS}")
    packed = max(path.stat().st_size, 1)
    total = sum(info.file_size for info in members)
    if total > 64 * 1024**2 and total > packed * _MAX_RATIO:
        raise ArchiveError("ZIP 解开后大得反常（像压缩炸弹），没有读")
    for info in sorted(members, key=lambda info: info.filename):
        if _WACZ.search(info.filename):
            yield from _warcs_of_member(path, info.filename)
        elif not is_wacz or _WARC.match(info.filename):
            yield Document(f"{path}::{info.filename}", path, info.filename)


def _is_wacz(pack: zipfile.ZipFile) -> bool:
    """True for a web archive as a ZIP, and for one of several: of its files only the WARCs hold
    what was recorded, the others are indexes.
    """
    names = pack.namelist()
    return "datapackage.json" in names and any(_WARC.match(n) or _WACZ.search(n) for n in names)


def _warcs_of_member(path: Path, member: str) -> Iterator[Document]:
    """The WARCs of a WACZ that lies in a ZIP; the member itself, for its reader to refuse, where it
    is none.
    """
    name = f"{path}::{member}"
    try:
        with zipfile.ZipFile(path) as pack, zipfile.ZipFile(pack.open(member)) as inner:
            names = sorted(n for n in inner.namelist() if _WARC.match(n)) if _is_wacz(inner) else []
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        names = []
    if not names:
        yield Document(name, path, member)
    for inside in names[:_MAX_MEMBERS]:
        yield Document(f"{name}::{inside}", path, member, inside)


def _is_plain_zip(path: Path) -> bool:
    """True for a ZIP of files; a spreadsheet is a ZIP too, but one document."""
    try:
        if not zipfile.is_zipfile(path):
            return False
        with zipfile.ZipFile(path) as pack:
            names = set(pack.namelist())
            return not ("[Content_Types].xml" in names or {"mimetype", "content.xml"} <= names)
    except (OSError, zipfile.BadZipFile):
        return False
