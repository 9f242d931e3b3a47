"""A table kept as text -> rows of cells, streamed: any usual encoding, separator and line end."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import IO, Any, cast

from crawler.files import ArchiveError, Document
from crawler.formats.grids.grid import Grid

__all__ = ["guess_separator", "open_text", "sample_lines"]

_SEPARATORS = (",", "\t", ";", "|")
_LINE_LIMIT = 8 * 1024**2
_BAR = "\ue000"  # of private use: no text has it
_OPEN_LINES = 2000  # of one quoted cell; beyond it the quote was a slip
_OPEN_CHARS = 8 * 1024**2
_CHUNK_LINES = 256
_DOUBTFUL = re.compile(
    "(?:[\u0080-\u07ff\udc80-\udcff][\x40-\x7e]?)+"
)  # what GB18030 read as UTF-8 turns into
_HANZI = re.compile("[\u2e80-\ud7ff\uf900-\uffef]")
# what titles and headers are full of, in the two ways of writing Chinese; hardly any of these comes
# out where one is decoded as the other
_COMMON = frozenset(
    "的一是不了人在有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然"
    "家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日标题链接布间阅读数公"
    "众号文章点赞作者摘要账"
)
_COMMON_TRADITIONAL = frozenset(
    "的一是不了人在有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然"
    "家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日標題連結佈間閱讀數公"
    "眾號文章點讚作者摘要帳"
)
_BROKEN = re.compile("[\udc80-\udcff]")


def open_text(document: Document) -> Grid:
    """The one table of a text file. Its rows raise ArchiveError when they can't be read."""
    separator = guess_separator(sample_lines(document.head))
    width = _usual_width(sample_lines(document.head), separator)
    if separator == "|":  # Markdown escapes the ones in a cell
        return Grid(None, lambda: _unescaped(_records(_escaped(document), separator, width)))
    return Grid(None, lambda: _records(_open_lines(document), separator, width))


def _escaped(document: Document) -> Iterator[str]:
    return (line.replace("\\|", _BAR) for line in _open_lines(document))


def _unescaped(rows: Iterator[tuple[int, Sequence[str]]]) -> Iterator[tuple[int, Sequence[str]]]:
    for number, cells in rows:
        yield number, [cell.replace(_BAR, "|") for cell in cells]


