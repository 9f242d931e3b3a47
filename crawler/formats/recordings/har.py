"""HAR, of browsers and proxies alike, and Charles's own session JSON (.chlsj) -> the answers in
them, one after the other.

A recording may have hundreds of megabytes, most of them pictures, scripts and who called whom: it
is read as a stream, and of an entry only what is wanted is ever built. What the answers hold is
answers.py's.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from functools import partial
from typing import IO, Any
from urllib.parse import parse_qsl

import ijson

from crawler.batch import Reject
from crawler.files import ArchiveError
from crawler.formats.recordings.answers import Answer, seconds_of
from crawler.formats.recordings.bodies import decode_text

__all__ = ["is_charles", "is_har", "read_charles", "read_har"]

_Events = Iterator[tuple[str, Any]]
_OPEN, _CLOSE = ("start_map", "start_array"), ("end_map", "end_array")
_CHUNK = 256 * 1024
_LONGEST_TEXT = 32 * 1024**2  # characters of one string; what is longer is no page, and is cut
_MOST_ITEMS = 1000  # of a list inside an entry: headers, a form's fields
_LONGEST_FORM = 20_000
_PAIR = {"name": None, "value": None}
_CONTENT = {"text": None, "encoding": None, "mimeType": None}
_HAR = {
    "startedDateTime": None,
    "request": {"url": None, "method": None, "postData": {"text": None, "params": _PAIR}},
    "response": {"status": None, "redirectURL": None, "headers": _PAIR, "content": _CONTENT},
}
_BODY = {"text": None, "encoded": None, "charset": None}
_HEADERS = {"headers": _PAIR}
_CHARLES = {
    "method": None,
    "scheme": None,
    "host": None,
    "port": None,
    "path": None,
    "query": None,
    "times": {"start": None},
    "request": {"header": _HEADERS, **_HEADERS, "body": {"text": None}},
    "response": {
        "status": None,
        "mimeType": None,
        "contentEncoding": None,
        "header": _HEADERS,
        **_HEADERS,
        "body": _BODY,
    },
}
_Wanted = Mapping[str, Any] | None  # the keys of an object that are built, or a plain value


def is_har(head: bytes) -> bool:
    """True for a HAR, by its beginning."""
    return (
        head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
        and b'"log"' in head[:4096]
        and (b'"creator"' in head or b'"entries"' in head)
    )


def is_charles(head: bytes) -> bool:
    """True for a session of Charles as JSON, by its beginning."""
    start = head[:4096]
    return start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[") and all(
        key in start for key in (b'"method"', b'"protocolVersion"', b'"scheme"', b'"host"')
    )


def read_har(stream: IO[bytes]) -> Iterator[Answer | Reject]:
    """The answers of a HAR; where it breaks off, a reject behind those before. Raises ArchiveError
    when it is no HAR.
    """
    for entry in _entries(stream, ("log", "entries"), _HAR, "HAR"):
        yield entry if isinstance(entry, Reject) else _answer_of_har(*entry)


def read_charles(stream: IO[bytes]) -> Iterator[Answer | Reject]:
    """The answers of a session of Charles, likewise."""
    for entry in _entries(stream, (), _CHARLES, "Charles 录制"):
        yield entry if isinstance(entry, Reject) else _answer_of_charles(*entry)


def _answer_of_har(where: str, entry: dict[str, Any]) -> Answer:
    request, response = _dict(entry.get("request")), _dict(entry.get("response"))
    content, headers = _dict(response.get("content")), _headers(response)
    media_type = _text(content.get("mimeType")) or headers.get("content-type", "")
    body = partial(
        decode_text,
        _text(content.get("text")),
        encoding=_text(content.get("encoding")),
        packing=headers.get("content-encoding", ""),
        charset=media_type,
    )
    posted = _dict(request.get("postData"))
    return Answer(
        where,
        _text(request.get("url")),
        body,
        seconds_of(entry.get("startedDateTime")),
        media_type,
        _status(response),
        _text(request.get("method")),
        _text(response.get("redirectURL")) or headers.get("location", ""),
        _pairs(posted.get("params")) or _form(posted.get("text")),
    )


def _answer_of_charles(where: str, entry: dict[str, Any]) -> Answer:
    request, response = _dict(entry.get("request")), _dict(entry.get("response"))
    headers, body = _headers(response), _dict(response.get("body"))
    asked = _headers(request)  # a connection used again keeps the host it was opened for
    host = asked.get(":authority") or asked.get("host") or _text(entry.get("host"))
    path, query = _text(entry.get("path")), _text(entry.get("query"))
    media_type = _text(response.get("mimeType")) or headers.get("content-type", "")
    charset = _text(body.get("charset"))
    packed = _text(body.get("encoded"))
    return Answer(
        where,
        f"{_text(entry.get('scheme'))}://{host}{path}{'?' * bool(query)}{query}",
        partial(
            decode_text,
            packed or _text(body.get("text")),
            encoding="base64" if packed else "",
            packing=_text(response.get("contentEncoding")) or headers.get("content-encoding", ""),
            charset=f"charset={charset}" if charset else media_type,
        ),
        seconds_of(_dict(entry.get("times")).get("start")),
        media_type,
        _status(response),
        _text(entry.get("method")),
        headers.get("location", ""),
        _form(_dict(request.get("body")).get("text")),
    )


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _status(response: dict[str, Any]) -> int:
    status = response.get("status")
    return status if isinstance(status, int) else 200


def _headers(message: dict[str, Any]) -> dict[str, str]:
    """Headers by name, wherever this version keeps them; of a request only its host is ever
    used.
    """
    listed = _dict(message.get("header")).get("headers") or message.get("headers")
    return {name.lower(): value for name, value in _pairs(listed).items()}


def _pairs(listed: object) -> dict[str, str]:
    pairs = map(_dict, listed if isinstance(listed, list) else ())
    return {_text(pair.get("name")): _text(pair.get("value")) for pair in pairs}


def _form(text: object) -> dict[str, str]:
    """The fields of a form that was sent; only those that name an article are ever used."""
    return dict(parse_qsl(_text(text)[:_LONGEST_FORM]))


# the stream


def _entries(
    stream: IO[bytes], path: tuple[str, ...], wanted: _Wanted, what: str
) -> Iterator[tuple[str, dict[str, Any]] | Reject]:
    number = 0
    try:
        events: _Events = ijson.basic_parse(_Calmed(stream))
        if not _descend(events, path):
            raise ArchiveError(f"{what} 里没有 {'.'.join(path) or '录到的条目'}")
        for number, (kind, value) in enumerate(_items(events), 1):
            entry = _pick(events, kind, value, wanted)
            if isinstance(entry, dict) and isinstance(entry.get("request"), dict):
                yield f"第 {number} 条", entry
    except (ijson.JSONError, ValueError) as error:
        if number == 0:
            raise ArchiveError(f"{what} 不完整或已损坏：{_reason(error)}") from None
        why = f"{what} 从这里起不完整或已损坏，后面的没有读（{_reason(error)}）：请重新导出"
        yield Reject(f"第 {number} 条", why)


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:80]


def _descend(events: _Events, path: tuple[str, ...]) -> bool:
    """Go to the list at this path; False where there is none."""
    for key in path:
        if next(events, ("", None))[0] != "start_map":
            return False
        for kind, name in events:
            if kind == "end_map":
                return False
            if name == key:
                break
            _skip(events, next(events)[0])
    return next(events, ("", None))[0] == "start_array"


def _items(events: _Events) -> Iterator[tuple[str, Any]]:
    """The first event of each item of the list that was entered; the caller takes the rest of
    it.
    """
    for event in events:
        if event[0] == "end_array":
            return
        yield event


def _pick(events: _Events, kind: str, value: Any, wanted: _Wanted) -> Any:
    """The value that begins with this event: plain, or an object's wanted keys, or a list of
    such.
    """
    if kind not in _OPEN:
        return value
    if wanted is None:
        return _skip(events, kind)
    if kind == "start_map":
        return _pick_map(events, wanted)
    items: list[Any] = []
    for kind, _ in _items(events):
        if kind == "start_map" and len(items) < _MOST_ITEMS:
            items.append(_pick_map(events, wanted))
        else:
            _skip(events, kind)
    return items


def _pick_map(events: _Events, wanted: Mapping[str, Any]) -> dict[str, Any]:
    picked = {}
    for kind, key in events:
        if kind == "end_map":
            break
        kind, value = next(events)
        if key in wanted:
            picked[key] = _pick(events, kind, value, wanted[key])
        else:
            _skip(events, kind)
    return picked


def _skip(events: _Events, kind: str) -> None:
    """Pass over the value that begins with this event, however deep it is."""
    depth = int(kind in _OPEN)
    while depth:
        kind = next(events)[0]
        depth += (kind in _OPEN) - (kind in _CLOSE)


class _Calmed:
    """The bytes of a JSON file as its parser can bear them: UTF-8, what is none of it replaced, and
    strings longer than any page cut short, as the parser holds each whole.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._aside = ""  # half an escape
        self._inside, self._length = False, 0  # of a string, and how much of it went by

    def read(self, size: int = _CHUNK) -> bytes:
        """Some of the bytes; none at the end, or where none are asked for."""
        while size:
            raw = self._stream.read(_CHUNK)
            text = self._cut(self._aside + self._decoder.decode(raw, not raw), last=not raw)
            if text or not raw:
                return text.encode()
        return b""

    def _cut(self, text: str, *, last: bool) -> str:
        odd = (len(text) - len(text.rstrip("\\"))) % 2 and not last
        self._aside, text = ("\\", text[:-1]) if odd else ("", text)
        quotes = text.replace("\\\\", "").replace('\\"', "").count('"')
        if not self._inside or quotes:
            self._inside ^= bool(quotes % 2)
            self._length = len(text)
            return text
        before = self._length
        self._length += len(text)
        if self._length <= _LONGEST_TEXT:
            return text
        return "0000" if before <= _LONGEST_TEXT else ""  # after half of \u12 any four will do
