"""The bytes of a page or a JSON, in whatever encoding a browser, a proxy or a shell saved them, as
UTF-8. Pure.

WeChat sends UTF-8; what is something else was written so by the tool that saved it.
"""

from __future__ import annotations

import codecs
import re

__all__ = ["declared_encoding", "is_wide", "to_utf8"]

_CHECKED = 256 * 1024  # bytes whose encoding is checked: the title and the body's beginning
_DECLARED = re.compile(
    rb"""(?:charset\s*=\s*["']?|<\?xml[^>]{0,80}encoding\s*=\s*["'])\s*([A-Za-z0-9._-]{2,20})""",
    re.I,
)
_READ_AS = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "x-gbk": "gb18030"}
_CHINESE = ("gb18030", "big5hkscs")
_MOST_BROKEN = 0.002  # share of characters: an address cut within one, not another encoding
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def to_utf8(raw: bytes, declared: str | None = None) -> bytes | None:
    """The same text in UTF-8; the bytes themselves where they are UTF-8 already. `declared` is what
    a header says; believed only where the bytes agree.

    None where no encoding fits.
    """
    if wide := _wide_encoding(raw):
        return raw.decode(wide, "replace").lstrip("\ufeff").encode("utf-8", "replace")
    if _is_utf8(raw):
        return raw
    named = [name for name in (declared, declared_encoding(raw)) if name]
    for encoding in dict.fromkeys((*map(_codec_of, named), *_CHINESE)):
        if encoding is not None and encoding != "utf-8" and (text := _decode(raw, encoding)):
            return text.encode("utf-8", "replace")
    return None


def is_wide(raw: bytes) -> bool:
    """True for UTF-16 and UTF-32, in which no pattern for bytes finds anything."""
    return _wide_encoding(raw) is not None


def declared_encoding(raw: bytes) -> str | None:
    """The encoding a page or an XML file states about itself near its beginning."""
    match = _DECLARED.search(raw[:4096])
    return match[1].decode("ascii").lower() if match else None


def _wide_encoding(raw: bytes) -> str | None:
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return encoding
    head = raw[:400]
    if len(head) >= 4 and b"\0" in head:  # `<` or `{` and a zero: markup without a mark
        if head[1] == 0 and head[0] and head[3] == 0:
            return "utf-16-le"
        if head[0] == 0 and head[1] and head[2] == 0:
            return "utf-16-be"
    return None


def _is_utf8(raw: bytes) -> bool:
    head = raw[:_CHECKED]
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(raw) > _CHECKED and error.end >= len(head) - 3  # cut within a character
    return True


def _codec_of(name: str) -> str | None:
    try:
        return codecs.lookup(_READ_AS.get(name.lower(), name)).name
    except (LookupError, ValueError):
        return None


def _decode(raw: bytes, encoding: str) -> str | None:
    try:
        text = raw.decode(encoding, "replace")
    except (LookupError, UnicodeError):  # a codec that is no text encoding
        return None
    return text if text.count("\ufffd") <= _MOST_BROKEN * len(text) else None
