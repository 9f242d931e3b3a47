"""WARC, what ArchiveWeb.page, Browsertrix and wget keep of a person's own browsing -> the answers
in it, one after the other. A WACZ is a ZIP of WARCs and opened by files.py.

Only `response` records are read: those of requests carry the reader's cookies, `revisit` says that
an answer was the one before. Heads, limits and chunks are read by warcio, records here: its own
loop prints to the screen what it does not like, and bounds no head.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import IO

from warcio.bufferedreaders import BufferedReader, ChunkedDataReader
from warcio.limitreader import LimitReader
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from crawler.batch import Reject
from crawler.files import ArchiveError
from crawler.formats.recordings.answers import Answer, seconds_of
from crawler.formats.recordings.bodies import LARGEST, decode_body
from crawler.records import number

__all__ = ["is_warc", "read_warc"]

_CHUNK = 64 * 1024
_LONGEST_LINE = 64 * 1024
_LARGEST_HEAD = 1024**2  # of a record and of the answer in it
_HEAD = StatusAndHeadersParser([], verify=False)


def is_warc(head: bytes) -> bool:
    """True for a WARC, by its beginning."""
    return head.lstrip(b"\r\n").startswith(b"WARC/")


def read_warc(stream: IO[bytes]) -> Iterator[Answer | Reject]:
    """The answers of a WARC; where it breaks off, a reject behind those before."""
    reader = _Reader(stream)
    count = 0
    try:
        while line := reader.next_line():
            count += 1
            if not line.startswith(b"WARC/"):
                raise ArchiveError("这里不是一条记录的开头")
            head = _HEAD.parse(reader, line)
            length = number(head.get_header("Content-Length"))
            if length is None or length < 0:
                raise ArchiveError("记录没有写长度")
            block = LimitReader(reader, length)
            if length and (head.get_header("WARC-Type") or "").lower() == "response":
                yield _answer_of(f"第 {count} 条记录", head, block)
            reader.left = None
            while block.read(_CHUNK):
                pass
            if block.limit:
                raise ArchiveError("记录写到一半就断了")
    except (ArchiveError, EOFError) as error:
        why = " ".join(str(error).split())[:80]
        yield Reject(f"第 {count} 条记录", f"WARC 从这里起不完整或已损坏，后面的没有读（{why}）")


class _Reader(BufferedReader):  # type: ignore[misc]
    """Lines and bytes of a WARC. No head of a record is read past what an honest one has."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(stream, _CHUNK)
        self.left: int | None = None  # of the head that is being read

    def next_line(self) -> bytes:
        """The line a record begins with; empty at the end."""
        self.left = None
        while (line := self.readline()) and not line.strip():
            pass
        self.left = _LARGEST_HEAD
        return line

    def readline(self, length: int | None = None) -> bytes:
        line: bytes = super().readline(min(length or _LONGEST_LINE, _LONGEST_LINE))
        if self.left is not None:
            self.left -= len(line)
            if self.left < 0:
                raise ArchiveError("记录的头部大得反常")
        return line


def _answer_of(where: str, record: StatusAndHeaders, block: LimitReader) -> Answer:
    """The answer in a record. Its body can be read until the next record is asked for."""
    head = _HEAD.parse(block)
    block.stream.left = None
    media_type = head.get_header("Content-Type") or ""
    return Answer(
        where,
        (record.get_header("WARC-Target-URI") or "").strip("<>"),  # wget's own way to write it
        partial(_body_of, block, head),
        seconds_of(record.get_header("WARC-Date")),
        media_type,
        number(head.get_statuscode()) or 200,
        location=head.get_header("Location") or "",
    )


def _body_of(block: LimitReader, head: StatusAndHeaders) -> bytes:
    if block.limit > 2 * LARGEST:
        raise ArchiveError(f"回答有 {block.limit / 1e6:.0f} MB，大得反常，没有读")
    chunked = "chunked" in (head.get_header("Transfer-Encoding") or "").lower()
    raw = (ChunkedDataReader(block) if chunked else block).read(2 * LARGEST)
    packing = head.get_header("Content-Encoding") or ""
    return decode_body(raw, packing=packing, charset=head.get_header("Content-Type") or "")