def sample_lines(head: bytes) -> list[str]:
    """The first lines of a text file, decoded; the last, cut one is left out."""
    encoding = _wide_encoding(head)
    if encoding:
        lines = head[: len(head) // 2 * 2].decode(encoding, "replace").lstrip("\ufeff").splitlines()
    else:
        old = _old_encoding(head)
        lines = [
            _decode(line, old)
            for line in re.split(rb"\r\n|\n|\r", head.removeprefix(b"\xef\xbb\xbf"))
        ]
    return (lines[:-1] if len(head) >= 60_000 else lines)[:200]


def guess_separator(lines: Sequence[str]) -> str:
    """The separator that cuts most lines into the same number of cells."""
    best = max(_SEPARATORS, key=lambda sheet: _regularity(lines, sheet))
    return best if _regularity(lines, best) > (0, 0) else ","


def _regularity(lines: Sequence[str], separator: str) -> tuple[float, int]:
    widths = Counter(
        len(cells) for cells in csv.reader(list(lines[:50]), delimiter=separator) if len(cells) > 1
    )
    if not widths:
        return (0, 0)
    width, rows = widths.most_common(1)[0]
    return (rows, width)


def _usual_width(lines: Sequence[str], separator: str) -> int:
    return int(_regularity(lines, separator)[1])


def _wide_encoding(head: bytes) -> str | None:
    """UTF-16 by its mark, or by every other byte of ASCII being NUL."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = head[:2000]
    if len(start) >= 8 and start.count(0) > len(start) // 8:
        even, odd = start[::2].count(0), start[1::2].count(0)
        if max(even, odd) > 4 * min(even, odd) + 4:
            return "utf-16-le" if odd > even else "utf-16-be"
    return None


@lru_cache(maxsize=8)
def _old_encoding(head: bytes) -> str:
    """What lines that are no UTF-8 are written in: GB18030, or Big5 where the first ones make sense
    only so.
    """
    lines = [line for line in head.split(b"\n") if not line.isascii()][:200]
    odd = b"\n".join(line for line in lines if not _is_utf8(line))
    simplified = odd.decode("gb18030", "replace")
    traditional = odd.decode("big5hkscs", "replace")
    sense = sum(map(_COMMON.__contains__, simplified))
    other = sum(map(_COMMON_TRADITIONAL.__contains__, traditional))
    return "big5hkscs" if other > 2 * sense and other > 4 else "gb18030"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _open_lines(document: Document) -> Iterator[str]:
    """Decoded lines with their ends."""
    raw = document.open()
    stream = (
        cast(IO[bytes], io.BufferedReader(raw, 1 << 20)) if isinstance(raw, io.RawIOBase) else raw
    )
    with stream:
        encoding, old = _wide_encoding(document.head), _old_encoding(document.head)
        if encoding or (b"\r" in document.head and b"\n" not in document.head):
            text = io.TextIOWrapper(
                cast(Any, stream),
                encoding or "utf-8",
                "replace" if encoding else "surrogateescape",
                newline=None,
            )
            for line in iter(lambda: text.readline(_LINE_LIMIT), ""):
                plain = line if encoding else _decode(line.encode("utf-8", "surrogateescape"), old)
                yield _checked(plain).lstrip("\ufeff")
            return
        first = stream.readline(_LINE_LIMIT).removeprefix(b"\xef\xbb\xbf")
        if first:
            yield _checked(_decode(first, old))
        for line_bytes in iter(lambda: stream.readline(_LINE_LIMIT), b""):
            try:
                yield _checked(line_bytes.decode())
            except UnicodeDecodeError:
                yield _checked(_decode(line_bytes, old))


def _checked(line: str) -> str:
    if len(line) >= _LINE_LIMIT - 4 and not line.endswith(("\n", "\r")):
        raise ArchiveError(f"有一行超过 {_LINE_LIMIT / 1e6:.0f} MB，不像表格")
    return line


def _decode(line: bytes, old: str) -> str:
    """UTF-8, else the older encoding; a line that mixes both is mended piece by piece."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        pass
    if old != "gb18030":
        return line.decode(old, "replace")
    text = line.decode("utf-8", "surrogateescape")
    doubtful = sum(map(len, _DOUBTFUL.findall(text)))
    sound = 3 * len(_HANZI.findall(text))
    return line.decode("gb18030", "replace") if sound <= doubtful else _DOUBTFUL.sub(_mend, text)


def _mend(piece: re.Match[str]) -> str:
    if not _BROKEN.search(piece[0]):
        return piece[0]
    return piece[0].encode("utf-8", "surrogateescape").decode("gb18030", "replace")


def _records(
    lines: Iterator[str], separator: str, width: int
) -> Iterator[tuple[int, Sequence[str]]]:
    """Cut lines into records. A quote that never ends costs its own line only, not the rest of the
    file.
    """
    csv.field_size_limit(2 * _OPEN_CHARS)
    again: deque[str] = deque()
    pending: list[str] = []
    start, opened, chars = (
        1,
        0,
        0,
    )  # number of pending's first line; index of the line whose quote is open (0: none) + 1
    while True:
        line = again.popleft() if again else next(lines, None)
        if line is None and not opened:
            yield from _parse(pending, start, separator, width)
            return
        if line is not None:
            if "\r" in line and "\r" in (
                inner := line.rstrip("\r\n")
            ):  # a line end of another system inside a line: csv refuses it
                line = inner.replace("\r", " ") + "\n"
            pending.append(line)
            chars += len(line)
            if line.count('"') & 1:
                opened, chars = (0, 0) if opened else (len(pending), 0)
        if opened and (line is None or len(pending) - opened > _OPEN_LINES or chars > _OPEN_CHARS):
            yield from _parse(pending[: opened - 1], start, separator, width)
            yield from _parse_alone(pending[opened - 1], start + opened - 1, separator, width)
            again.extendleft(reversed(pending[opened:]))
            start, pending, opened = start + opened, [], 0
        elif not opened and len(pending) >= _CHUNK_LINES:
            yield from _parse(pending, start, separator, width)
            start, pending = start + len(pending), []


def _parse(
    lines: list[str], start: int, separator: str, width: int
) -> Iterator[tuple[int, Sequence[str]]]:
    reader = csv.reader(lines, delimiter=separator)
    before = 0
    for cells in reader:
        after = reader.line_num
        if after - before > 1 and width > 1 and _fit(lines[before:after], separator, width):
            for number, line in enumerate(lines[before:after], start + before):
                yield from _parse_alone(line, number, separator, width)
        elif any(cells):
            yield start + before, cells
        before = after


def _fit(lines: list[str], separator: str, width: int) -> bool:
    """True when the lines make sense one by one: a stray quote had joined them."""
    widths = [
        len(next(csv.reader([line], delimiter=separator, quoting=csv.QUOTE_NONE), []))
        for line in lines
        if line.strip()
    ]
    return sum(other == width for other in widths) > len(widths) / 2


def _parse_alone(
    line: str, number: int, separator: str, width: int
) -> Iterator[tuple[int, Sequence[str]]]:
    cells = next(csv.reader([line], delimiter=separator), [])
    if len(cells) != width:
        cells = next(
            csv.reader([line.replace("\r", "")], delimiter=separator, quoting=csv.QUOTE_NONE), []
        )
    if any(cells):
        yield number, cells
