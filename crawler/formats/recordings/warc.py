"""WARC, what ArchiveWeb.page, Browsertrix and wget keep of a person's own browsing -> the answers
in it, one after the other. A WACZ is a ZIP of WARCs and opened by files.py.

Only `response` records are read: those of requests carry the reader's cookies, `revisit` says that
an answer was the one before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from warcio.bufferedreaders import BufferedReader, ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from crawler.batch import Reject
from crawler.files import ArchiveError
from crawler.formats.recordings.answers import Answer, seconds_of
from crawler.formats.recordings.bodies import LARGEST, decode_body

__all__ = ["is_warc", "read_warc"]

_CHUNK = 64 * 1024
_LONGEST_LINE = 64 * 1024
_LARGEST_HEAD = 1024**2  # of a record and of the answer in it
_HTTP = StatusAndHeadersParser(["HTTP/1.0", "HTTP/1.1"], verify=False)


def is_warc(head: bytes) -> bool:
    """True for a WARC, by its beginning."""
    return head.lstrip(b"\r\n").startswith(b"WARC/")


def read_warc(stream: IO[bytes]) -> Iterator[Answer | Reject]:
    """The answers of a WARC; where it breaks off, a reject behind those before."""
    reader = _Reader(stream)
    loader = ArcWarcRecordLoader(verify_http=False, arc2warc=False)
    number = 0
    try:
        while line := _next_line(reader):
            number += 1
            record = loader.parse_record_stream(reader, line, "warc", no_record_parse=True)
            if record.length is None:
                raise ArchiveError("没有写长度")
            if record.rec_type == "response" and (record.length or 0) > 0:
                yield _answer_of(f"第 {number} 条记录", record, reader)
            while record.raw_stream.read(_CHUNK):
                pass
            if record.raw_stream.limit:
                raise ArchiveError("写到一半就断了")
    except (ArchiveError, ArchiveLoadFailed, EOFError) as error:
        why = " ".join(str(error).split())[:80]
        yield Reject(f"第 {number} 条记录", f"WARC 从这里起不完整或已损坏，后面的没有读（{why}）")


class _Reader(BufferedReader):  # type: ignore[misc]
    """Lines and bytes of a WARC. No head of a record is read past what an honest one has."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(stream, _CHUNK)
        self.left: int | None = None  # of the head that is being read

    def readline(self, length: int | None = None) -> bytes:
        line: bytes = super().readline(min(length or _LONGEST_LINE, _LONGEST_LINE))
        if self.left is not None:
            self.left -= len(line)
            if self.left < 0:
                raise ArchiveError("记录的头部大得反常")
        return line


def _next_line(reader: _Reader) -> bytes:
    """The line a record begins with; empty at the end."""
    reader.left = None
    while (line := reader.readline()) and not line.strip():
        pass
    reader.left = _LARGEST_HEAD
    return line


def _answer_of(where: str, record: ArcWarcRecord, reader: _Reader) -> Answer:
    """The answer in a record. Its body can be read until the next record is asked for."""
    headers = _HTTP.parse(record.raw_stream)
    reader.left = None
    address = record.rec_headers.get_header("WARC-Target-URI") or ""
    media_type = headers.get_header("Content-Type") or ""

    def body() -> bytes:
        return _body_of(record, headers, media_type)

    return Answer(
        where,
        address.strip("<>"),
        body,
        seconds_of(record.rec_headers.get_header("WARC-Date")),
        media_type,
        _status(headers),
        location=headers.get_header("Location") or "",
    )


def _body_of(record: ArcWarcRecord, headers: StatusAndHeaders, media_type: str) -> bytes:
    if record.raw_stream.limit > 2 * LARGEST:
        raise ArchiveError(f"回答有 {record.raw_stream.limit / 1e6:.0f} MB，大得反常，没有读")
    chunked = "chunked" in (headers.get_header("Transfer-Encoding") or "").lower()
    stream = ChunkedDataReader(record.raw_stream) if chunked else record.raw_stream
    packing = headers.get_header("Content-Encoding") or ""
    return decode_body(stream.read(2 * LARGEST), packing=packing, charset=media_type)


def _status(headers: StatusAndHeaders) -> int:
    code = headers.get_statuscode()
    return int(code) if code.isascii() and code.isdigit() and len(code) == 3 else 200
