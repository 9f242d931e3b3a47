"""The body of a recorded answer -> the bytes a page or a list is read from: base64 undone, nothing
packed, in UTF-8. Pure.

What a recording declares is a hint and no more: browsers and proxies write plain text under
`base64`, keep bytes packed that they call text, and repeat a `content-encoding` that was undone
long ago. The bytes decide, and nothing is unpacked past what a page can have.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import zlib
from collections.abc import Callable, Sequence

import brotli
import zstandard

from crawler.files import ArchiveError
from crawler.wechat.encoding import to_utf8

__all__ = ["LARGEST", "decode_body", "decode_text", "unpack_body"]

LARGEST = 64 * 1024**2  # of one body, unpacked; the largest real page has 4 MB
_LAYERS = 3  # a server's own packing, a proxy's, and a tool's
_LEAST_BASE64 = 64  # characters: what is shorter may be a word
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_DATA_URL = re.compile(r"data:[\w.+/;=-]{0,200},")
_SPACE = re.compile(r"\s+")
_URL_SAFE = str.maketrans("-_", "+/")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_LOOKED_AT = 1024


def decode_text(text: str, *, encoding: str = "", packing: str = "", charset: str = "") -> bytes:
    """The bytes of a body that a recording keeps as text. `encoding` and `packing` are what it
    declares (`base64`, a content-encoding), `charset` its media type.

    Raises ArchiveError where they unpack to more than a page can have.
    """
    raw = _undo_base64(text, declared=encoding.lower() == "base64")
    return decode_body(_bytes_of(text) if raw is None else raw, packing=packing, charset=charset)


def decode_body(raw: bytes, *, packing: str = "", charset: str = "") -> bytes:
    """The bytes of a body as UTF-8 where they are text. Raises ArchiveError as above."""
    raw = unpack_body(raw, packing)
    if not _is_text(raw):
        return raw
    declared = _CHARSET.search(charset)
    return to_utf8(raw, declared[1] if declared else None) or raw


def unpack_body(raw: bytes, packing: str = "") -> bytes:
    """The body unpacked as often as it was packed, whatever was declared."""
    for _ in range(_LAYERS):
        unpacked = next(
            (done for unpack in _fitting(raw, packing) if (done := unpack(raw)) is not None), None
        )
        if unpacked is None:
            break
        raw = unpacked
    return raw


def _undo_base64(text: str, *, declared: bool) -> bytes | None:
    """The bytes behind base64; None where the text is none, whatever was declared."""
    if match := _DATA_URL.match(text[:300]):
        declared, text = ";base64" in match[0], text[match.end() :]
    if text.lstrip()[:1] in ("<", "{", "[", ""):
        return None
    packed = _SPACE.sub("", text)
    if not _BASE64.fullmatch(packed) or (not declared and len(packed) < _LEAST_BASE64):
        return None
    packed = packed.rstrip("=").translate(_URL_SAFE)
    try:
        raw = base64.b64decode(packed + "=" * (-len(packed) % 4))
    except binascii.Error:
        return None
    return raw if declared or _is_text(unpack_body(raw)) else None


def _bytes_of(text: str) -> bytes:
    """A text's bytes; one whose characters stand for bytes gives these bytes."""
    if not text.isascii() and max(text[:_LOOKED_AT]) <= "\xff":
        try:
            raw = text.encode("latin-1")
        except UnicodeEncodeError:
            raw = b""
        if _magic(raw) or _BINARY.search(raw[:_LOOKED_AT]) or (raw and _is_utf8(raw)):
            return raw
    return text.encode("utf-8", "replace")


def _fitting(raw: bytes, declared: str) -> Sequence[Callable[[bytes], bytes | None]]:
    """The ways to unpack that are worth a try: by the first bytes, else what is declared, and where
    the bytes are no text, those that leave no mark.
    """
    if way := _magic(raw):
        return [way]
    if not raw or _is_text(raw):
        return []
    ways = [_unpack_brotli, _unpack_raw_deflate]
    return ways[::-1] if "deflate" in declared.lower() else ways


def _magic(raw: bytes) -> Callable[[bytes], bytes | None] | None:
    if raw.startswith(b"\x1f\x8b\x08"):
        return _unpack_gzip
    if raw.startswith(b"\x28\xb5\x2f\xfd"):
        return _unpack_zstd
    if raw[:1] == b"\x78" and len(raw) > 2 and int.from_bytes(raw[:2], "big") % 31 == 0:
        return _unpack_zlib
    return None


def _unpack_gzip(raw: bytes) -> bytes | None:
    """All members; one that breaks off gives what was before."""
    whole = bytearray()
    while raw.startswith(b"\x1f\x8b"):
        member = zlib.decompressobj(31)
        try:
            whole += member.decompress(raw, LARGEST + 1 - len(whole))
        except zlib.error:
            break
        _check_size(whole)
        raw = member.unused_data
    return bytes(whole) or None


def _unpack_zlib(raw: bytes) -> bytes | None:
    return _inflate(raw, 15)


def _unpack_raw_deflate(raw: bytes) -> bytes | None:
    done = _inflate(raw, -15)
    return done if done and _is_text(done) else None


def _inflate(raw: bytes, window: int) -> bytes | None:
    try:
        done = zlib.decompressobj(window).decompress(raw, LARGEST + 1)
    except zlib.error:
        return None
    _check_size(done)
    return done or None


def _unpack_zstd(raw: bytes) -> bytes | None:
    unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 27)
    try:
        with unpacker.stream_reader(raw, read_across_frames=True) as stream:
            done = stream.read(LARGEST + 1)
    except zstandard.ZstdError:
        return None
    _check_size(done)
    return done or None


def _unpack_brotli(raw: bytes) -> bytes | None:
    unpacker = brotli.Decompressor()
    done, chunk = bytearray(), raw
    try:
        while len(done) <= LARGEST:
            part = unpacker.process(chunk, output_buffer_limit=1 << 20)
            done += part
            chunk = b""
            if unpacker.is_finished() or (not part and unpacker.can_accept_more_data()):
                break
    except brotli.error:
        return None
    _check_size(done)
    return bytes(done) if done and _is_text(bytes(done[:_LOOKED_AT])) else None


def _check_size(unpacked: bytes | bytearray) -> None:
    if len(unpacked) > LARGEST:
        raise ArchiveError("解压后大得反常（像压缩炸弹），没有读")


def _is_text(raw: bytes) -> bool:
    """True for bytes that a person could read: no control characters, and UTF-8 or markup."""
    head = raw[:_LOOKED_AT]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return _BINARY.search(head) is None and (_is_utf8(head) or head.lstrip()[:1] in b"<{[")


def _is_utf8(raw: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(raw)
    except UnicodeDecodeError:
        return False
    return True
